#include "EventWatch.h"

#include <algorithm>
#include <string_view>

namespace mw
{

namespace
{
constexpr uint32_t fullSegmentTicks = 0xffff;    ///< what the 16 bits of a duration can name
constexpr int64_t mostOvertakenMs = 2000;        ///< a packet behind by more was not overtaken: its source's timestamps began anew
constexpr size_t leastEventOctets = 4;           ///< RFC 4733, 2.3

/** From one number to another, the shorter way round. */
int stepBetween(uint16_t from, uint16_t to) noexcept { return static_cast<int16_t>(static_cast<uint16_t>(to - from)); }
} // namespace

char EventRecord::digit() const noexcept
{
    constexpr std::string_view digits = "0123456789*#ABCD";  // RFC 4733, table 3
    return code < digits.size() ? digits[code] : '\0';
}

EventWatch::EventWatch(const CodecFormat& formatToUse) : format(formatToUse) { kept.reserve(formatToUse.eventPayloadType >= 0 ? mostEvents : 0); }

void EventWatch::packetArrived(const RtpPacket& packet, Passage passage, uint64_t lostSoFar) noexcept
{
    const auto missing = lostSoFar > lostBefore ? lostSoFar - lostBefore : 0;
    const auto filled = lostSoFar < lostBefore;
    lostBefore = lostSoFar;
    if (passage == Passage::stray || passage == Passage::duplicate)
        return;
    if (filled)
        holeFilled(packet.sequence);
    if (format.eventPayloadType < 0 || packet.payloadType != format.eventPayloadType)
    {
        otherArrived(missing);
        return;
    }
    if (packet.payload.size() < leastEventOctets)
    {
        ++tooShort;
        otherArrived(missing);
        return;
    }
    const Update update { packet.payload[0], static_cast<uint8_t>(packet.payload[1] & 0x3fu), (packet.payload[1] & 0x80u) != 0,
                          static_cast<uint32_t>(packet.payload[2] << 8 | packet.payload[3]) };
    eventArrived(packet, update, passage == Passage::inOrder, missing);
}

void EventWatch::otherArrived(uint64_t missing) noexcept
{
    if (eventWasLast)
        besideEnd = static_cast<uint32_t>(missing);
    eventWasLast = false;
    sinceLast += missing;
}

/** A packet that counted as missing came after all. */
void EventWatch::holeFilled(uint16_t sequence) noexcept
{
    if (! haveCurrent)
        return;
    if (stepBetween(lastSequence, sequence) > 0)
    {
        besideEnd -= stepBetween(lastSequence, sequence) <= static_cast<int>(besideEnd) ? 1u : 0u;
        sinceLast -= sinceLast > 0 ? 1u : 0u;
    }
    else if (stepBetween(firstSequence, sequence) >= 0)
        current.lost -= current.lost > 0 ? 1u : 0u;
    else if (! kept.empty() && kept.back().lost > 0)
        --kept.back().lost;  // the event before, or the sound between: the nearest guess
}

void EventWatch::eventArrived(const RtpPacket& packet, const Update& update, bool inOrder, uint64_t missing) noexcept
{
    const auto sameSource = haveCurrent && packet.ssrc == ssrc;
    const auto sameSegment = sameSource && packet.timestamp == segmentTimestamp;
    const auto nextSegment = sameSource && ! packet.marker && update.code == current.code && current.endPackets == 0
                             && packet.timestamp == segmentTimestamp + fullSegmentTicks;
    const auto behindTicks = int64_t { static_cast<int32_t>(segmentTimestamp - packet.timestamp) };  // of its begin; what counts is its end
    if (sameSource && behindTicks > 0 && (behindTicks - int64_t { update.durationTicks }) * 1000 < mostOvertakenMs * format.clockRateHz)
    {
        takeOvertaken(packet, update);
        return;
    }
    if (! sameSegment && ! nextSegment)
    {
        begin(packet, update, missing);
        return;
    }

    if (nextSegment)
    {
        earlierSegments += fullSegmentTicks;
        segmentTimestamp = packet.timestamp;
        lastDuration = 0;
        ++current.segments;
    }
    if (inOrder)
    {
        current.lost += current.endPackets < endPacketsSent ? static_cast<uint32_t>(sinceLast + missing) : 0;
        sinceLast = 0;
        besideEnd = 0;
    }
    take(packet, update, inOrder);
}

void EventWatch::begin(const RtpPacket& packet, const Update& update, uint64_t missing) noexcept
{
    // Numbers missing between two events: the second one's when its marker is missing too, else the first one's if that lacks end packets.
    const auto before = packet.marker ? 0u : static_cast<uint32_t>(missing);
    const auto former = current;
    const auto restarted = static_cast<int32_t>(packet.timestamp - segmentTimestamp) < 0;  // then no pause is known
    const auto formerKnown = haveCurrent && packet.ssrc == ssrc && ! restarted;
    const auto formerEnd = former.timestamp + static_cast<uint32_t>(former.durationTicks);
    closeCurrent(packet.marker ? missing : 0);

    current = {};
    haveCurrent = true;
    ssrc = packet.ssrc;
    segmentTimestamp = packet.timestamp;
    earlierSegments = 0;
    lastDuration = 0;
    sinceLast = 0;
    besideEnd = 0;
    firstSequence = static_cast<uint16_t>(packet.sequence - before);
    lastSequence = packet.sequence;
    current.code = update.code;
    current.volume = update.volume;
    current.timestamp = packet.timestamp;
    current.firstDurationTicks = update.durationTicks;
    current.firstArrivalNs = packet.arrivalNs;
    current.lost = before;
    if (formerKnown && isSameClock())
    {
        current.hasPause = true;
        current.pauseTicks = static_cast<int32_t>(packet.timestamp - formerEnd);
        current.doubled = former.code == update.code && current.pauseTicks * 1000 < int64_t { leastPauseMs } * format.clockRateHz;
    }
    take(packet, update, true);
}

void EventWatch::take(const RtpPacket& packet, const Update& update, bool inOrder) noexcept
{
    ++current.packets;
    current.marked = current.marked || packet.marker;
    current.lastArrivalNs = std::max(current.lastArrivalNs, packet.arrivalNs);
    current.durationTicks = std::max(current.durationTicks, earlierSegments + update.durationTicks);
    if (! inOrder)
    {
        current.endPackets += update.isEnd ? 1u : 0u;
        return;
    }
    lastSequence = packet.sequence;
    eventWasLast = true;
    const auto isFirst = current.packets == 1 || (lastDuration == 0 && current.segments > 1);
    if (update.isEnd)
    {
        current.notGrowing += ! isFirst && update.durationTicks < lastDuration ? 1u : 0u;
        ++current.endPackets;
    }
    else if (current.endPackets > 0)
    {
        ++current.afterEnd;
        current.doubled = true;
        return;
    }
    else
    {
        current.notGrowing += ! isFirst && update.durationTicks <= lastDuration ? 1u : 0u;
    }
    lastDuration = update.durationTicks;
}

void EventWatch::closeCurrent(uint64_t missingNow) noexcept
{
    if (! haveCurrent)
        return;
    if (eventWasLast)
        besideEnd = static_cast<uint32_t>(missingNow);
    current.lost += trailing();
    if (kept.size() < kept.capacity() && kept.size() < mostEvents)
        kept.push_back(current);
    else
        ++uncounted;
}

/** A packet of an event before the current one. */
void EventWatch::takeOvertaken(const RtpPacket& packet, const Update& update) noexcept
{
    const auto found = std::find_if(kept.rbegin(), kept.rend(), [&](const EventRecord& each) { return each.timestamp == packet.timestamp; });
    if (found == kept.rend())
        return;
    ++found->packets;
    found->endPackets += update.isEnd ? 1u : 0u;
    found->marked = found->marked || packet.marker;
    found->durationTicks = std::max<uint64_t>(found->durationTicks, update.durationTicks);
}

std::vector<EventRecord> EventWatch::events() const
{
    auto all = kept;
    if (haveCurrent && all.size() < mostEvents)
    {
        all.push_back(current);
        all.back().lost += trailing();
    }
    return all;
}

} // namespace mw
