#include "StreamWatch.h"

#include "PacketDuration.h"

#include <algorithm>
#include <cstdlib>

namespace mw
{

namespace
{
constexpr int64_t mostMisordered = 100;              ///< RFC 3550 A.1: MAX_MISORDER [packets]
constexpr int64_t mostDropped = 3000;                ///< RFC 3550 A.1: MAX_DROPOUT [packets]
constexpr int64_t silentSourceNs = 200'000'000;      ///< a source silent for this long gives way at once
constexpr int64_t newTimeBaseNs = 1'000'000'000;     ///< a timestamp further off than this is another time base, not jitter
constexpr int64_t longestSoundMs = 120;              ///< of one packet (RFC 6716, 2.1.4)
constexpr int64_t firstSequenceBase = 1 << 16;       ///< keeps extended numbers positive

/** From an extended number to the nearest with these low bits [packets]. */
int64_t stepFrom(int64_t extended, uint16_t sequence) noexcept
{
    return static_cast<int16_t>(static_cast<uint16_t>(sequence - static_cast<uint16_t>(extended)));
}
} // namespace

void ValueCounts::add(int64_t value) noexcept
{
    for (auto& entry : entries)
        if (entry.packets == 0 || entry.value == value)
        {
            entry.value = value;
            ++entry.packets;
            return;
        }
    ++others;
}

const ValueCounts::Entry* ValueCounts::mostFrequent() const noexcept
{
    const auto found = std::ranges::max_element(entries, {}, &Entry::packets);
    return found->packets == 0 ? nullptr : &*found;
}

StreamWatch::StreamWatch(const CodecFormat& formatToUse) : format(formatToUse) {}

bool StreamWatch::isSound(const RtpPacket& packet) const noexcept { return packet.payloadType == format.receivePayloadType; }

Passage StreamWatch::packetArrived(const RtpPacket& packet) noexcept
{
    const auto ticks = isSound(packet) ? packetDurationTicks(format, packet.payload) : 0;
    if (! haveStream)
    {
        begin(packet);
    }
    else if (packet.ssrc != figures.ssrc)
    {
        const auto idle = packet.arrivalNs - figures.lastArrivalNs >= silentSourceNs;
        if (! idle && ! confirmed(packet, ticks))
            return Passage::stray;
        ++figures.ssrcChanges;
        if (! idle)
        {
            begin(candidate.header);
            follow(candidate.header, candidate.ticks, candidate.octets);
        }
        else
        {
            begin(packet);
        }
    }
    else
    {
        const auto ahead = stepFrom(highest, packet.sequence);
        if (ahead >= mostDropped || ahead <= -mostMisordered)
        {
            if (! confirmed(packet, ticks))
                return Passage::stray;
            ++figures.sequenceJumps;
            begin(candidate.header);
            follow(candidate.header, candidate.ticks, candidate.octets);
        }
    }
    figures.strays += candidate.valid ? 1u : 0u;
    candidate.valid = false;
    return follow(packet, ticks, packet.payload.size());
}

bool StreamWatch::confirmed(const RtpPacket& packet, int64_t ticks) noexcept
{
    if (candidate.valid && candidate.header.ssrc == packet.ssrc
        && packet.sequence == static_cast<uint16_t>(candidate.header.sequence + 1))
    {
        candidate.valid = false;
        return true;
    }
    figures.strays += candidate.valid ? 1u : 0u;
    candidate = { true, packet, ticks, packet.payload.size() };
    candidate.header.payload = {};
    return false;
}

void StreamWatch::begin(const RtpPacket& packet) noexcept
{
    haveStream = true;
    haveSound = haveNewest = false;
    jitterNs = 0.0;
    came = {};
    figures.ssrc = packet.ssrc;
    first = firstSequenceBase + packet.sequence;
    highest = first - 1;
    if (figures.firstArrivalNs == 0)
        figures.firstArrivalNs = packet.arrivalNs;
}

Passage StreamWatch::follow(const RtpPacket& packet, int64_t ticks, size_t octets) noexcept
{
    if (figures.packets > 0)
    {
        const auto gapNs = packet.arrivalNs - figures.lastArrivalNs;
        gaps.add(gapNs);
        longestGapNs = std::max(longestGapNs, gapNs);
    }
    ++figures.packets;
    figures.octets += octets;
    figures.lastArrivalNs = packet.arrivalNs;
    types.add(packet.payloadType);

    const auto sequence = highest + stepFrom(highest, packet.sequence);
    if (! isNew(sequence))
    {
        ++figures.duplicate;
        return Passage::duplicate;
    }
    const auto passage = sequence < highest ? Passage::overtaken : Passage::inOrder;
    if (passage == Passage::overtaken)
    {
        ++figures.reordered;
        figures.farthestReorder = std::max(figures.farthestReorder, static_cast<uint64_t>(highest - sequence));
    }
    // A number below the stream's first is not among those that RFC 3550 expects; it came first only because it was overtaken.
    if (sequence < first)
    {
        figures.expected += static_cast<uint64_t>(first - sequence);
        first = sequence;
    }
    ++figures.unique;

    const auto isEvent = packet.payloadType == format.eventPayloadType;
    if (! isEvent)
    {
        figures.payloadTypeChanges += haveType && packet.payloadType != figures.payloadType ? 1u : 0u;
        haveType = true;
        figures.payloadType = packet.payloadType;
    }
    if (isSound(packet))
    {
        time(packet);
        checkTimestamp(packet, sequence, ticks);
    }
    highest = std::max(highest, sequence);
    return passage;
}

bool StreamWatch::isNew(int64_t sequence) noexcept
{
    if (sequence > highest)
        advance(sequence);
    const auto place = static_cast<size_t>(sequence) % windowPackets;
    const auto bit = uint64_t { 1 } << (place % 64);
    if ((came[place / 64] & bit) != 0)
        return false;
    came[place / 64] |= bit;
    return true;
}

void StreamWatch::advance(int64_t sequence) noexcept
{
    figures.expected += static_cast<uint64_t>(sequence - highest);
    if (sequence - highest >= static_cast<int64_t>(windowPackets))
        came = {};
    else
        for (auto passed = highest + 1; passed <= sequence; ++passed)
            came[static_cast<size_t>(passed) % windowPackets / 64] &= ~(uint64_t { 1 } << (static_cast<size_t>(passed) % 64));
}

void StreamWatch::time(const RtpPacket& packet) noexcept
{
    if (haveSound)
    {
        const int64_t stepTicks = static_cast<int32_t>(packet.timestamp - lastTimestamp);
        const auto changeNs = std::llabs(packet.arrivalNs - lastSoundNs - ticksToNs(stepTicks));
        if (changeNs <= newTimeBaseNs)
        {
            jitterNs += (static_cast<double>(changeNs) - jitterNs) / 16.0;
            jitterSumNs += jitterNs;
            jitterMaxNs = std::max(jitterMaxNs, jitterNs);
            ++timed;
            changes.add(changeNs);
        }
    }
    haveSound = true;
    lastTimestamp = packet.timestamp;
    lastSoundNs = packet.arrivalNs;
}

void StreamWatch::checkTimestamp(const RtpPacket& packet, int64_t sequence, int64_t ticks) noexcept
{
    const auto ahead = sequence - newestSequence;
    if (ticks > 0)
        lengths.add(ticks);
    if (haveNewest && ahead <= 0)
        return;
    if (haveNewest)
    {
        const int64_t step = static_cast<int32_t>(packet.timestamp - newestTimestamp);
        const auto follows = ahead == 1;
        const auto elapsedNs = std::max<int64_t>(0, packet.arrivalNs - newestArrivalNs);
        if (step < 0 || ticksToNs(step - ahead * std::max<int64_t>(1, newestTicks)) - elapsedNs > newTimeBaseNs)
        {
            ++figures.timestampJumps;
        }
        else
        {
            figures.mediaTicks += step;
            if (step == 0)
            {
                ++figures.timestampRepeats;
            }
            else if (newestTicks > 0 && step < newestTicks)
            {
                ++figures.timestampOverlaps;
            }
            else if (newestTicks > 0 && follows)
            {
                const auto paused = step > newestTicks;
                figures.pauses += paused ? 1u : 0u;
                figures.unmarkedPauses += paused && ! packet.marker ? 1u : 0u;
                figures.needlessMarkers += ! paused && packet.marker ? 1u : 0u;
            }
            if (ticks == 0 && follows && step > 0 && step <= int64_t { format.clockRateHz } * longestSoundMs / 1000)
            {
                lengths.add(step);  // of the one before, as it must have been
                newestTicks = step;
            }
        }
    }
    haveNewest = true;
    newestSequence = sequence;
    newestTimestamp = packet.timestamp;
    newestArrivalNs = packet.arrivalNs;
    newestTicks = ticks > 0 ? ticks : newestTicks;
}

int64_t StreamWatch::ticksToNs(int64_t ticks) const noexcept
{
    constexpr int64_t nsPerSecond = 1'000'000'000;
    return ticks / format.clockRateHz * nsPerSecond + ticks % format.clockRateHz * nsPerSecond / format.clockRateHz;
}

StreamStats StreamWatch::stats() const noexcept
{
    constexpr double nsToMs = 1.0e-6;
    auto result = figures;
    result.jitterMs = jitterNs * nsToMs;
    result.jitterMaxMs = jitterMaxNs * nsToMs;
    result.jitterMeanMs = timed == 0 ? 0.0 : jitterSumNs * nsToMs / static_cast<double>(timed);
    result.longestGapMs = static_cast<double>(longestGapNs) * nsToMs;
    return result;
}

} // namespace mw
