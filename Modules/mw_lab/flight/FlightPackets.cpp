#include "FlightPackets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace mw
{

namespace
{
constexpr int packetsPollMs = 50;
constexpr size_t mostClosedKnown = 4096;  // calls that are over and may still have a late packet
} // namespace

FlightPackets::FlightPackets(std::shared_ptr<PacketTrace> source, Background& backgroundToUse, const Clock& clockToUse, int64_t utcOffset, double keepS)
    : trace(std::move(source)), background(backgroundToUse), clock(clockToUse), utcOffsetNs(utcOffset), keepNs(std::llround(keepS * 1.0e9))
{
}

FlightPackets::~FlightPackets() { background.remove(*this); }

Result<void> FlightPackets::start() { return background.add(*this); }

/** The recorder thread is kept out of here while the work is done. */
template <typename Work>
void FlightPackets::whilePaused(Work&& work)
{
    background.remove(*this);
    drain();
    work();
    juce::ignoreUnused(background.add(*this));  // its thread runs
}

Result<void> FlightPackets::open(LegId leg, const juce::File& file, const std::string& comment)
{
    auto made = PcapngWriter::create(file, utcOffsetNs, comment);
    if (! made)
        return made.error();
    whilePaused([&] { calls[leg].writer = std::move(made.value()); });
    return {};
}

FlightPacketCounts FlightPackets::close(LegId leg, int64_t endNs)
{
    FlightPacketCounts counts;
    whilePaused([&] {
        if (const auto found = calls.find(leg); found != calls.end())
        {
            auto& call = found->second;
            if (call.writer != nullptr)
            {
                if (keepNs > 0)
                    letOldGo(call, endNs - keepNs);
                writeUntil(call, std::numeric_limits<int64_t>::max());
                call.writer->close();
                call.counts.error = call.writer->error();
            }
            counts = call.counts;
            calls.erase(found);
        }
        closed.insert(leg);
        if (closed.size() > mostClosedKnown)
            closed.erase(closed.begin());
    });
    return counts;
}

int FlightPackets::useTimeSlice()
{
    const ScopedThreadRole role(ThreadRole::recorder);
    drain();
    const auto nowNs = clock.nowNs();
    for (auto& [leg, call] : calls)
        if (keepNs > 0 || call.writer == nullptr)
            letOldGo(call, nowNs - keepNs - laterNs);
        else
            writeUntil(call, nowNs - orderWithinNs);
    return packetsPollMs;
}

void FlightPackets::drain()
{
    trace->drain([this](const TracedPacket& packet, std::span<const uint8_t> octets) { take(packet, octets); });
}

void FlightPackets::take(const TracedPacket& packet, std::span<const uint8_t> octets)
{
    if (closed.contains(packet.leg))
        return;
    auto& call = calls[packet.leg];
    const auto isMessage = packet.kind == TracedPacket::Kind::sip;
    auto& list = isMessage ? call.messages : call.media;
    if (! isMessage)
        call.mediaOctets += octets.size();
    auto place = list.end();
    while (place != list.begin() && std::prev(place)->packet.timeNs > packet.timeNs)
        --place;
    list.insert(place, { packet, { octets.begin(), octets.end() } });
}

void FlightPackets::letOldGo(Call& call, int64_t beforeNs)
{
    const auto isOld = [&](const Kept& kept) { return keepNs > 0 && kept.packet.timeNs < beforeNs; };
    while (! call.media.empty() && (isOld(call.media.front()) || call.mediaOctets > mostOctetsKept))
    {
        call.mediaOctets -= call.media.front().octets.size();
        call.media.pop_front();
        ++call.counts.letGo;
    }
    for (; call.messages.size() > mostMessagesKept; ++call.counts.letGo)
        call.messages.pop_front();
}

void FlightPackets::writeUntil(Call& call, int64_t untilNs)
{
    const auto isDue = [untilNs](const std::deque<Kept>& list) { return ! list.empty() && list.front().packet.timeNs <= untilNs; };
    while (isDue(call.messages) || isDue(call.media))
    {
        const auto messageIsNext = ! call.messages.empty()
                                   && (call.media.empty() || call.messages.front().packet.timeNs <= call.media.front().packet.timeNs);
        auto& list = messageIsNext ? call.messages : call.media;
        const auto& [packet, octets] = list.front();
        call.writer->write(packet, octets);
        auto& counts = call.counts;
        switch (packet.kind)
        {
            case TracedPacket::Kind::rtp: ++(packet.sent ? counts.rtpSent : counts.rtpReceived); break;
            case TracedPacket::Kind::rtcp: ++(packet.sent ? counts.rtcpSent : counts.rtcpReceived); break;
            case TracedPacket::Kind::sip: ++counts.sip; break;
        }
        if (! messageIsNext)
            call.mediaOctets -= octets.size();
        list.pop_front();
    }
}

} // namespace mw
