#pragma once

#include <array>
#include <cstdint>

namespace mw
{

/** What the media thread knows about its own ticks. */
struct TickStats
{
    uint64_t ticks = 0;              ///< since start()
    uint64_t lateTicks = 0;          ///< begun more than half a block after their deadline (xruns)
    uint64_t lateByHost = 0;         ///< of these, the ones that the host is to blame for by half or more: the media thread was woken late, or had
                                     ///< no core while it worked; the others were late by its own work
    uint64_t skippedTicks = 0;       ///< blocks that were given up after a stall of the host
    int64_t lastLatenessNs = 0;      ///< [ns]
    int64_t maxLatenessNs = 0;       ///< [ns]
    int64_t lastWorkNs = 0;          ///< time that the last tick took [ns]
    int64_t maxWorkNs = 0;           ///< [ns]
    int workers = 0;                 ///< threads beside the media thread that helped in the last tick
    double load = 0.0;               ///< share of the block that the work took, smoothed over about 1 s (0…1)
    std::array<uint64_t, 16> latenessHistogram {};  ///< bin 0: up to 20 µs; bin i: lateness in [2^i, 2^(i+1)) × 10 µs; last bin open
};

} // namespace mw
