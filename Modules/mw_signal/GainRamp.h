#pragma once

#include <cstdint>
#include <span>

namespace mw
{

/** A gain that moves to its target in a straight line (in linear gain) over a fixed time.

    The first sample after setTarget() is the first to change; the last one of the ramp has exactly the target, and no sample
    lies outside start…target. At gain 1 samples pass bit-identical, at gain 0 the output is exactly 0 whatever comes in.
    Output does not depend on block sizes. Not thread-safe: one thread at a time. Takes no memory. */
class GainRamp
{
public:
    /** @param sampleRateHz 8000…192000 @param rampMs 0…10000 [ms], rounded to samples; 0 changes at the next sample
        @returns false (and stays as it was) for values out of range. Ends a ramp that runs. */
    bool prepare(double sampleRateHz, double rampMs) noexcept;

    /** @param linearGain ≥ 0 and finite, otherwise nothing changes (false). The target that is already set starts no new ramp,
        so this may be called with every block. */
    bool setTarget(double linearGain) noexcept { return linearGain == aim || aimAt(linearGain); }

    /** @param gainDb [dB], silenceDb for gain 0; NaN and plus infinity change nothing (false) */
    bool setTargetDb(double gainDb) noexcept;

    /** Jumps, without a ramp. Same range as setTarget(). */
    bool setImmediately(double linearGain) noexcept;

    /** Gain of the next sample; moves on. */
    [[nodiscard]] double next() noexcept
    {
        if (at < length)
            advance();
        return gain;
    }

    /** Gain of the sample that next() or a process call dealt with last. */
    [[nodiscard]] double current() const noexcept { return gain; }
    [[nodiscard]] double target() const noexcept { return aim; }

    /** Whether every coming sample gets target(). */
    [[nodiscard]] bool isSteady() const noexcept { return at >= length; }

    /** Multiplies in place. */
    void process(std::span<float> block) noexcept { process(block, block); }

    /** out = in × gain, rounded once to float. @param in, out of the same size; may be the same memory */
    void process(std::span<const float> in, std::span<float> out) noexcept;

    /** out = in × gain in double, as MixBus sums it. */
    void process(std::span<const float> in, std::span<double> out) noexcept;

    /** Moves on as process() would, without samples. */
    void skip(uint64_t samples) noexcept
    {
        if (! isSteady())
            moveOn(samples);
    }

private:
    bool aimAt(double linearGain) noexcept;
    void moveOn(uint64_t samples) noexcept;
    void advance() noexcept;
    template <typename Out>
    void apply(std::span<const float> in, std::span<Out> out) noexcept;

    double gain = 1.0, aim = 1.0, start = 1.0;
    uint64_t rampSamples = 0;
    uint64_t length = 0, at = 0;  ///< of the ramp that runs [samples]
};

} // namespace mw
