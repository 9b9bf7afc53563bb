#pragma once

#include "Series.h"

#include <cstdint>

namespace mw
{

/** Steps of all histories [1/s], and how far they reach back [s]. */
inline constexpr int historyHz = 5;
inline constexpr int historySeconds = 600;
inline constexpr int64_t historyStepNs = 1'000'000'000 / historyHz;  ///< [ns]
inline constexpr size_t historyLength = historyHz * historySeconds;

/** What was measured of a leg while it had a channel. */
struct LegHistory
{
    uint64_t lastStep = 0;               ///< MonitorModel::steps() of its latest values: the present one until the call ends
    Series levelIn { historyLength };    ///< RMS, 300 ms [dBm0]; −∞ for silence
    Series levelOut { historyLength };   ///< of what it is sent [dBm0]
    Series jitterMs { historyLength };   ///< RFC 3550 [ms]
    Series lossPercent { historyLength };///< of the packets expected in the last step [%]
    Series bufferMs { historyLength };   ///< in the jitter buffer [ms]
};

/** What was measured of the run. */
struct RunHistory
{
    uint64_t lastStep = 0;                ///< as LegHistory's
    Series latenessMs { historyLength };  ///< of the latest tick [ms]
    Series loadPercent { historyLength }; ///< share of the block that the work took [%]
    Series masterLevel { historyLength }; ///< RMS of the mix [dBm0]
};

} // namespace mw
