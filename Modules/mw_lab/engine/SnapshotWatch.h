#pragma once

#include <mw_legs/mw_legs.h>

#include <algorithm>
#include <cstdint>

namespace mw
{

/** Checks the numbers of the snapshots that mixer and device publish once a tick, each time somebody reads them.

    The counters of a tick cannot tell that no tick comes any more, or that the mixer was left out of one: this does.
    Control thread. */
class SnapshotWatch
{
public:
    static constexpr int64_t leastStallNs = 1'000'000'000;  ///< no new snapshot for so long is a stall [ns]
    static constexpr int64_t stallBlocks = 20;              ///< or for so many blocks, if that is more

    /** A run begins. @param mixerNumber, deviceNumber of the last snapshots before it */
    void begin(uint64_t mixerNumber, uint64_t deviceNumber, int64_t nowNs, int64_t blockNs) noexcept
    {
        *this = {};
        mixerBase = mixerNumber;
        deviceBase = seen = deviceNumber;
        seenNs = nowNs;
        limitNs = std::max(leastStallNs, stallBlocks * blockNs);
    }

    /** @param deviceBefore, deviceAfter read before and after mixerNumber: only if no tick ended between them, they belong
        together, but for the tick under way, in which the mixer is one ahead. @param running whether snapshots are to come */
    void look(uint64_t deviceBefore, uint64_t mixerNumber, uint64_t deviceAfter, int64_t nowNs, bool running) noexcept
    {
        const auto mixed = mixerNumber - mixerBase, ticked = deviceAfter - deviceBase;
        if (deviceBefore == deviceAfter)
            missing = std::max(missing, ticked > mixed ? ticked - mixed : mixed - ticked > 1 ? mixed - ticked - 1 : 0);

        if (deviceAfter != seen || ! running)
        {
            seen = deviceAfter;
            seenNs = nowNs;
            standing = false;
        }
        else if (nowNs - seenNs > limitNs && ! standing)
        {
            standing = true;
            ++stallCount;
        }
    }

    [[nodiscard]] bool hasBegun(uint64_t deviceNumber) const noexcept { return deviceNumber != deviceBase; }

    /** Ticks of the device without a block of the mixer, or blocks without a tick. */
    [[nodiscard]] uint64_t gaps() const noexcept { return missing; }

    /** Times that no new snapshot came for longer than the limit. */
    [[nodiscard]] uint64_t stalls() const noexcept { return stallCount; }

private:
    uint64_t mixerBase = 0, deviceBase = 0;
    uint64_t seen = 0;         ///< the device's number at the last look
    int64_t seenNs = 0;        ///< when it was new [ns]
    int64_t limitNs = leastStallNs;
    uint64_t missing = 0, stallCount = 0;
    bool standing = false;  ///< control thread: the stall was counted
};

} // namespace mw
