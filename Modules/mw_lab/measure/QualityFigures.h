#pragma once

#include "FigureSet.h"

#include <mw_legs/mw_legs.h>

#include <optional>

namespace mw
{

/** What listeners and talkers would think of the connection, by the E-model of ITU-T G.107: the figures `quality.*`.

    The delay is that which a pilot measured (`delay.p50_ms`) if the set has it; else half of RTCP's round trip with the peer's packet
    and our jitter buffer. What an input is missing for is not measured.
    @param report as of the call's end; nothing: the call had no media */
void addQualityFigures(FigureSet& figures, const std::optional<TransportReport>& report);

} // namespace mw
