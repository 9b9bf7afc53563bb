#include "LevelMeter.h"

#include "SamplePhase.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mw
{

bool LevelMeter::prepare(double sampleRateHz) noexcept
{
    if (! isUsableSampleRate(sampleRateHz))
        return false;
    *this = {};
    chunkLength = static_cast<uint32_t>(std::lround(sampleRateHz / 1000.0));
    const auto chunkMs = 1000.0 * chunkLength / sampleRateHz;
    chunksPerSecond = static_cast<uint32_t>(std::lround(1000.0 / chunkMs));
    integration = 1.0 - std::exp(-chunkMs / integrationMs);
    fall = std::pow(10.0, -fallDbPerSecond * chunkMs / 1000.0 / 20.0);
    return true;
}

void LevelMeter::process(std::span<const float> block) noexcept
{
    for (size_t i = 0; i < block.size();)
    {
        const auto count = std::min<size_t>(block.size() - i, chunkLength - chunkAt);
        auto sum = chunkSquares;
        auto highest = chunkPeak;
        for (const auto end = i + count; i < end; ++i)
        {
            auto magnitude = std::abs(block[i]);
            if (! (magnitude < clipLevel))
            {
                ++clipped;
                if (! (magnitude <= std::numeric_limits<float>::max()))
                    magnitude = 0.0f;
            }
            sum += static_cast<double>(magnitude) * static_cast<double>(magnitude);
            highest = std::max(highest, magnitude);
        }
        chunkSquares = sum;
        chunkPeak = highest;
        chunkAt += static_cast<uint32_t>(count);
        if (chunkAt == chunkLength)
            closeChunk();
    }
}

void LevelMeter::processSilence(uint64_t samples) noexcept
{
    while (samples > 0)
    {
        const auto count = std::min<uint64_t>(samples, chunkLength - chunkAt);
        samples -= count;
        chunkAt += static_cast<uint32_t>(count);
        if (chunkAt == chunkLength)
            closeChunk();
    }
}

void LevelMeter::closeChunk() noexcept
{
    const auto chunkMeanSquare = chunkSquares / chunkLength;
    meanSquareNow += integration * (chunkMeanSquare - meanSquareNow);
    peakNow = std::max(peakNow * fall, static_cast<double>(chunkPeak));
    // The tail of an exponential would end in denormal numbers, which cost time and mean nothing (below −300 dB).
    if (meanSquareNow < 1e-30)
        meanSquareNow = 0.0;
    if (peakNow < 1e-15)
        peakNow = 0.0;
    squares += chunkSquares;
    averaged += chunkLength;

    secondPeak = std::max(secondPeak, chunkPeak);
    if (++chunkOfSecond == chunksPerSecond)
    {
        seconds[secondAt] = secondPeak;
        secondAt = (secondAt + 1) % seconds.size();
        heldPeak = *std::max_element(seconds.begin(), seconds.end());
        secondPeak = 0.0f;
        chunkOfSecond = 0;
    }
    chunkSquares = 0.0;
    chunkPeak = 0.0f;
    chunkAt = 0;
}

LevelReading LevelMeter::reading() const noexcept
{
    LevelReading now;
    now.rms = std::sqrt(meanSquareNow);
    now.peak = std::max(peakNow, static_cast<double>(chunkPeak));
    now.peakHold = static_cast<double>(std::max({ heldPeak, secondPeak, chunkPeak }));
    now.clippedSamples = clipped;
    now.samples = averaged;
    now.meanSquare = averaged > 0 ? squares / static_cast<double>(averaged) : 0.0;
    return now;
}

void LevelMeter::resetPeakHold() noexcept
{
    seconds.fill(0.0f);
    heldPeak = secondPeak = chunkPeak = 0.0f;
}

void LevelMeter::resetAverage() noexcept
{
    squares = 0.0;
    averaged = 0;
}

} // namespace mw
