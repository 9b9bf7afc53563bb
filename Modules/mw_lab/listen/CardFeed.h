#pragma once

#include <mw_legs/mw_legs.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace mw
{

/** The engine's sound for a sound card, which has another rate and a clock of its own.

        SampleFifo (filled in the audio region) → FineResampler (engine's clock → card's clock) → Resampler (rates) → card

    The engine's rate is exact on the monotonic clock; the card's is not. How far the card has come is compared at each call with
    where the engine's clock says it should be, and a slow loop (proportional and integral, about 20 s) sets the ratio of the
    FineResampler; no block size shows in it. A second look, at the fill that is left after each call, moves the whole by a few
    milliseconds where that was too little for 2 s (the engine skipped blocks), or grew too large.

    The delay is latencyMs, or as much as both block sizes need. Where the card finds nothing to play it plays silence, counts an
    underrun, and begins again with the whole delay. */
class CardFeed
{
public:
    static constexpr double latencyMs = 60.0;     ///< aimed at, from the audio region to the card's buffer [ms]
    static constexpr double marginMs = 20.0;      ///< kept beyond what the blocks of both sides need [ms]
    static constexpr double mostCorrectionPpm = 1500.0;  ///< 2.6 cents: nobody hears it

    struct Config
    {
        int engineRateHz = 16000, engineBlockFrames = 320;
        int cardRateHz = 48000, cardBlockFrames = 480;  ///< a call may ask for more or less
    };

    /** Takes all memory. @param fifo what the mixer's tap fills, at the engine's rate */
    CardFeed(const Config& config, std::shared_ptr<SampleFifo> fifo);

    /** The card's thread: fills a block, full scale = 1.0. No allocation, lock or system call. @param nowNs engine's clock [ns] */
    void render(std::span<float> out, int64_t nowNs) noexcept;

    // ---- any thread -----------------------------------------------------------------------------------------------------

    /** Times that the card found too little, after the first sound. */
    [[nodiscard]] uint64_t underruns() const noexcept { return underrunCount.load(std::memory_order_relaxed); }

    /** Delay from the audio region to the card's buffer, as of the last call [ms]; it moves with the blocks of both sides. */
    [[nodiscard]] double delayMs() const noexcept { return delayNowMs.load(std::memory_order_relaxed); }

    /** How much faster than the nominal rate samples are taken [ppm]: the card's clock is so much faster (−) or slower (+). */
    [[nodiscard]] double correctionPpm() const noexcept { return correctionNowPpm.load(std::memory_order_relaxed); }

private:
    [[nodiscard]] double position() const noexcept;  ///< engine samples given out
    void begin(int64_t nowNs) noexcept;
    void steer(int64_t nowNs) noexcept;
    void watchFill(int64_t nowNs) noexcept;
    bool renderPiece(std::span<float> out) noexcept;

    const double rateHz;
    const size_t targetFrames, blockFrames, pieceFrames;
    const double marginFrames;
    std::shared_ptr<SampleFifo> samples;
    FineResampler fine;
    Resampler resampler;
    std::vector<float> taken, atEngineRate;

    // The card's thread alone.
    bool isPlaying = false;
    uint64_t takenFrames = 0;
    double beganAt = 0.0;        ///< position() at beganNs
    int64_t beganNs = 0, steeredNs = 0, watchedNs = 0;
    double error = 0.0, integral = 0.0;  ///< [s], [s²]
    double leastLeft = 0.0;      ///< fill after a call, since watchedNs [samples]

    std::atomic<uint64_t> underrunCount { 0 };
    std::atomic<double> delayNowMs { 0.0 }, correctionNowPpm { 0.0 };
};

} // namespace mw
