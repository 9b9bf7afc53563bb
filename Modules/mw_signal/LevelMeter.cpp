#include "LevelMeter.h"

#include "LevelChunks.h"
#include "SamplePhase.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mw
{

namespace
{

/** Squares of more are no floats. */
constexpr float largestSample = 1e18f;

struct StoredPieces
{
    const float* samples;

    [[gnu::always_inline]] void give(size_t at, vectors::Floats8& piece) const noexcept { vectors::load(samples + 8 * at, piece); }
    [[gnu::always_inline]] void advance(size_t pieces) noexcept { samples += 8 * pieces; }
};

double sumOfLanes(const std::array<double, 4>& four) noexcept { return (four[0] + four[1]) + (four[2] + four[3]); }
} // namespace

MW_VECTOR_CLONES float levels::sumUp(LevelLanes& lanes, size_t chunks, const float* samples) noexcept
{
    switch (lanes.fives)
    {
        case 1: return runChunks<1>(lanes, chunks, StoredPieces { samples });  // 8 kHz
        case 2: return runChunks<2>(lanes, chunks, StoredPieces { samples });
        default: return runChunks<0>(lanes, chunks, StoredPieces { samples });
    }
}

bool LevelMeter::prepare(double sampleRateHz) noexcept
{
    if (! isUsableSampleRate(sampleRateHz))
        return false;
    *this = {};
    chunkLength = static_cast<uint32_t>(std::lround(sampleRateHz * chunkMs / 1000.0));
    const auto trueChunkMs = 1000.0 * chunkLength / sampleRateHz;
    chunksPerSecond = static_cast<uint32_t>(std::lround(1000.0 / trueChunkMs));
    lanes.decay = std::exp(-trueChunkMs / integrationMs);
    recentScale = (1.0 - lanes.decay) / chunkLength;
    lanes.fives = chunkLength % 40 == 0 ? chunkLength / 40 : 0;
    lanes.fallSquared = static_cast<float>(std::pow(10.0, -fallDbPerSecond * trueChunkMs / 1000.0 / 10.0));
    return true;
}

void LevelMeter::process(std::span<const float> block) noexcept
{
    auto mostChunks = block.size() / chunkLength;
    while (! block.empty())
    {
        if (chunkAt == 0)
        {
            const auto chunks = std::min({ block.size() / chunkLength, size_t { chunksPerSecond - chunkOfSecond }, mostChunks });
            if (chunks > 0 && processUnclipped(block.first(chunks * chunkLength)))
            {
                block = block.subspan(chunks * chunkLength);
                continue;
            }
            mostChunks = 1;  // something is clipped: those without are found one by one
        }
        const auto count = std::min(block.size(), size_t { chunkLength - chunkAt });
        takePart(block.first(count));
        block = block.subspan(count);
    }
}

/** Samples of one chunk. */
void LevelMeter::takePart(std::span<const float> part) noexcept
{
    for (const auto sample : part)
    {
        auto magnitude = std::abs(sample);
        if (! (magnitude < clipLevel))
        {
            ++clipped;
            if (! (magnitude <= largestSample))
                magnitude = 0.0f;
        }
        chunkSquares[chunkAt++ % 8] += magnitude * magnitude;
        chunkPeak = std::max(chunkPeak, magnitude);
    }
    if (chunkAt == chunkLength)
        closeChunk();
}

void LevelMeter::processSilence(uint64_t samples) noexcept
{
    while (samples > 0)
    {
        if (chunkAt == 0 && samples >= chunkLength)
        {
            const auto chunks = std::min<uint64_t>(samples / chunkLength, chunksPerSecond - chunkOfSecond);
            samples -= chunks * chunkLength;
            if (lanes.recent != std::array<double, 4> {} || lanes.peakSquare != std::array<float, 8> {})
                for (uint64_t chunk = 0; chunk < chunks; ++chunk)
                {
                    for (auto& square : lanes.recent)
                        square *= lanes.decay;
                    for (auto& square : lanes.peakSquare)
                        square *= lanes.fallSquared;
                }
            advance(chunks);
            continue;
        }
        const auto count = std::min<uint64_t>(samples, chunkLength - chunkAt);
        samples -= count;
        chunkAt += static_cast<uint32_t>(count);
        if (chunkAt == chunkLength)
            closeChunk();
    }
}

void LevelMeter::closeChunk() noexcept
{
    for (size_t i = 0; i < 4; ++i)
    {
        const auto square = static_cast<double>(chunkSquares[i] + chunkSquares[i + 4]);
        lanes.recent[i] = lanes.recent[i] * lanes.decay + square;
        lanes.squares[i] += square;
    }
    for (auto& square : lanes.peakSquare)
        square = std::max(square * lanes.fallSquared, chunkPeak * chunkPeak);
    secondPeak = std::max(secondPeak, chunkPeak);
    chunkSquares = {};
    chunkPeak = 0.0f;
    chunkAt = 0;
    advance(1);
}

void LevelMeter::closeSecond() noexcept
{
    seconds[secondAt] = secondPeak;
    secondAt = (secondAt + 1) % seconds.size();
    heldPeak = *std::max_element(seconds.begin(), seconds.end());
    secondPeak = 0.0f;
    chunkOfSecond = 0;
    if (meanSquareNow() < lowestMeanSquare)
        lanes.recent = {};
    for (auto& square : lanes.peakSquare)
        if (square < lowestPeakSquare)
            square = 0.0f;
}

LevelReading LevelMeter::reading() const noexcept
{
    LevelReading now;
    now.rms = rmsNow();
    now.peak = static_cast<double>(peakNow());
    now.peakHold = static_cast<double>(heldNow());
    now.clippedSamples = clipped;
    now.samples = averaged;
    now.meanSquare = averaged > 0 ? sumOfLanes(lanes.squares) / static_cast<double>(averaged) : 0.0;
    return now;
}

void LevelMeter::resetPeakHold() noexcept
{
    seconds.fill(0.0f);
    heldPeak = secondPeak = chunkPeak = 0.0f;
}

void LevelMeter::resetAverage() noexcept
{
    lanes.squares = {};
    averaged = 0;
}

} // namespace mw
