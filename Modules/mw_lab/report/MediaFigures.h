#pragma once

#include <mw_legs/mw_legs.h>

#include <limits>

namespace mw
{

/** Share of the expected packets that did not come in time [%]; not a number before the first packet. */
[[nodiscard]] inline double lossPercentOf(const PlayoutStats& stats) noexcept
{
    if (stats.packets == 0)
        return std::numeric_limits<double>::quiet_NaN();
    const auto missing = stats.lost + stats.late;
    const auto arrived = stats.packets - stats.late - stats.duplicate - stats.wrongPayloadType;
    return 100.0 * static_cast<double>(missing) / static_cast<double>(missing + arrived);
}

} // namespace mw
