#include "SupportSignal.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <unordered_map>

namespace sound
{
namespace
{

constexpr double nothingDb = -300.0;

double toDb(double power) noexcept
{
    return power > 1e-30 ? 10.0 * std::log10(power) : nothingDb;
}

std::vector<double> windowLevels(std::span<const float> samples, double frequencyHz, int rateHz,
                                 double windowSeconds, double hopSeconds)
{
    const auto window = static_cast<size_t>(windowSeconds * rateHz), hop = static_cast<size_t>(hopSeconds * rateHz);
    std::vector<double> levels;
    for (size_t start = 0; start + window <= samples.size(); start += hop)
        levels.push_back(toneLevelDbfs(samples.subspan(start, window), frequencyHz, rateHz));
    return levels;
}

} // namespace

std::vector<float> makeTone(double frequencyHz, double levelDbfs, double seconds, int rateHz)
{
    const auto count = static_cast<size_t>(seconds * rateHz);
    const auto edge = static_cast<double>(rateHz) * 0.005;
    const double amplitude = std::pow(10.0, levelDbfs / 20.0);
    std::vector<float> samples(count);
    for (size_t i = 0; i < count; ++i)
    {
        const double fromEdge = static_cast<double>(std::min(i, count - 1 - i));
        const double fade = fromEdge < edge ? 0.5 - 0.5 * std::cos(std::numbers::pi * fromEdge / edge) : 1.0;
        const double cycles = std::fmod(frequencyHz * static_cast<double>(i) / rateHz, 1.0);
        samples[i] = static_cast<float>(amplitude * fade * std::sin(2.0 * std::numbers::pi * cycles));
    }
    return samples;
}

std::vector<float> makeSine(double frequencyHz, double levelDbfs, double seconds, int rateHz)
{
    const double amplitude = std::pow(10.0, levelDbfs / 20.0);
    std::vector<float> samples(static_cast<size_t>(seconds * rateHz));
    for (size_t i = 0; i < samples.size(); ++i)
    {
        const double cycles = std::fmod(frequencyHz * static_cast<double>(i) / rateHz, 1.0);
        samples[i] = static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * cycles));
    }
    return samples;
}

double toneLevelDbfs(std::span<const float> samples, double frequencyHz, int rateHz)
{
    // Correlator and window turn as phasors, which costs a tenth of a sine a sample and loses nothing over a minute.
    const double step = 2.0 * std::numbers::pi * frequencyHz / rateHz;
    const double windowStep = 2.0 * std::numbers::pi / static_cast<double>(samples.size());
    const double stepRe = std::cos(step), stepIm = std::sin(step);
    const double windowStepRe = std::cos(windowStep), windowStepIm = std::sin(windowStep);
    double phaseRe = 1.0, phaseIm = 0.0;
    double windowRe = std::cos(0.5 * windowStep), windowIm = std::sin(0.5 * windowStep);
    double re = 0.0, im = 0.0, gain = 0.0;
    const auto turn = [](double& x, double& y, double byX, double byY)
    {
        const double turned = x * byX - y * byY;
        y = x * byY + y * byX;
        x = turned;
    };
    for (const float sample : samples)
    {
        const double hann = 0.5 - 0.5 * windowRe;
        const double weighted = hann * static_cast<double>(sample);
        re += weighted * phaseRe;
        im += weighted * phaseIm;
        gain += hann;
        turn(phaseRe, phaseIm, stepRe, stepIm);
        turn(windowRe, windowIm, windowStepRe, windowStepIm);
    }
    if (gain <= 0.0)
        return nothingDb;
    const double amplitude = 2.0 * std::hypot(re, im) / gain;
    return toDb(amplitude * amplitude);
}

double rmsDbfs(std::span<const float> samples)
{
    double sum = 0.0;
    for (const float sample : samples)
        sum += static_cast<double>(sample) * static_cast<double>(sample);
    return samples.empty() ? nothingDb : toDb(2.0 * sum / static_cast<double>(samples.size()));
}

std::optional<double> medianToneLevelDbfs(std::span<const float> samples, double frequencyHz, int rateHz,
                                          double windowSeconds, double hopSeconds)
{
    auto levels = windowLevels(samples, frequencyHz, rateHz, windowSeconds, hopSeconds);
    if (levels.empty())
        return {};
    const auto middle = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2);
    std::nth_element(levels.begin(), middle, levels.end());
    return *middle;
}

