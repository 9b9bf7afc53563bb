#include "LevelMeter.h"

#include "SamplePhase.h"
#include "VectorClones.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mw
{

namespace
{
using vectors::Doubles4;
using vectors::Floats8;
using vectors::load;
using vectors::store;

/** The tail of an exponential would end in denormal numbers, which cost time and mean nothing (below −300 dB). */
constexpr double lowestMeanSquare = 1e-30;
constexpr float lowestPeakSquare = 1e-30f;

/** Squares of more are no floats. */
constexpr float largestSample = 1e18f;

/** Not below the rounded square of any sample below the clip level. The root of a rounded square is the sample's magnitude again, above 10^-19. */
constexpr float clipSquare = LevelMeter::clipLevel * LevelMeter::clipLevel;

struct ChunkSums
{
    Doubles4 recent, squares;
    Floats8 peak, highest;
};

[[gnu::always_inline]] inline void raise(Floats8& level, const Floats8& square) noexcept { level = square > level ? square : level; }

template <int fixedPieces>
[[gnu::always_inline]] inline void runChunk(ChunkSums& sums, double decay, float fallSquared, const float*& samples, size_t piecesOfChunk) noexcept
{
    const auto pieces = fixedPieces > 0 ? size_t { fixedPieces } : piecesOfChunk;
    Floats8 squares {}, peak {};
#pragma GCC unroll 10
    for (size_t piece = 0; piece < pieces; ++piece, samples += 8)
    {
        Floats8 square;
        load(samples, square);
        square *= square;
        squares = piece == 0 ? square : squares + square;
        if (piece == 0)
            peak = square;
        else
            raise(peak, square);
    }
    Doubles4 sum;
    vectors::fold(squares, sum);
    sums.recent = sums.recent * decay + sum;
    sums.squares += sum;
    raise(sums.highest, peak);
    sums.peak *= fallSquared;
    raise(sums.peak, peak);
}

/** Whole chunks, in pieces of 8 samples. Changes the lanes only when no sample is clipped or not finite.
    @returns the highest square; not below clipSquare, or not a number, when one is */
template <int fixedPieces>
[[gnu::always_inline]] inline float runChunks(LevelLanes& lanes, double decay, float fallSquared, const float* samples, size_t chunks,
                                              size_t pieces) noexcept
{
    ChunkSums sums;
    load(lanes.recent.data(), sums.recent);
    load(lanes.squares.data(), sums.squares);
    load(lanes.peakSquare.data(), sums.peak);
    sums.highest = Floats8 {};
    for (; chunks > 0; --chunks)
        runChunk<fixedPieces>(sums, decay, fallSquared, samples, pieces);
    const auto highest = vectors::highestOf(sums.highest);
    // What is not a number is higher than nothing; it remains in the sum.
    const auto all = (sums.recent[0] + sums.recent[1]) + (sums.recent[2] + sums.recent[3]);
    if (! (highest < clipSquare && all == all))
        return std::numeric_limits<float>::infinity();
    store(sums.recent, lanes.recent.data());
    store(sums.squares, lanes.squares.data());
    store(sums.peak, lanes.peakSquare.data());
    return highest;
}

MW_VECTOR_CLONES float runChunksOf(LevelLanes& lanes, double decay, float fallSquared, const float* samples, size_t chunks, size_t pieces) noexcept
{
    switch (pieces)
    {
        case 5: return runChunks<5>(lanes, decay, fallSquared, samples, chunks, pieces);  // 8 kHz
        case 10: return runChunks<10>(lanes, decay, fallSquared, samples, chunks, pieces);
        case 20: return runChunks<20>(lanes, decay, fallSquared, samples, chunks, pieces);
        case 30: return runChunks<30>(lanes, decay, fallSquared, samples, chunks, pieces);  // 48 kHz
        default: return runChunks<0>(lanes, decay, fallSquared, samples, chunks, pieces);
    }
}

double sumOfLanes(const std::array<double, 4>& four) noexcept { return (four[0] + four[1]) + (four[2] + four[3]); }
} // namespace

bool LevelMeter::prepare(double sampleRateHz) noexcept
{
    if (! isUsableSampleRate(sampleRateHz))
        return false;
    *this = {};
    chunkLength = static_cast<uint32_t>(std::lround(sampleRateHz * chunkMs / 1000.0));
    const auto trueChunkMs = 1000.0 * chunkLength / sampleRateHz;
    chunksPerSecond = static_cast<uint32_t>(std::lround(1000.0 / trueChunkMs));
    decay = std::exp(-trueChunkMs / integrationMs);
    recentScale = (1.0 - decay) / chunkLength;
    fallSquared = static_cast<float>(std::pow(10.0, -fallDbPerSecond * trueChunkMs / 1000.0 / 10.0));
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
            if (chunks > 0 && takeChunks(block.data(), chunks))
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

bool LevelMeter::processUnclipped(std::span<const float> block) noexcept
{
    const auto chunks = block.size() / chunkLength;
    return chunkAt == 0 && chunks * chunkLength == block.size() && chunks <= chunksPerSecond - chunkOfSecond
        && takeChunks(block.data(), chunks);
}

/** Whole chunks of one second. @returns false, and then nothing was done, if one of their samples is clipped or a chunk no whole vectors */
bool LevelMeter::takeChunks(const float* samples, size_t chunks) noexcept
{
    if (chunkLength % 8 != 0)
        return false;
    const auto highest = runChunksOf(lanes, decay, fallSquared, samples, chunks, chunkLength / 8);
    if (! (highest < clipSquare))
        return false;
    secondPeak = std::max(secondPeak, std::sqrt(highest));
    advance(chunks);
    return true;
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
                        square *= decay;
                    for (auto& square : lanes.peakSquare)
                        square *= fallSquared;
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
        lanes.recent[i] = lanes.recent[i] * decay + square;
        lanes.squares[i] += square;
    }
    for (auto& square : lanes.peakSquare)
        square = std::max(square * fallSquared, chunkPeak * chunkPeak);
    secondPeak = std::max(secondPeak, chunkPeak);
    chunkSquares = {};
    chunkPeak = 0.0f;
    chunkAt = 0;
    advance(1);
}

void LevelMeter::advance(size_t chunks) noexcept
{
    averaged += chunks * chunkLength;
    chunkOfSecond += static_cast<uint32_t>(chunks);
    if (chunkOfSecond == chunksPerSecond)
        closeSecond();
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

double LevelMeter::meanSquareNow() const noexcept { return sumOfLanes(lanes.recent) * recentScale; }

LevelReading LevelMeter::shownReading() const noexcept
{
    LevelReading now;
    if (const auto meanSquare = meanSquareNow(); meanSquare >= lowestMeanSquare)
        now.rms = std::sqrt(meanSquare);
    Floats8 peaks;
    load(lanes.peakSquare.data(), peaks);
    const auto peakSquare = vectors::highestOf(peaks);
    const auto fallen = peakSquare < lowestPeakSquare ? 0.0f : std::sqrt(peakSquare);
    now.peak = static_cast<double>(std::max(fallen, chunkPeak));
    now.peakHold = static_cast<double>(std::max({ heldPeak, secondPeak, chunkPeak }));
    now.clippedSamples = clipped;
    return now;
}

LevelReading LevelMeter::reading() const noexcept
{
    auto now = shownReading();
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
