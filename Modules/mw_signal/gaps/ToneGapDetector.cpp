#include "ToneGapDetector.h"

#include "../SamplePhase.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mw
{

namespace
{
constexpr double pointsPerSecond = 8000.0;  ///< as near as whole samples allow
constexpr double attemptSeconds = 0.1;      ///< between looks for a tone
constexpr double foreignSeconds = 0.5;      ///< of something that is neither tone nor silence
constexpr int stretchHops = 160;            ///< 20 ms, after which the line follows
constexpr double twoPi = 2.0 * std::numbers::pi;
} // namespace

bool ToneGapDetector::prepare(double sampleRateHz, const Config& config)
{
    const auto frequencyFits = config.frequencyHz == 0.0
                               || (config.frequencyHz >= ToneFinder::lowestHz && config.frequencyHz <= ToneFinder::highestShare * sampleRateHz);
    if (! isUsableSampleRate(sampleRateHz) || ! frequencyFits || ! (config.minGapMs >= 1.0)
        || ! (config.maxGapMs > config.minGapMs && config.maxGapMs <= 2000.0))
        return false;
    *this = {};
    settings = config;
    rateHz = sampleRateHz;
    hop = static_cast<size_t>(std::max(1L, std::lround(sampleRateHz / pointsPerSecond)));
    finder.prepare(sampleRateHz, minToneToRestDb);
    const auto reachSeconds = config.maxGapMs / 1000.0 + 0.1;
    history.assign(std::max(finder.length(), static_cast<size_t>(reachSeconds * sampleRateHz)), 0.0f);
    // At the lowest frequency a point is made of half a cycle.
    const auto widest = static_cast<size_t>(std::ceil(0.5 * sampleRateHz / ToneFinder::lowestHz)) + 2;
    cosines.reserve(widest);
    sines.reserve(widest);
    line.reserve(2 * widest);
    points.resize(static_cast<size_t>(reachSeconds * sampleRateHz / static_cast<double>(hop)));
    found.reserve(config.maxGaps);
    return true;
}

void ToneGapDetector::process(std::span<const float> block) noexcept
{
    if (history.empty())
        return;
    for (const auto sample : block)
        push(std::isfinite(sample) ? sample : 0.0f);
}

double ToneGapDetector::watchedSeconds() const noexcept
{
    return watchedBefore + (locked ? static_cast<double>(hops) * static_cast<double>(hop) / rateHz : 0.0);
}

void ToneGapDetector::push(float sample) noexcept
{
    history[taken % history.size()] = sample;
    ++taken;
    ++fresh;
    if (locked)
        return feed(sample);
    if (++sinceAttempt < static_cast<uint64_t>(attemptSeconds * rateHz) || fresh < finder.length())
        return;
    sinceAttempt = 0;
    if (! lockOn())
        return;
    // What the tone was found in is watched too.
    locked = true;
    fed = firstFed = taken - finder.length();
    for (auto number = fed; number < taken && locked; ++number)
        feed(history[number % history.size()]);
}

bool ToneGapDetector::lockOn() noexcept
{
    const auto first = taken - finder.length();
    const auto tone = finder.find([&](size_t i) { return history[(first + i) % history.size()]; }, settings.frequencyHz);
    if (! tone.has_value())
        return false;

    constant = tone->constant;
    toneHz = tone->cyclesPerSample * rateHz;
    shapePoints(tone->cyclesPerSample);
    hops = 0;
    open = false;
    amplitude = std::abs(tone->phasor);
    scatter = 4.0 * tone->restPower / (static_cast<double>(width) * amplitude * amplitude);
    // The finder counts phase from its first sample, the points from absolute sample 0.
    const auto offset = tone->cyclesPerSample * static_cast<double>(first);
    phase = std::arg(tone->phasor) - twoPi * (offset - std::floor(offset));
    slope = 0.0;
    anchor = 0;
    stretchSum = {};
    stretchSquares = 0.0;
    stretchFill = 0;
    return true;
}

void ToneGapDetector::shapePoints(double cyclesPerSample) noexcept
{
    // As near to 1 ms as a whole number of half cycles comes: over these the tone's own mirror image cancels.
    const auto halfCycles = std::max(1L, std::lround(2.0 * toneHz / 1000.0));
    width = static_cast<size_t>(std::max(3L, std::lround(static_cast<double>(halfCycles) * rateHz / (2.0 * toneHz))));
    cosines.resize(width);
    sines.resize(width);
    line.assign(2 * width, 0.0f);
    double cosineSquares = 0.0, sineSquares = 0.0;
    for (size_t i = 0; i < width; ++i)
    {
        const auto angle = twoPi * cyclesPerSample * (static_cast<double>(i) - static_cast<double>(width - 1) / 2.0);
        cosines[i] = std::cos(angle);
        sines[i] = std::sin(angle);
        cosineSquares += cosines[i] * cosines[i];
        sineSquares += sines[i] * sines[i];
    }
    for (size_t i = 0; i < width; ++i)
    {
        cosines[i] /= cosineSquares;
        sines[i] /= sineSquares;
    }
}

void ToneGapDetector::feed(float sample) noexcept
{
    const auto at = fed % width;
    line[at] = line[at + width] = sample;
    const auto number = fed++;
    if (hops == 0)
    {
        if (number + 1 < firstFed + width)
            return;
        firstFed = number;
    }
    else if ((number - firstFed) % hop != 0)
        return;

    const auto* samples = line.data() + at + 1;
    double a = 0.0, b = 0.0;
    for (size_t i = 0; i < width; ++i)
    {
        const auto value = static_cast<double>(samples[i]) - constant;
        a += value * cosines[i];
        b += value * sines[i];
    }
    const auto cycles = toneHz / rateHz * (static_cast<double>(number) - static_cast<double>(width - 1) / 2.0);
    step(Complex(a, -b) * std::polar(1.0, -twoPi * (cycles - std::floor(cycles))));
}

ToneGapDetector::Complex ToneGapDetector::lineAt(int64_t at) const noexcept
{
    return std::polar(amplitude, phase + slope * static_cast<double>(at - anchor));
}

double ToneGapDetector::tolerance(double least) const noexcept { return std::max(least, scatterFactor * std::sqrt(scatter)); }

void ToneGapDetector::step(Complex z) noexcept
{
    points[static_cast<size_t>(hops) % points.size()] = std::complex<float>(z);
    if (open)
        waitForEnd();
    else
        watch(z);
    ++hops;
}

void ToneGapDetector::watch(Complex z) noexcept
{
    const auto away = z / lineAt(hops) - 1.0;
    if (std::abs(away) > tolerance(0.03))
    {
        open = true;
        openedAt = hops;
        stretchSum = {};
        stretchSquares = 0.0;
        stretchFill = 0;
        return;
    }
    stretchSum += away;
    stretchSquares += std::norm(away);
    if (++stretchFill == stretchHops)
        closeStretch();
}

void ToneGapDetector::closeStretch() noexcept
{
    const auto mean = 1.0 + stretchSum / static_cast<double>(stretchFill);
    const auto middle = hops - stretchHops / 2;
    phase += slope * static_cast<double>(middle - anchor) + 0.5 * std::arg(mean);
    anchor = middle;
    slope += 0.05 * std::arg(mean) / stretchHops;
    amplitude *= 1.0 + 0.5 * (std::abs(mean) - 1.0);
    scatter += 0.1 * (stretchSquares / stretchFill - std::norm(mean - 1.0) - scatter);
    stretchSum = {};
    stretchSquares = 0.0;
    stretchFill = 0;
}

void ToneGapDetector::waitForEnd() noexcept
{
    const auto perSecond = rateHz / static_cast<double>(hop);
    const auto rest = static_cast<int64_t>(restSeconds * perSecond);
    const auto age = hops - openedAt;
    if (age < rest || age % 8 != 0)
        return;

    Complex mean {};
    for (auto k = hops - rest + 1; k <= hops; ++k)
        mean += zAt(k);
    mean /= static_cast<double>(rest);
    double furthest = 0.0;
    for (auto k = hops - rest + 1; k <= hops; ++k)
        furthest = std::max(furthest, std::abs(zAt(k) - mean));

    const auto level = std::abs(mean) / amplitude;
    if (level >= 0.7 && furthest / std::abs(mean) <= tolerance(0.05))
        return closeEvent(mean);
    const auto silent = level < 0.1 && furthest < 0.3 * amplitude;
    if (static_cast<double>(age) > (silent ? settings.maxGapMs / 1000.0 : foreignSeconds) * perSecond
        || static_cast<double>(age) > settings.maxGapMs / 1000.0 * perSecond)
        unlock();
}

void ToneGapDetector::unlock() noexcept
{
    watchedBefore += static_cast<double>(openedAt) * static_cast<double>(hop) / rateHz;
    locked = open = false;
    fresh = sinceAttempt = 0;
}

} // namespace mw
