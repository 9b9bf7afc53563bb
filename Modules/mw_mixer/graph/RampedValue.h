#pragma once

#include <mw_signal/mw_signal.h>

#include <cstddef>
#include <vector>

namespace mw
{

/** A gain that several strips share: its ramp is run once a block and read by all of them. Audio region, except prepare(). */
class RampedValue
{
public:
    /** Takes memory. */
    void prepare(double sampleRateHz, double rampMs, size_t maxFrames)
    {
        ramp.prepare(sampleRateHz, rampMs);
        values.assign(maxFrames, 0.0);
    }

    void setTarget(double gain) noexcept { ramp.setTarget(gain); }
    void setImmediately(double gain) noexcept { ramp.setImmediately(gain); }
    [[nodiscard]] double target() const noexcept { return ramp.target(); }
    [[nodiscard]] double current() const noexcept { return ramp.current(); }

    /** Moves on by a piece of a block; at() and isSteady() speak of these samples until the next call. */
    void run(size_t frames) noexcept
    {
        steady = ramp.isSteady();
        if (! steady)
            for (size_t i = 0; i < frames; ++i)
                values[i] = ramp.next();
        constant = ramp.target();
    }

    /** Whether all samples of the piece have the same gain. */
    [[nodiscard]] bool isSteady() const noexcept { return steady; }

    [[nodiscard]] double at(size_t sample) const noexcept { return steady ? constant : values[sample]; }

private:
    GainRamp ramp;
    std::vector<double> values;
    bool steady = true;
    double constant = 1.0;
};

} // namespace mw
