#pragma once

#include <array>
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

/** What a LevelMeter sums, by the sample's place in its chunk: vectors then add in the same order as single samples do. Squares are rounded to
    float and added as floats within a chunk (less than 10^-5 dB), and in double from chunk to chunk. */
struct LevelLanes
{
    std::array<double, 4> recent {};   ///< squares, weighted by the integration; by the place modulo 4
    std::array<double, 4> squares {};  ///< since resetAverage(); by the place modulo 4
    std::array<float, 8> peakSquare {};  ///< of the falling peak, by the place modulo 8; the highest counts
};

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
        @returns false, and then nothing was done, when a sample is clipped or not finite, or the block no such one: process() takes it */
    bool processUnclipped(std::span<const float> block) noexcept;

    /** The same as process() with that many zeros, at the cost of one step a chunk, of nearly none when it was silent before. */
    void processSilence(uint64_t samples) noexcept;

    [[nodiscard]] LevelReading reading() const noexcept;

    /** Of a reading what a meter shows: rms, peak, peakHold and clippedSamples; the rest is 0. */
    [[nodiscard]] LevelReading shownReading() const noexcept;

    /** Peak hold starts anew; counters stay. */
    void resetPeakHold() noexcept;

    /** Clip count starts anew. */
    void resetClips() noexcept { clipped = 0; }

    /** `samples` and `meanSquare` start anew with the next chunk. */
    void resetAverage() noexcept;

private:
    bool takeChunks(const float* samples, size_t chunks) noexcept;
    void takePart(std::span<const float> part) noexcept;
    void closeChunk() noexcept;
    void advance(size_t chunks) noexcept;
    void closeSecond() noexcept;
    [[nodiscard]] double meanSquareNow() const noexcept;

    double decay = 1.0;                    ///< of LevelLanes::recent, a chunk
    double recentScale = 0.0;              ///< of LevelLanes::recent to a mean square
    float fallSquared = 1.0f;              ///< of LevelLanes::peakSquare, a chunk
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
