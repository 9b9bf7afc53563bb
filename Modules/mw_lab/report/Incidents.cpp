#include "Incidents.h"

#include <algorithm>

namespace mw
{

std::vector<Incident> incidentsOf(const EngineSnapshot& snapshot)
{
    const auto& mixer = snapshot.mixer;
    const auto& in = snapshot.mediaTotals.playout;
    const auto& out = snapshot.mediaTotals.send;
    const auto& network = snapshot.mediaTotals.network;
    return {
        // this machine
        { "snapshotStalls", "stalls", snapshot.snapshotStalls },
        { "snapshotGaps", "snapshot gaps", snapshot.snapshotGaps },
        { "eventsLost", "events lost", snapshot.eventsLost },
        { "skippedTicks", "ticks skipped", snapshot.ticks.skippedTicks },
        { "lateTicks", "late ticks", snapshot.ticks.lateTicks },
        { "receiveOverruns", "receive overruns", in.ringOverruns },
        { "sendOverruns", "send overruns", out.ringOverruns },
        { "tapDroppedSamples", "samples missed by recorder or analysis", mixer.tapDroppedSamples },
        { "commandsRefused", "commands dropped", mixer.commandsRefused },
        // calls
        { "callsFailed", "calls failed", snapshot.callsFailed },
        { "legsRefused", "callers refused", snapshot.legsRefused },
        // levels
        { "limitedSamples", "samples limited", mixer.legsLimitedSamples },
        { "mixLimitedSamples", "samples of the mix limited", mixer.masterLimitedSamples },
        { "clippedSamples", "samples clipped", out.clippedSamples },
        { "nonFiniteInputs", "samples not finite", mixer.nonFiniteInputs },
        // the network and the peers
        { "underruns", "underruns", in.underruns },
        { "backlogTrims", "backlog trims", in.trims },
        { "lostPackets", "packets lost", in.lost },
        { "latePackets", "packets late", in.late },
        { "reorderedPackets", "packets reordered", in.reordered },
        { "duplicatePackets", "packets doubled", in.duplicate },
        { "streamJumps", "stream jumps", in.resyncs },
        { "ssrcChanges", "sources changed", in.ssrcChanges },
        { "undecodable", "packets undecodable", in.undecodable },
        { "oversizedPackets", "packets too long", in.storeOverruns },
        { "wrongPayloadType", "packets of a wrong type", in.wrongPayloadType - std::min(in.wrongPayloadType, in.eventPackets) },
        { "strangers", "packets from strangers", network.strangers },
        { "malformedPackets", "packets malformed", network.malformed },
        { "encodeFailures", "packets not encoded", out.encodeFailures },
        { "packetsNotSent", "packets not sent", network.notSent },
    };
}

std::string incidentText(const EngineSnapshot& snapshot)
{
    std::string text;
    for (const auto& incident : incidentsOf(snapshot))
        if (incident.count > 0)
            text += (text.empty() ? "" : ", ") + std::string(incident.words) + " " + std::to_string(incident.count);
    return text;
}

} // namespace mw
