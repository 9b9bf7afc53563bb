#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mw
{

/** What a LevelMeter says. Linear values, full scale = 1.0. */
struct LevelReading
{
    double rms = 0.0;             ///< exponential integration, time constant 300 ms
    double peak = 0.0;            ///< sample peak that falls 20 dB in 1.7 s (IEC 60268-18 convention)
    double peakHold = 0.0;        ///< highest sample of the last 20 s (up to 21 s: counted in whole seconds)
    uint64_t clippedSamples = 0;  ///< samples at or beyond 32767/32768, or not finite, since prepare()
    uint64_t samples = 0;         ///< since resetAverage()
    double meanSquare = 0.0;      ///< over these samples; its root is the RMS of all of them
};

/** Of a LevelReading what a meter shows, for thousands of them a second. */
struct ShownLevel
{
    float rms = 0.0f, peak = 0.0f, peakHold = 0.0f;
    uint64_t clippedSamples = 0;
};

/** What a LevelMeter sums, by the sample's place in its chunk: vectors then add in the same order as single samples do. Squares are rounded to
    float and added as floats within a chunk (less than 10^-5 dB), and in double from chunk to chunk. */
struct LevelLanes
{
    std::array<double, 4> recent {};   ///< squares, weighted by the integration; by the place modulo 4
    std::array<double, 4> squares {};  ///< since resetAverage(); by the place modulo 4
    std::array<float, 8> peakSquare {};  ///< of the falling peak, by the place modulo 8; the highest counts
    double decay = 1.0;                ///< of `recent`, a chunk
    float fallSquared = 1.0f;          ///< of `peakSquare`, a chunk
    uint32_t fives = 1;                ///< 40 samples each that a chunk has; 0: chunks are not made of them, and not summed up as vectors
};

namespace levels
{
/** Sums up whole chunks, see LevelChunks.h. @returns the highest square; of clipped samples no such number, and the lanes are as they were */
float sumUp(LevelLanes& lanes, size_t chunks, const float* samples) noexcept;
}

/** Level of one channel.

    Works in chunks of 5 ms counted from prepare(), so a reading depends on the samples alone, never on block sizes; `rms`, `samples`
    and `meanSquare` are therefore up to 5 ms behind, `peak`, `peakHold` and `clippedSamples` are not. A sample that is not finite,
    or beyond 10^18, counts as clipped and as 0 otherwise.

    Not thread-safe: one thread at a time; hand LevelReading across through LatestValue. Takes no memory. */
class LevelMeter
{
public:
    static constexpr double chunkMs = 5.0;
    static constexpr double integrationMs = 300.0;
    static constexpr double fallDbPerSecond = 20.0 / 1.7;
    static constexpr int holdSeconds = 20;
    static constexpr float clipLevel = 32767.0f / 32768.0f;

    /** Resets everything. @param sampleRateHz 8000…192000 @returns false (and stays as it was) for another rate */
    bool prepare(double sampleRateHz) noexcept;

    void process(std::span<const float> block) noexcept;

    /** The same as process() for whole chunks without a clipped sample, at less than its cost.
        @returns false, and then nothing was done, when a sample is clipped or not finite, the block no such one, or a chunk not made of 40 samples
        each (it is at 8, 16, 32, 48 and 96 kHz): process() takes it */
    bool processUnclipped(std::span<const float> block) noexcept
    {
        return processUnclippedWith(block.size(), [&](LevelLanes& sums, size_t chunks) { return levels::sumUp(sums, chunks, block.data()); });
    }

    /** The same for what has the samples at hand anyway.
        @param sumUp float (LevelLanes&, size_t chunks): as levels::sumUp(). Not called for a block of which the length alone is refused */
    template <typename SumUp>
    bool processUnclippedWith(size_t samples, SumUp&& sumUp) noexcept
    {
        const auto chunks = samples / chunkLength;
        if (chunkAt != 0 || lanes.fives == 0 || chunks * chunkLength != samples || chunks > chunksPerSecond - chunkOfSecond || chunks == 0)
            return false;
        const auto highestSquare = sumUp(lanes, chunks);
        if (! (highestSquare < clipLevel * clipLevel))
            return false;
        secondPeak = std::max(secondPeak, std::sqrt(highestSquare));
        advance(chunks);
        return true;
    }

    /** The same as process() with that many zeros, at the cost of one step a chunk, of nearly none when it was silent before. */
    void processSilence(uint64_t samples) noexcept;

    [[nodiscard]] LevelReading reading() const noexcept;

    /** The same numbers, rounded to float. */
    [[nodiscard]] ShownLevel shown() const noexcept { return { static_cast<float>(rmsNow()), peakNow(), heldNow(), clipped }; }

    /** Peak hold starts anew; counters stay. */
    void resetPeakHold() noexcept;

    /** Clip count starts anew. */
    void resetClips() noexcept { clipped = 0; }

    /** `samples` and `meanSquare` start anew with the next chunk. */
    void resetAverage() noexcept;

private:
    void takePart(std::span<const float> part) noexcept;
    void closeChunk() noexcept;
    void advance(size_t chunks) noexcept
    {
        averaged += chunks * chunkLength;
        chunkOfSecond += static_cast<uint32_t>(chunks);
        if (chunkOfSecond == chunksPerSecond)
            closeSecond();
    }
    void closeSecond() noexcept;
    [[nodiscard]] double meanSquareNow() const noexcept
    {
        return ((lanes.recent[0] + lanes.recent[1]) + (lanes.recent[2] + lanes.recent[3])) * recentScale;
    }
    [[nodiscard]] double rmsNow() const noexcept
    {
        const auto meanSquare = meanSquareNow();
        return meanSquare >= lowestMeanSquare ? std::sqrt(meanSquare) : 0.0;
    }
    [[nodiscard]] float peakNow() const noexcept
    {
        auto square = lanes.peakSquare[0];
        for (const auto other : lanes.peakSquare)
            square = std::max(square, other);
        return std::max(square < lowestPeakSquare ? 0.0f : std::sqrt(square), chunkPeak);
    }
    [[nodiscard]] float heldNow() const noexcept { return std::max({ heldPeak, secondPeak, chunkPeak }); }

    /** The tail of an exponential would end in denormal numbers, which cost time and mean nothing (below −300 dB). */
    static constexpr double lowestMeanSquare = 1e-30;
    static constexpr float lowestPeakSquare = 1e-30f;

    double recentScale = 0.0;              ///< of LevelLanes::recent to a mean square
    uint32_t chunkLength = 40, chunkAt = 0; ///< [samples]
    uint32_t chunksPerSecond = 200, chunkOfSecond = 0;
    LevelLanes lanes;
    std::array<float, 8> chunkSquares {};  ///< of the chunk that is begun
    float chunkPeak = 0.0f;
    uint64_t averaged = 0, clipped = 0;
    std::array<float, holdSeconds> seconds {};  ///< peaks of the last whole seconds, a ring
    size_t secondAt = 0;
    float heldPeak = 0.0f, secondPeak = 0.0f;
};

} // namespace mw
