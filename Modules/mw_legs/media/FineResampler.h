#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** A resampler whose ratio is within a few thousandths of one, for a peer whose clock is not quite ours.

    A windowed sinc of 48 taps between 256 stored phases: flat to 0.42 of the rate, errors below −80 dB. Bypassed it hands its
    input on untouched and undelayed. It is engaged and disengaged without a step in the sound: where it stands on a whole sample
    the sinc is that sample alone. Engaging takes aheadFrames() more of the input at once, disengaging gives them back; so what
    is held here is not held in front of it, and the delay of the whole stays as it was.

    Media thread; takes memory in the constructor only. */
class FineResampler
{
public:
    /** @param maxFrames longest output of one process() [samples] */
    explicit FineResampler(size_t maxFrames);

    /** Samples beyond the one that is being made which the filter sees. */
    static constexpr size_t aheadFrames() noexcept { return halfTaps; }

    [[nodiscard]] bool isEngaged() const noexcept { return engaged; }
    void engage() noexcept;

    /** Only where isOnSample(): from the next process() on, samples pass untouched. */
    void disengage() noexcept;

    /** Whether the next sample to come out is one of the input. */
    [[nodiscard]] bool isOnSample() const noexcept { return fraction == 0; }

    /** How much of the input's sample the position is beyond the last whole one, −0.5…0.5 [samples]. */
    [[nodiscard]] double offsetFromSample() const noexcept;

    /** @param ppm how much faster than it is given out the input is taken in, −20000…20000 [ppm] */
    void setRatio(double ppm) noexcept;

    /** In place of setRatio(), for the next process() alone: a ratio by which it ends on a whole sample.
        @param outFrames of that process() */
    void landOnSample(size_t outFrames) noexcept;

    /** Input samples that the next process() with `outFrames` needs. */
    [[nodiscard]] size_t inputFramesFor(size_t outFrames) const noexcept;

    /** Most of what inputFramesFor() says for up to `outFrames`, whatever the ratio. */
    [[nodiscard]] static size_t mostInputFramesFor(size_t outFrames) noexcept { return outFrames + outFrames / 32 + halfTaps + 2; }

    /** @param in inputFramesFor(out.size()) samples */
    void process(std::span<const float> in, std::span<float> out) noexcept;

    /** Input samples taken in and not yet given out; not whole while it is engaged. */
    [[nodiscard]] double heldFrames() const noexcept;

private:
    static constexpr size_t halfTaps = 24, taps = 2 * halfTaps, before = halfTaps - 1;
    static constexpr int fractionBits = 40, phaseBits = 8, restBits = fractionBits - phaseBits;
    static constexpr int64_t one = int64_t { 1 } << fractionBits;
    struct Kernel;
    static const Kernel& kernel() noexcept;

    [[nodiscard]] static float interpolate(const Kernel& table, const float* samples, int64_t fraction) noexcept;

    std::vector<float> line;  ///< `before` samples that were given out, then those that are held
    size_t held = 0;
    int64_t fraction = 0;     ///< position beyond the first held sample [1/one samples]
    int64_t step = one, landingStep = 0;
    bool engaged = false;
};

} // namespace mw
