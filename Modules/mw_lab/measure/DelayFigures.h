#pragma once

#include "FigureSet.h"

#include <mw_legs/mw_legs.h>

#include <optional>

namespace mw
{

/** Where the delay of a call's sound comes from, stage by stage. Call it after the pilot's and the stream's figures were set, which it reads.

    A sound waits for its packet to be filled (`delay.packetisation_ms`), travels (`delay.network_ms`, half of RTCP's round trip), waits in our
    jitter buffer (`delay.jitter_buffer_ms`, mean from the kernel's arrival time to the turn of the packet's first sample) and is resampled to the
    engine's rate (`delay.playout_ms`). A pilot's samples carry the time of the tick that made them, at which their packet is sent, so its delay
    has all but the first of these; what is left of its median (`delay.mixer_ms`) was spent by mixers in between, their jitter buffers and packets
    included, and by a peer's own resampling. In a call without a mixer that is nothing but what the others are wrong by.

    Thread: any; plain values. What cannot be known is set as not measured, with the reason. */
void addDelayFigures(FigureSet& figures, const std::optional<TransportReport>& report);

} // namespace mw
