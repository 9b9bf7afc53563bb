#pragma once

#include "FigureSet.h"

#include <mw_legs/mw_legs.h>

#include <optional>

namespace mw
{

/** What the stream did on its way, how its losses lie, and what RTCP told: the figures `transport.*` beyond the jitter buffer's own,
    `rtcp.*` and `xr.*`, and the tables "packet lengths" and "payload types".
    @param report as of the call's end; nothing: the call had no media */
void addStreamFigures(FigureSet& figures, const std::optional<TransportReport>& report);

} // namespace mw
