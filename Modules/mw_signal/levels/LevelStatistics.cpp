#include "LevelStatistics.h"

#include "../SamplePhase.h"

#include <algorithm>
#include <cmath>

namespace mw
{

bool LevelStatistics::prepare(double sampleRateHz, const Config& config) noexcept
{
    if (! isUsableSampleRate(sampleRateHz))
        return false;
    *this = {};
    rateHz = sampleRateHz;
    clipLevel = config.clipLevel;
    const auto silentRms = rmsFromDbm0(silenceDbm0, config.law);
    silentMeanSquare = silentRms * silentRms;
    windowFrames = static_cast<uint64_t>(std::llround(sampleRateHz * windowMs / 1000.0));
    return true;
}

void LevelStatistics::process(std::span<const float> block) noexcept
{
    if (windowFrames == 0)
        return;
    for (auto sample : block)
    {
        const auto finite = std::isfinite(sample);
        if (! finite || std::abs(sample) >= clipLevel)
            countClip(sample);
        else
            clipRun = 0;
        if (! finite)
            sample = 0.0f;

        const auto value = static_cast<double>(sample);
        const auto square = value * value;
        ++taken;
        sum += value;
        squares += square;
        windowSquares += square;
        highest = std::max(highest, std::abs(sample));
        if (++windowFill == windowFrames)
            closeWindow();
    }
}

void LevelStatistics::countClip(float sample) noexcept
{
    ++clipped;
    const auto above = ! std::signbit(sample);
    clipRun = above == clipAbove ? clipRun + 1 : 1;
    clipAbove = above;
    if (clipRun == flatTop)
        ++clipRuns;
    longestClip = std::max(longestClip, clipRun);
}

void LevelStatistics::closeWindow() noexcept
{
    const auto silent = windowSquares <= silentMeanSquare * static_cast<double>(windowFrames);
    silentWindows += silent ? 1 : 0;
    silentRun = silent ? silentRun + 1 : 0;
    longestSilentRun = std::max(longestSilentRun, silentRun);
    windowSquares = 0.0;
    windowFill = 0;
}

LevelFigures LevelStatistics::figures() const noexcept
{
    LevelFigures now;
    now.samples = taken;
    now.peak = static_cast<double>(highest);
    now.clippedSamples = clipped;
    now.clippedRuns = clipRuns;
    now.longestClippedRun = longestClip;
    if (taken == 0)
        return now;
    now.rms = std::sqrt(squares / static_cast<double>(taken));
    now.dc = sum / static_cast<double>(taken);
    const auto windowSeconds = static_cast<double>(windowFrames) / rateHz;
    now.silentSeconds = static_cast<double>(silentWindows) * windowSeconds;
    now.longestSilenceSeconds = static_cast<double>(longestSilentRun) * windowSeconds;
    return now;
}

} // namespace mw
