#pragma once

#include <mw_core/mw_core.h>

namespace mw::test
{

/** The real clock run too fast or too slow: an engine on it paces its packets as a peer whose crystal is `ppm` off does. Times
    agree with the real clock's at its making. Thread-safe. */
class ScaledClock final : public Clock
{
public:
    /** @param driftPpm positive: faster than real, more packets a second */
    explicit ScaledClock(double driftPpm) : pace(1.0 + driftPpm * 1.0e-6), begunNs(real.nowNs()) {}

    int64_t nowNs() const noexcept override
    {
        return begunNs + static_cast<int64_t>(static_cast<double>(real.nowNs() - begunNs) * pace);
    }
    bool sleepUntilNs(int64_t deadlineNs) noexcept override
    {
        return real.sleepUntilNs(begunNs + static_cast<int64_t>(static_cast<double>(deadlineNs - begunNs) / pace));
    }
    void interrupt() noexcept override { real.interrupt(); }
    void rearm() noexcept override { real.rearm(); }

private:
    RealClock real;
    double pace;
    int64_t begunNs;
};

} // namespace mw::test
