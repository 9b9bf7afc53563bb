#include "ToneMeter.h"

#include "SamplePhase.h"
#include "Spectrum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace mw
{

namespace
{

constexpr double lowestToneHz = 20.0;
constexpr double silentWindowRms = 1e-4 / std::numbers::sqrt2;  // −80 dBFS

/** Hann-weighted transform of a part of the window at one frequency; time counts from the window's start. */
std::complex<double> weightedTransform(std::span<const double> samples, size_t begin, std::span<const double> weights, double radiansPerSample)
{
    std::complex<double> sum {};
    for (size_t i = 0; i < weights.size(); ++i)
        sum += samples[begin + i] * weights[i] * std::polar(1.0, -radiansPerSample * static_cast<double>(begin + i));
    return sum;
}

/** Frequency of the highest bin [cycles per sample]. */
double coarseFrequency(std::span<const double> samples, std::span<const double> weights, double lowest, double highest)
{
    std::vector<std::complex<double>> bins(std::bit_ceil(samples.size() * 2));
    for (size_t i = 0; i < samples.size(); ++i)
        bins[i] = samples[i] * weights[i];
    fourierTransform(bins);

    const auto size = static_cast<double>(bins.size());
    auto best = static_cast<size_t>(std::ceil(lowest * size));
    for (auto i = best; i <= static_cast<size_t>(highest * size); ++i)
        if (std::norm(bins[i]) > std::norm(bins[best]))
            best = i;
    return static_cast<double>(best) / size;
}

/** Refines a frequency [cycles per sample] by the phase between the halves of the window. */
double refinedFrequency(std::span<const double> samples, double cyclesPerSample)
{
    const auto half = samples.size() / 2;
    const auto weights = hannWindow(half);
    for (int round = 0; round < 4; ++round)
    {
        const auto radians = 2.0 * std::numbers::pi * cyclesPerSample;
        const auto turn = weightedTransform(samples, half, weights, radians) * std::conj(weightedTransform(samples, 0, weights, radians));
        cyclesPerSample += std::arg(turn) / (2.0 * std::numbers::pi * static_cast<double>(half));
    }
    return cyclesPerSample;
}

/** Least squares of a cosine and a sine, Hann-weighted. */
ToneReading fittedTone(std::span<const double> samples, std::span<const double> weights, double cyclesPerSample, double rateHz)
{
    const auto radians = 2.0 * std::numbers::pi * cyclesPerSample;
    double cc = 0.0, cs = 0.0, ss = 0.0, xc = 0.0, xs = 0.0, total = 0.0;
    for (size_t i = 0; i < samples.size(); ++i)
    {
        const auto angle = radians * static_cast<double>(i);
        const auto c = std::cos(angle), s = std::sin(angle), w = weights[i];
        cc += w * c * c;
        cs += w * c * s;
        ss += w * s * s;
        xc += w * samples[i] * c;
        xs += w * samples[i] * s;
        total += w;
    }
    const auto determinant = cc * ss - cs * cs;
    const auto a = (xc * ss - xs * cs) / determinant;
    const auto b = (xs * cc - xc * cs) / determinant;

    double rest = 0.0;
    for (size_t i = 0; i < samples.size(); ++i)
    {
        const auto angle = radians * static_cast<double>(i);
        const auto left = samples[i] - a * std::cos(angle) - b * std::sin(angle);
        rest += weights[i] * left * left;
    }
    return { cyclesPerSample * rateHz, std::sqrt((a * a + b * b) / 2.0), std::sqrt(rest / total) };
}

} // namespace

double ToneReading::toneToRestDb() const noexcept
{
    return restRms > 0.0 ? dbFromGain(rms / restRms) : std::numeric_limits<double>::infinity();
}

bool ToneMeter::prepare(double sampleRateHz, int windowMs)
{
    if (! isUsableSampleRate(sampleRateHz) || windowMs < minWindowMs || windowMs > maxWindowMs)
        return false;
    rateHz = sampleRateHz;
    window.assign(static_cast<size_t>(std::llround(sampleRateHz * windowMs / 1000.0)), 0.0f);
    reset();
    return true;
}

void ToneMeter::process(std::span<const float> block) noexcept
{
    if (window.empty())
        return;
    stored += block.size();
    if (block.size() > window.size())
        block = block.last(window.size());
    for (const auto sample : block)
    {
        window[at] = std::isfinite(sample) ? sample : 0.0f;
        at = at + 1 == window.size() ? 0 : at + 1;
    }
}

std::vector<double> ToneMeter::ordered() const
{
    std::vector<double> samples(window.begin() + static_cast<std::ptrdiff_t>(at), window.end());
    samples.insert(samples.end(), window.begin(), window.begin() + static_cast<std::ptrdiff_t>(at));
    return samples;
}

std::optional<ToneReading> ToneMeter::measure(double minToneToRestDb) const
{
    if (! isFull())
        return std::nullopt;

    const auto samples = ordered();
    double square = 0.0;
    for (const auto sample : samples)
        square += sample * sample;
    if (std::sqrt(square / static_cast<double>(samples.size())) < silentWindowRms)
        return std::nullopt;

    // Below three bins the tone and its mirror image, or a constant, cannot be told apart.
    const auto lowest = std::max(lowestToneHz / rateHz, 3.0 / static_cast<double>(samples.size()));
    const auto weights = hannWindow(samples.size());
    const auto cycles = refinedFrequency(samples, coarseFrequency(samples, weights, lowest, 0.49));
    if (! (cycles > 0.0 && cycles < 0.5))
        return std::nullopt;

    const auto tone = fittedTone(samples, weights, cycles, rateHz);
    if (! (tone.toneToRestDb() >= minToneToRestDb))
        return std::nullopt;
    return tone;
}

std::optional<ToneReading> ToneMeter::measureAt(double frequencyHz) const
{
    if (! isFull() || ! (frequencyHz > 0.0 && frequencyHz < rateHz / 2.0))
        return std::nullopt;
    const auto samples = ordered();
    return fittedTone(samples, hannWindow(samples.size()), frequencyHz / rateHz, rateHz);
}

} // namespace mw
