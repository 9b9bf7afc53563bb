#pragma once

#include "LegAnalyser.h"

#include <mw_legs/mw_legs.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace mw
{

/** The telephone-events of a call (RFC 4733): the figures `events.*` and the table "events", a row an event.

    A digit leaks when the sound holds it as well while its event lasts: a gateway that takes it out too late. An event's place in the
    sound is the arrival of its first packet less the duration that it tells, later by jitter buffer and resampler.
    @param report as of the call's end; nothing: the call had no media
    @param inBand digits that the receiver of in-band DTMF heard (32 ms and longer), in order */
void addEventFigures(FigureSet& figures, const std::optional<TransportReport>& report, const std::vector<InBandDigit>& inBand);

} // namespace mw