std::optional<double> leastToneLevelDbfs(std::span<const float> samples, double frequencyHz, int rateHz,
                                         double windowSeconds, double hopSeconds)
{
    const auto levels = windowLevels(samples, frequencyHz, rateHz, windowSeconds, hopSeconds);
    if (levels.empty())
        return {};
    return *std::min_element(levels.begin(), levels.end());
}

std::optional<double> greatestToneLevelDbfs(std::span<const float> samples, double frequencyHz, int rateHz,
                                            double windowSeconds, double hopSeconds)
{
    const auto levels = windowLevels(samples, frequencyHz, rateHz, windowSeconds, hopSeconds);
    if (levels.empty())
        return {};
    return *std::max_element(levels.begin(), levels.end());
}

std::vector<double> separateFrequencies(size_t count)
{
    const double spacing = 3050.0 / static_cast<double>(count);
    const auto productHits = [](double from, double onto)
    {
        for (int harmonic = 3; harmonic <= 15; harmonic += 2)
        {
            double product = std::fmod(harmonic * from, 8000.0);
            product = std::min(product, 8000.0 - product);
            if (std::abs(product - onto) < 4.0)
                return true;
        }
        return false;
    };

    constexpr double fraction = 0.37;
    std::vector<double> chosen;
    double candidate = 350.0;
    while (chosen.size() < count && candidate < 3400.0)
    {
        const bool clean = std::none_of(chosen.begin(), chosen.end(), [&](double other)
        {
            return productHits(other, candidate) || productHits(candidate, other);
        });
        if (clean && ! productHits(candidate, candidate))
        {
            chosen.push_back(candidate + fraction);
            candidate = std::max(candidate + spacing * 0.5,
                                 350.0 + spacing * static_cast<double>(chosen.size()));
            candidate = std::round(candidate);
        }
        else
        {
            candidate += 1.0;
        }
    }
    return chosen;
}

FoundPieces findPieces(std::span<const unsigned char> needle, std::span<const unsigned char> haystack, size_t pieceLength)
{
    FoundPieces result;
    for (size_t at = 0; at + pieceLength <= needle.size(); at += pieceLength)
    {
        const auto piece = needle.subspan(at, pieceLength);
        if (std::all_of(piece.begin(), piece.end(), [&](unsigned char octet) { return octet == piece.front(); }))
            continue;
        ++result.pieces;
        if (std::search(haystack.begin(), haystack.end(), piece.begin(), piece.end()) != haystack.end())
            ++result.found;
    }
    return result;
}

Match longestCommonRun(std::span<const unsigned char> needle, std::span<const unsigned char> haystack)
{
    // Seeds of 32 elements, looked up by hash, then stretched both ways; constant stretches (silence) seed nothing.
    constexpr size_t seedLength = 32;
    Match best;
    if (needle.size() < seedLength || haystack.size() < seedLength)
        return best;

    const auto hashAt = [](std::span<const unsigned char> data, size_t at)
    {
        uint64_t hash = 1469598103934665603ULL;
        for (size_t i = 0; i < seedLength; ++i)
            hash = (hash ^ data[at + i]) * 1099511628211ULL;
        return hash;
    };
    const auto isConstant = [](std::span<const unsigned char> data, size_t at)
    {
        return std::all_of(data.begin() + static_cast<std::ptrdiff_t>(at),
                           data.begin() + static_cast<std::ptrdiff_t>(at + seedLength),
                           [first = data[at]](unsigned char octet) { return octet == first; });
    };

    std::unordered_map<uint64_t, size_t> seeds;
    for (size_t at = 0; at + seedLength <= needle.size(); at += seedLength)
        if (! isConstant(needle, at))
            seeds.emplace(hashAt(needle, at), at);

    for (size_t at = 0; at + seedLength <= haystack.size(); ++at)
    {
        if (best.length > 0 && at < best.haystackStart + best.length - seedLength && at >= best.haystackStart)
            continue;
        const auto found = seeds.find(hashAt(haystack, at));
        if (found == seeds.end() || std::memcmp(&needle[found->second], &haystack[at], seedLength) != 0)
            continue;
        size_t needleStart = found->second, haystackStart = at, length = seedLength;
        while (needleStart > 0 && haystackStart > 0 && needle[needleStart - 1] == haystack[haystackStart - 1])
        {
            --needleStart;
            --haystackStart;
            ++length;
        }
        while (needleStart + length < needle.size() && haystackStart + length < haystack.size()
               && needle[needleStart + length] == haystack[haystackStart + length])
            ++length;
        if (length > best.length)
            best = { needleStart, haystackStart, length };
    }
    return best;
}

} // namespace sound
