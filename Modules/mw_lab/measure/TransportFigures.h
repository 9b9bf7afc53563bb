#pragma once

#include "FigureSet.h"

#include <mw_legs/mw_legs.h>

#include <optional>

namespace mw
{

/** The stream that a call received, as its jitter buffer counted it: the figures `transport.*` and `drift.ppm`.
    @param media as of the call's end; nothing: the call had none */
void addTransportFigures(FigureSet& figures, const std::optional<LegMediaStats>& media);

} // namespace mw
