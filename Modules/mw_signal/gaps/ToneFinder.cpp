#include "ToneFinder.h"

#include "../Spectrum.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace mw
{

namespace
{
constexpr double quietestAmplitude = 1e-4;  ///< −80 dBFS
constexpr double fullCircle = 2.0 * std::numbers::pi;
} // namespace

void ToneFinder::prepare(double sampleRateHz, double minimumDb)
{
    rateHz = sampleRateHz;
    minimumRatio = std::pow(10.0, minimumDb / 10.0);
    samples.assign(std::bit_ceil(static_cast<size_t>(0.2 * sampleRateHz)), 0.0);
    spectrum.resize(samples.size());
    fullWindow = hannWindow(samples.size());
    halfWindow = hannWindow(samples.size() / 2);
}

std::complex<double> ToneFinder::phasorOf(size_t first, double cycles, std::span<const double> window) const noexcept
{
    std::complex<double> sum {};
    double weights = 0.0;
    for (size_t i = 0; i < window.size(); ++i)
    {
        const auto turns = cycles * static_cast<double>(first + i);
        sum += window[i] * samples[first + i] * std::polar(1.0, -fullCircle * (turns - std::floor(turns)));
        weights += window[i];
    }
    return 2.0 * sum / weights;
}

std::optional<SteadyTone> ToneFinder::find(double frequencyHz) noexcept
{
    const auto size = samples.size();
    SteadyTone tone;
    for (const auto sample : samples)
        tone.constant += sample / static_cast<double>(size);

    double weighted = 0.0, weights = 0.0;
    for (size_t i = 0; i < size; ++i)
    {
        samples[i] -= tone.constant;
        spectrum[i] = fullWindow[i] * samples[i];
        weighted += fullWindow[i] * samples[i] * samples[i];
        weights += fullWindow[i];
    }
    const auto power = weighted / weights;
    if (power < 0.5 * quietestAmplitude * quietestAmplitude)
        return std::nullopt;

    tone.cyclesPerSample = frequencyHz / rateHz;
    if (frequencyHz == 0.0)
    {
        fourierTransform(spectrum);
        auto best = static_cast<size_t>(lowestHz / rateHz * static_cast<double>(size));
        for (auto k = best; k <= static_cast<size_t>(highestShare * static_cast<double>(size)); ++k)
            if (std::norm(spectrum[k]) > std::norm(spectrum[best]))
                best = k;
        tone.cyclesPerSample = static_cast<double>(best) / static_cast<double>(size);
    }
    for (int round = 0; round < 4; ++round)
    {
        const auto half = size / 2;
        const auto advance = std::arg(phasorOf(half, tone.cyclesPerSample, halfWindow)
                                      * std::conj(phasorOf(0, tone.cyclesPerSample, halfWindow)));
        tone.cyclesPerSample += advance / (fullCircle * static_cast<double>(half));
    }
    if (! (tone.cyclesPerSample * rateHz >= lowestHz && tone.cyclesPerSample <= highestShare))
        return std::nullopt;

    tone.phasor = phasorOf(0, tone.cyclesPerSample, fullWindow);
    const auto tonePower = 0.5 * std::norm(tone.phasor);
    tone.restPower = std::max(0.0, power - tonePower);
    if (tonePower < minimumRatio * tone.restPower)
        return std::nullopt;
    return tone;
}

} // namespace mw
