#pragma once

#include "../look/Layout.h"

#include <algorithm>

namespace mw
{

/** Heights that all strips share, so that meters and buttons stand in one line across the panel [px]. */
struct StripMetrics
{
    static constexpr int line = 16, nameLine = 20;
    static constexpr int leastMeter = 88;
    static constexpr int mostExtra = 7 * line;

    int header = 0;  ///< state, name and, where there is room, URI and codec
    int extra = 0;   ///< below mute and solo: figures, or a house strip's own controls

    /** Level, meter, field, mute and solo: what every strip has, with a meter of the least height. */
    static constexpr int least = line + layout::half + leastMeter + layout::grid + layout::rowHeight + layout::half + layout::rowHeight;

    [[nodiscard]] static StripMetrics of(int height)
    {
        constexpr int shortHeader = layout::grid + line + nameLine, longHeader = shortHeader + 2 * line;
        StripMetrics metrics;
        const auto room = height - least - 3 * layout::grid;
        metrics.header = room >= longHeader + 6 * line + 2 * layout::grid ? longHeader : shortHeader;
        metrics.extra = std::clamp((room - metrics.header) / layout::half * layout::half, 0, mostExtra);
        return metrics;
    }

    [[nodiscard]] bool operator==(const StripMetrics&) const = default;
};

} // namespace mw
