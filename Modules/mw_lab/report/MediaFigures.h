#pragma once

#include <mw_legs/mw_legs.h>

#include <limits>

namespace mw
{

/** Share of the packets of sound expected that did not come in time [%]; not a number before the first. */
[[nodiscard]] inline double lossPercentOf(const PlayoutStats& stats) noexcept
{
    const auto missing = stats.lost + stats.late;
    if (missing + stats.inTime == 0)
        return std::numeric_limits<double>::quiet_NaN();
    return 100.0 * static_cast<double>(missing) / static_cast<double>(missing + stats.inTime);
}

} // namespace mw
