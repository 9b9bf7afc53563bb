#pragma once

#include "SamplePhase.h"

#include <mw_core/mw_core.h>

#include <span>

namespace mw
{

/** A sine of given frequency and level. Starting, stopping and changing the level follow a raised cosine of 5 ms; a change of
    frequency keeps the phase. Output is bit-identical however time is cut into blocks.

    Not thread-safe: one thread at a time (the audio region). Nothing here takes memory. */
class ToneSource
{
public:
    static constexpr double rampMs = 5.0;  ///< [ms]
    static constexpr double minLevelDbm0 = -100.0;

    /** Silences it at once. @param sampleRateHz 8000…192000 @returns false (and stays as it was) for another rate */
    bool prepare(double sampleRateHz) noexcept;

    /** From the next sample on.
        @param frequencyHz above 0 and below half the sample rate [Hz]
        @param levelDbm0 −100 dBm0…overloadDbm0(law), or silenceDb, which fades out
        @returns false, and nothing changes, for values out of range or before prepare() */
    bool set(double frequencyHz, double levelDbm0, Law law = Law::mu) noexcept;

    /** Fades out. */
    void stop() noexcept;

    /** Overwrites the block, full scale = 1.0. */
    void render(std::span<float> block) noexcept;

    /** Adds to the block. */
    void add(std::span<float> block) noexcept;

    /** Moves time on by any number of samples as render() would. */
    void skip(uint64_t samples) noexcept;

    /** Whether anything but silence comes next. */
    [[nodiscard]] bool isSounding() const noexcept { return targetAmplitude > 0.0 || rampAt < rampLength; }

private:
    void rampTo(double amplitude) noexcept;
    [[nodiscard]] double amplitudeNow() const noexcept;
    [[nodiscard]] double nextSample() noexcept;

    double rateHz = 0.0;
    SamplePhase phase;
    double startAmplitude = 0.0, targetAmplitude = 0.0;
    uint64_t rampLength = 0, rampAt = 0;  ///< [samples]
};

} // namespace mw
