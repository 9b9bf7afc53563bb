#include "RtcpWatch.h"

#include "Octets.h"
#include "RtcpXr.h"
#include "WithoutThrowing.h"

#include <algorithm>
#include <limits>

namespace mw
{

namespace
{
constexpr uint8_t rtcpSenderReport = 200, rtcpReceiverReport = 201, rtcpBye = 203;  // RFC 3550, 12.1
constexpr uint8_t rtcpExtendedReport = 207;                                         // RFC 3611, 2
constexpr size_t rtcpHeaderBytes = 8, rtcpSenderInfoBytes = 20, rtcpBlockBytes = 24;
constexpr uint8_t voipBlockType = 7;  // RFC 3611, 4.7
constexpr size_t xrBlockHeaderBytes = 4, voipBodyBytes = 32;

/** Calls take(type, packet) for each packet of a compound. @returns whether the compound is whole */
template <typename Take>
bool forEachRtcp(std::span<const uint8_t> compound, Take&& take)
{
    if (compound.empty())
        return false;
    while (! compound.empty())
    {
        if (compound.size() < 4 || (compound[0] >> 6) != 2)
            return false;
        const auto length = (size_t { octets::read16(&compound[2]) } + 1) * 4;
        if (length > compound.size())
            return false;
        take(compound[1], compound.first(length));
        compound = compound.subspan(length);
    }
    return true;
}
} // namespace

RtcpWatch::RtcpWatch(const Clock& engineClock, Handlers handlersToUse)
    : clock(engineClock), kernelTime(engineClock), handlers(std::move(handlersToUse))
{
}

int RtcpWatch::attach(uint32_t ourSsrc, struct udp_sock* rtcpSocket, int layer)
{
    own = ourSsrc;
    if (rtcpSocket == nullptr)
        return 0;
    struct udp_helper* made = nullptr;
    const auto failed = ::udp_register_helper(&made, rtcpSocket, layer, sending, receiving, this);
    helper.reset(made);
    kernelTime.attach(rtcpSocket);
    return failed;
}

std::span<const uint8_t> RtcpWatch::sent(std::span<const uint8_t> compound, int64_t nowNs)
{
    bool hasReport = false, isLast = false;
    forEachRtcp(compound, [&](uint8_t type, std::span<const uint8_t> packet) {
        hasReport = hasReport || type == rtcpSenderReport || type == rtcpReceiverReport;
        isLast = isLast || type == rtcpBye;
        if (type != rtcpSenderReport || packet.size() < rtcpHeaderBytes + rtcpSenderInfoBytes)
            return;
        sentReports[nextReport] = { octets::read32(&packet[rtcpHeaderBytes + 2]), nowNs };
        nextReport = (nextReport + 1) % sentReports.size();
    });
    if (! hasReport)
        return {};
    ++known.reportsSent;
    ReceiverState state;
    const auto tells = hasPeer && ! isLast && handlers.stateOf(state) && state.losses.packets > 0;
    if (tells)
    {
        ++known.xrSent;
        const auto roundTripMs = known.roundTrips > 0 ? known.roundTripMs : std::numeric_limits<double>::quiet_NaN();
        known.sent = rtcp::voipMetricsOf(peer, state, roundTripMs);
        extended = rtcp::encodeXr(own, known.sent);
    }
    handlers.changed(known);
    return tells ? std::span<const uint8_t>(extended) : std::span<const uint8_t>();
}

void RtcpWatch::received(std::span<const uint8_t> compound, int64_t arrivalNs)
{
    const auto whole = forEachRtcp(compound, [&](uint8_t type, std::span<const uint8_t> packet) {
        if (type == rtcpExtendedReport)
            takeExtended(packet);
        if (type != rtcpSenderReport && type != rtcpReceiverReport)
            return;
        ++known.reportsReceived;
        auto at = rtcpHeaderBytes + (type == rtcpSenderReport ? rtcpSenderInfoBytes : 0);
        for (auto blocks = packet[0] & 0x1fu; blocks > 0 && at + rtcpBlockBytes <= packet.size(); --blocks, at += rtcpBlockBytes)
            takeBlock(packet.subspan(at, rtcpBlockBytes), arrivalNs);
    });
    known.malformed += whole ? 0u : 1u;
    handlers.changed(known);
}

void RtcpWatch::takeBlock(std::span<const uint8_t> block, int64_t arrivalNs) noexcept
{
    if (octets::read32(&block[0]) != own)
        return;
    ++known.blocksReceived;
    known.peerFractionLost = block[4] / 256.0;
    known.peerLost = static_cast<int32_t>(octets::read32(&block[4]) << 8) >> 8;
    if (clockRateHz > 0)
        known.peerJitterMs = 1000.0 * octets::read32(&block[12]) / clockRateHz;
    takeRoundTrip(octets::read32(&block[16]), octets::read32(&block[20]), arrivalNs);
}

void RtcpWatch::takeRoundTrip(uint32_t lastReport, uint32_t sinceThen, int64_t arrivalNs) noexcept
{
    const auto found = std::ranges::find(sentReports, lastReport, &SentReport::name);
    if (lastReport == 0 || found == sentReports.end())
        return;  // the peer has no report of ours yet, or names one that we never sent
    const auto heldNs = static_cast<int64_t>(static_cast<double>(sinceThen) / 65536.0 * 1.0e9);
    const auto tripMs = static_cast<double>(std::max<int64_t>(0, arrivalNs - found->sentNs - heldNs)) * 1.0e-6;
    known.roundTripLeastMs = known.roundTrips == 0 ? tripMs : std::min(known.roundTripLeastMs, tripMs);
    known.roundTripMostMs = std::max(known.roundTripMostMs, tripMs);
    known.roundTripSumMs += tripMs;
    known.roundTripMs = tripMs;
    ++known.roundTrips;
}

void RtcpWatch::takeExtended(std::span<const uint8_t> packet) noexcept
{
    for (auto rest = packet.subspan(std::min(packet.size(), rtcpHeaderBytes)); rest.size() >= xrBlockHeaderBytes;)
    {
        const auto length = xrBlockHeaderBytes + size_t { octets::read16(&rest[2]) } * 4;
        if (length > rest.size())
        {
            ++known.malformed;
            return;
        }
        if (rest[0] == voipBlockType && length == xrBlockHeaderBytes + voipBodyBytes)
        {
            ++known.xrReceived;
            const auto metrics = rtcp::decodeVoipMetrics(rest.subspan<xrBlockHeaderBytes, voipBodyBytes>());
            if (metrics.ssrc == own)
            {
                ++known.xrAboutUs;
                known.received = metrics;
            }
        }
        rest = rest.subspan(length);
    }
}

bool RtcpWatch::sending(int*, struct sa*, struct mbuf* packet, void* self) noexcept
{
    withoutThrowing([&] {
        auto& watch = *static_cast<RtcpWatch*>(self);
        const auto extra = watch.sent({ ::mbuf_buf(packet), ::mbuf_get_left(packet) }, watch.clock.nowNs());
        const auto start = packet->pos, end = packet->end;
        packet->pos = end;
        if (! extra.empty() && ::mbuf_write_mem(packet, extra.data(), extra.size()) != 0)
            packet->end = end;  // no memory: it goes without
        packet->pos = start;
    });
    return false;  // it goes on its way
}

bool RtcpWatch::receiving(struct sa*, struct mbuf* packet, void* self) noexcept
{
    withoutThrowing([&] {
        auto& watch = *static_cast<RtcpWatch*>(self);
        watch.received({ ::mbuf_buf(packet), ::mbuf_get_left(packet) }, watch.kernelTime.arrivalNs());
    });
    return false;  // libre goes on with it
}

} // namespace mw
