#include "SpectralScore.h"

#include "../Spectrum.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>

namespace mw
{

namespace spectral_score  // the room is compiled as one file: names as short as these are nobody else's
{
namespace
{
constexpr double envelopeMs = 10.0, pieceS = 0.5, searchMs = 60.0, frameMs = 32.0;
constexpr std::array<double, 16> edgesHz { 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700 };
constexpr size_t bandCount = edgesHz.size() - 1;
constexpr double bandFloor = 1.0e-2;           ///< of the band's mean power in the reference's active frames
constexpr double activeShare = 1.0e-3;         ///< of the mean power, for a frame to be active
constexpr double mostBandDb = 25.0, missingWeight = 0.8;
constexpr double leastEnvelopeMatch = 0.3, leastPieceMatch = 0.2, betterMatch = 0.1;
constexpr double leastComparedS = 0.3;

/** Energy in steps of 10 ms, in dB above a floor, its mean taken off. */
std::vector<double> envelopeOf(std::span<const float> sound, size_t step)
{
    std::vector<double> envelope(sound.size() / step);
    double mean = 0.0;
    for (size_t i = 0; i < envelope.size(); ++i)
    {
        for (const auto sample : sound.subspan(i * step, step))
            envelope[i] += std::isfinite(sample) ? static_cast<double>(sample) * static_cast<double>(sample) : 0.0;
        mean += envelope[i] / static_cast<double>(envelope.size());
    }
    if (mean <= 0.0)
        return {};
    double level = 0.0;
    for (auto& each : envelope)
    {
        each = 10.0 * std::log10(std::max(each / mean, 1.0e-4));
        level += each / static_cast<double>(envelope.size());
    }
    for (auto& each : envelope)
        each -= level;
    return envelope;
}

double energyOf(std::span<const double> values)
{
    double sum = 0.0;
    for (const auto value : values)
        sum += value * value;
    return sum;
}

/** Where `reference` lies in `sound`, in steps; nothing when nowhere. By correlation of all lags at once. */
std::optional<int64_t> lagOf(const std::vector<double>& reference, const std::vector<double>& sound)
{
    if (reference.empty() || sound.empty())
        return std::nullopt;
    const auto size = std::bit_ceil(reference.size() + sound.size());
    std::vector<std::complex<double>> a(size), b(size);
    std::ranges::copy(reference, a.begin());
    std::ranges::copy(sound, b.begin());
    fourierTransform(a);
    fourierTransform(b);
    for (size_t i = 0; i < size; ++i)
        a[i] = std::conj(std::conj(a[i]) * b[i]);  // the inverse transform by the forward one
    fourierTransform(a);
    size_t best = 0;
    for (size_t i = 1; i < size; ++i)
        if (a[i].real() > a[best].real())
            best = i;
    // Lags of 0 up to the sound's end come first, negative ones last: size ≥ both lengths, so the two do not meet.
    const auto lag = best < sound.size() ? static_cast<int64_t>(best) : static_cast<int64_t>(best) - static_cast<int64_t>(size);

    // How well they agree over the part that both have.
    const auto from = std::max<int64_t>(0, -lag);
    const auto shared = std::min<int64_t>(static_cast<int64_t>(reference.size()) - from, static_cast<int64_t>(sound.size()) - from - lag);
    if (shared <= 0)
        return std::nullopt;
    const auto energies = energyOf(std::span(reference).subspan(static_cast<size_t>(from), static_cast<size_t>(shared)))
                        * energyOf(std::span(sound).subspan(static_cast<size_t>(from + lag), static_cast<size_t>(shared)));
    const auto match = a[best].real() / static_cast<double>(size) / std::sqrt(std::max(energies, 1.0e-20));
    return match >= leastEnvelopeMatch ? std::optional<int64_t>(lag) : std::nullopt;
}

float sampleAt(std::span<const float> sound, int64_t at) noexcept
{
    return at >= 0 && at < static_cast<int64_t>(sound.size()) && std::isfinite(sound[static_cast<size_t>(at)]) ? sound[static_cast<size_t>(at)] : 0.0f;
}

/** Correlation of a piece of the reference with the sound `lag` samples later, −1…1. @param step only each so many-th sample counts */
double matchAt(std::span<const float> reference, std::span<const float> sound, int64_t from, int64_t count, int64_t lag, int64_t step) noexcept
{
    double product = 0.0, ours = 1.0e-12, theirs = 1.0e-12;
    for (int64_t i = from; i < from + count; i += step)
    {
        const auto a = static_cast<double>(sampleAt(reference, i)), b = static_cast<double>(sampleAt(sound, i + lag));
        product += a * b;
        ours += a * a;
        theirs += b * b;
    }
    return product / std::sqrt(ours * theirs);
}

/** The lag around `around` at which a piece fits best, to the sample, and how well. */
std::pair<int64_t, double> bestLag(std::span<const float> reference, std::span<const float> sound, int64_t from, int64_t count, int64_t around, int64_t range)
{
    std::pair<int64_t, double> best { around, -1.0 };
    for (auto lag = around - range; lag <= around + range; ++lag)
        if (const auto match = matchAt(reference, sound, from, count, lag, 7); match > best.second)
            best = { lag, match };
    best.second = -1.0;
    const auto middle = best.first;
    for (auto lag = middle - 3; lag <= middle + 3; ++lag)
        if (const auto match = matchAt(reference, sound, from, count, lag, 1); match > best.second)
            best = { lag, match };
    return best;
}

double powerOf(std::span<const float> sound, int64_t from, int64_t count) noexcept
{
    double sum = 0.0;
    for (int64_t i = from; i < from + count; ++i)
        sum += static_cast<double>(sampleAt(sound, i)) * static_cast<double>(sampleAt(sound, i));
    return sum / static_cast<double>(count);
}

using Bands = std::array<double, bandCount>;

class BandMeter
{
public:
    explicit BandMeter(double sampleRateHz)
        : frame(static_cast<size_t>(std::lround(sampleRateHz * frameMs / 1000.0))), window(hannWindow(frame)), data(std::bit_ceil(frame))
    {
        for (size_t i = 0; i < data.size() / 2; ++i)
        {
            const auto hz = static_cast<double>(i) * sampleRateHz / static_cast<double>(data.size());
            const auto edge = std::ranges::upper_bound(edgesHz, hz);
            bandOf.push_back(edge == edgesHz.begin() || edge == edgesHz.end() ? bandCount : static_cast<size_t>(edge - edgesHz.begin()) - 1);
        }
    }

