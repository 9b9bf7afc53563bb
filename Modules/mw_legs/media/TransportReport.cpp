#include "TransportReport.h"

#include "Playout.h"

#include <algorithm>
#include <array>
#include <type_traits>

namespace mw
{

namespace
{
template <typename Record>
void putBefore(std::vector<Record>& later, uint64_t& leftOut, const std::vector<Record>& former, uint64_t formerLeftOut, size_t most)
{
    auto all = former;
    const auto room = formerLeftOut > 0 ? size_t { 0 } : std::min(later.size(), most - std::min(most, all.size()));
    all.insert(all.end(), later.begin(), later.begin() + static_cast<std::ptrdiff_t>(room));
    leftOut += formerLeftOut + (later.size() - room);
    later = std::move(all);
}
/** Puts the former port's events before the later one's, in the later one's clocks. One that the re-INVITE met is one event. */
void putEventsBefore(TransportReport& later, const TransportReport& former)
{
    auto before = former.events;
    const auto inOurClock = [&](auto& ticks) {
        ticks = static_cast<std::remove_reference_t<decltype(ticks)>>(uint64_t { ticks } * static_cast<uint64_t>(later.format.eventClockHz)
                                                                      / static_cast<uint64_t>(std::max(1, former.format.eventClockHz)));
    };
    for (auto& event : before)
    {
        event.hasPause = event.hasPause && former.format.clockRateHz == later.format.clockRateHz;
        inOurClock(event.durationTicks);
        inOurClock(event.firstDurationTicks);
    }
    if (! before.empty() && ! later.events.empty() && former.eventsLeftOut == 0 && before.back().timestamp == later.events.front().timestamp
        && before.back().code == later.events.front().code)
    {
        auto& whole = later.events.front();
        const auto& begin = before.back();
        whole.volume = begin.volume;
        whole.marked = whole.marked || begin.marked;
        whole.doubled = begin.doubled;
        whole.hasPause = begin.hasPause;
        whole.pauseTicks = begin.pauseTicks;
        whole.durationTicks = std::max(whole.durationTicks, begin.durationTicks);
        whole.firstDurationTicks = begin.firstDurationTicks;
        whole.firstArrivalNs = begin.firstArrivalNs;
        whole.packets += begin.packets;
        whole.endPackets += begin.endPackets;
        whole.lost += begin.lost;
        whole.notGrowing += begin.notGrowing;
        whole.afterEnd += begin.afterEnd;
        before.pop_back();
    }
    putBefore(later.events, later.eventsLeftOut, before, former.eventsLeftOut, EventWatch::mostEvents);
}
} // namespace

void ValueCounts::add(const ValueCounts& other) noexcept
{
    others += other.others;
    for (const auto& theirs : other.entries)
    {
        if (theirs.packets == 0)
            continue;
        const auto place = std::ranges::find_if(entries, [&](const Entry& ours) { return ours.packets == 0 || ours.value == theirs.value; });
        if (place == entries.end())
            others += theirs.packets;
        else
            *place = { theirs.value, place->packets + theirs.packets };
    }
}

void StreamStats::goOnFrom(const StreamStats& former) noexcept
{
    if (former.packets == 0)
        return;
    constexpr std::array counters {
        &StreamStats::octets, &StreamStats::expected, &StreamStats::unique, &StreamStats::duplicate, &StreamStats::reordered, &StreamStats::strays,
        &StreamStats::ssrcChanges, &StreamStats::sequenceJumps, &StreamStats::payloadTypeChanges, &StreamStats::pauses,
        &StreamStats::unmarkedPauses, &StreamStats::needlessMarkers, &StreamStats::timestampRepeats, &StreamStats::timestampOverlaps,
        &StreamStats::timestampJumps };
    const auto weight = static_cast<double>(packets) / static_cast<double>(packets + former.packets);
    jitterMeanMs = weight * jitterMeanMs + (1.0 - weight) * former.jitterMeanMs;
    jitterMaxMs = std::max(jitterMaxMs, former.jitterMaxMs);
    longestGapMs = std::max(longestGapMs, former.longestGapMs);
    farthestReorder = std::max(farthestReorder, former.farthestReorder);
    firstArrivalNs = former.firstArrivalNs;
    if (packets == 0)
    {
        lastArrivalNs = former.lastArrivalNs;
        ssrc = former.ssrc;
        payloadType = former.payloadType;
        jitterMs = former.jitterMs;
    }
    for (const auto counter : counters)
        this->*counter += former.*counter;
    packets += former.packets;
    mediaTicks += former.mediaTicks;
}

void LossFigures::goOnFrom(const LossFigures& former) noexcept
{
    for (const auto counter : { &LossFigures::packets, &LossFigures::lost, &LossFigures::discarded, &LossFigures::bursts, &LossFigures::burstPackets,
                                &LossFigures::burstMissing, &LossFigures::gaps, &LossFigures::runs })
        this->*counter += former.*counter;
    longestBurst = std::max(longestBurst, former.longestBurst);
    longestRun = std::max(longestRun, former.longestRun);
}

void TransportReport::goOnFrom(const TransportReport& former)
{
    codecChanged = codecChanged || former.codecChanged || former.format.name != format.name;
    if (stream.packets == 0)
    {
        format = former.format;
        for (const auto figure : { &TransportReport::spacingChangeP50Ms, &TransportReport::spacingChangeP95Ms, &TransportReport::spacingChangeP99Ms,
                                   &TransportReport::arrivalGapP50Ms, &TransportReport::arrivalGapP95Ms, &TransportReport::arrivalGapP99Ms,
                                   &TransportReport::sendDelayMs, &TransportReport::bufferDelayMs, &TransportReport::resamplerDelayMs,
                                   &TransportReport::waitMeanMs, &TransportReport::waitMostMs })
            this->*figure = former.*figure;
    }
    stream.goOnFrom(former.stream);
    losses.goOnFrom(former.losses);
    payloadTypes.add(former.payloadTypes);
    if (former.format.clockRateHz == format.clockRateHz)
        packetTicks.add(former.packetTicks);
    putBefore(actions, actionsLeftOut, former.actions, former.actionsLeftOut, Playout::actionsKept);
    putEventsBefore(*this, former);
    malformedEvents += former.malformedEvents;
}

} // namespace mw
