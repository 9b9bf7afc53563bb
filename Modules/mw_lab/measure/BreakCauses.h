#pragma once

#include "FigureSet.h"
#include "MixerLogReader.h"

#include <mw_legs/mw_legs.h>

#include <optional>
#include <span>

namespace mw
{

/** Sorts every break in the sound (tables "gaps" and "breaks") by its cause, by laying it beside what the jitter buffer did at that time:
    both stand on the engine's clock. Adds a column "cause" to these tables, the figures `gaps.from_*` and the table "playout".

        network        packets that never came
        late packets   they came after their turn: the jitter buffer was not deep enough for their jitter
        jitter buffer  it dropped sound to keep or lessen the delay
        this machine   blocks were given up in a stall of the host
        codec          payloads that could not be decoded
        sender paused  the timestamps leave that time out, or go on elsewhere
        mixer's buffer, mixer stood still, mixer's limiter
                       the packets came whole and in time, and a mixer's log says that it made sound up, gave blocks up or limited at that time
        sender         the packets came whole and in time: the break is in the sound they carry (of the sender, or of a mixer before it)
        not known      the time of the sound is not known, or there were more occasions than are kept (Playout::actionsKept)

    A mixer's log tells a moment to the interval between two looks, and what happened is heard later by the delay behind the mixer
    (`delay.network_ms`, `delay.jitter_buffer_ms`, `delay.playout_ms`, as far as known), which addDelayFigures() has set.

    @param report of the same leg @param figures with the measurements' tables @param incidents of a mixer on the way, or none */
void addBreakCauses(FigureSet& figures, const std::optional<TransportReport>& report, std::span<const MixerIncident> incidents = {});

/** Words of the column "cause". */
namespace break_cause
{
inline constexpr const char *network = "network", *late = "late packets", *jitterBuffer = "jitter buffer", *host = "this machine",
                            *codec = "codec", *mixerBuffer = "mixer's buffer", *mixerStall = "mixer stood still", *limiter = "mixer's limiter",
                            *senderPause = "sender paused", *sender = "sender", *unknown = "not known";
}

} // namespace mw