    [[nodiscard]] int64_t frames() const noexcept { return static_cast<int64_t>(frame); }

    [[nodiscard]] Bands measure(std::span<const float> sound, int64_t from)
    {
        std::ranges::fill(data, 0.0);
        for (size_t i = 0; i < frame; ++i)
            data[i] = window[i] * static_cast<double>(sampleAt(sound, from + static_cast<int64_t>(i)));
        fourierTransform(data);
        Bands bands {};
        for (size_t i = 0; i < bandOf.size(); ++i)
            if (bandOf[i] < bandCount)
                bands[bandOf[i]] += std::norm(data[i]);
        return bands;
    }

private:
    const size_t frame;
    const std::vector<double> window;
    std::vector<std::complex<double>> data;
    std::vector<size_t> bandOf;
};

double sumOf(const Bands& bands) noexcept
{
    double sum = 0.0;
    for (const auto band : bands)
        sum += band;
    return sum;
}

struct Pair
{
    Bands reference {}, sound {};
};

/** Means of the frames in which the reference is active. */
Pair activeMeans(const std::vector<Pair>& pairs)
{
    double mean = 0.0;
    for (const auto& pair : pairs)
        mean += sumOf(pair.reference) / static_cast<double>(pairs.size());
    Pair means;
    double count = 0.0;
    for (const auto& pair : pairs)
        if (sumOf(pair.reference) > activeShare * mean)
        {
            ++count;
            for (size_t i = 0; i < bandCount; ++i)
            {
                means.reference[i] += pair.reference[i];
                means.sound[i] += pair.sound[i];
            }
        }
    for (size_t i = 0; i < bandCount && count > 0.0; ++i)
    {
        means.reference[i] /= count;
        means.sound[i] /= count;
    }
    return means;
}

double distanceOf(const Pair& pair, const Pair& means, double gainPower) noexcept
{
    double sum = 0.0;
    for (size_t i = 0; i < bandCount; ++i)
    {
        const auto floor = bandFloor * means.reference[i] + 1.0e-20;
        const auto difference = std::clamp(10.0 * std::log10((pair.sound[i] / gainPower + floor) / (pair.reference[i] + floor)), -mostBandDb, mostBandDb);
        sum += difference * difference * (difference < 0.0 ? missingWeight * missingWeight : 1.0);
    }
    return std::sqrt(sum / static_cast<double>(bandCount));
}

std::optional<SpectralScore> compare(std::span<const float> reference, std::span<const float> sound, double sampleRateHz)
{
    const auto step = static_cast<size_t>(std::lround(sampleRateHz * envelopeMs / 1000.0));
    const auto coarse = lagOf(envelopeOf(reference, step), envelopeOf(sound, step));
    if (! coarse.has_value())
        return std::nullopt;

    const auto length = static_cast<int64_t>(reference.size());
    const auto piece = static_cast<int64_t>(pieceS * sampleRateHz), range = static_cast<int64_t>(searchMs * sampleRateHz / 1000.0);
    const auto meanPower = powerOf(reference, 0, length);
    auto lag = *coarse * static_cast<int64_t>(step);
    auto haveLag = false;
    SpectralScore score;
    std::vector<int64_t> lags;
    for (int64_t from = 0; from < length; from += piece)
    {
        if (powerOf(reference, from, std::min(piece, length - from)) > activeShare * 10.0 * meanPower)
        {
            const auto [found, match] = bestLag(reference, sound, from, piece, lag, range);
            if (match >= leastPieceMatch && (! haveLag || match > matchAt(reference, sound, from, piece, lag, 1) + betterMatch))
            {
                const auto movedMs = std::abs(static_cast<double>(found - lag)) * 1000.0 / sampleRateHz;
                if (haveLag && movedMs >= 1.0)
                {
                    ++score.delayChanges;
                    score.greatestDelayChangeMs = std::max(score.greatestDelayChangeMs, movedMs);
                }
                if (! haveLag)
                {
                    score.offsetMs = static_cast<double>(found) * 1000.0 / sampleRateHz;
                    std::ranges::fill(lags, found);
                }
                haveLag = true;
                lag = found;
            }
        }
        lags.push_back(lag);
    }
    if (! haveLag)
        return std::nullopt;

    BandMeter meter(sampleRateHz);
    std::vector<Pair> pairs;
    for (int64_t from = 0; from + meter.frames() <= length; from += meter.frames() / 2)
        pairs.push_back({ meter.measure(reference, from), meter.measure(sound, from + lags[static_cast<size_t>(from / piece)]) });
    if (pairs.empty())
        return std::nullopt;
    const auto means = activeMeans(pairs);
    const auto gainPower = sumOf(means.sound) / std::max(sumOf(means.reference), 1.0e-20);
    if (! (gainPower > 0.0))
        return std::nullopt;

    double sum = 0.0;
    size_t compared = 0;
    const auto least = activeShare * sumOf(means.reference);
    for (const auto& pair : pairs)
        if (sumOf(pair.reference) > least || sumOf(pair.sound) / gainPower > least)
        {
            ++compared;
            sum += distanceOf(pair, means, gainPower);
        }
    score.comparedSeconds = static_cast<double>(compared) * frameMs / 2000.0;
    if (score.comparedSeconds < leastComparedS)
        return std::nullopt;
    score.distanceDb = sum / static_cast<double>(compared);
    score.mosEstimate = spectralMos(score.distanceDb);
    score.gainDb = 10.0 * std::log10(gainPower);
    return score;
}
} // namespace
} // namespace spectral_score

double spectralMos(double distanceDb) noexcept
{
    // Fitted to the E-model, see Scripts/accuracy --only score: MOS = 1 + (best − 1) / (1 + (excess / half)^steepness). What G.711 does by
    // itself is no impairment there (Ie 0), so its distance counts as none.
    constexpr double best = 4.41, codingDb = 0.30, halfDb = 1.40, steepness = 1.45;
    return 1.0 + (best - 1.0) / (1.0 + std::pow(std::max(0.0, distanceDb - codingDb) / halfDb, steepness));
}

std::optional<SpectralScore> scoreSpectrally(std::span<const float> reference, std::span<const float> sound, double sampleRateHz)
{
    return spectral_score::compare(reference, sound, sampleRateHz);
}

} // namespace mw
