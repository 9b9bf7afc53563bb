#include "WireTap.h"

#include "Octets.h"

#include <span>

namespace mw
{

namespace
{
constexpr int layerBelowSrtp = 5;  // baresip's SRTP registers its helper at 10
} // namespace

PacketEnd packetEndOf(const struct sa* address) noexcept
{
    PacketEnd end;
    if (address == nullptr || ! ::sa_isset(address, SA_ADDR))
        return end;
    end.port = ::sa_port(address);
    end.isV6 = ::sa_af(address) == AF_INET6;
    if (end.isV6)
        ::sa_in6(address, end.address.data());
    else
        octets::write32(end.address.data(), ::sa_in(address));
    return end;
}

WireTap::WireTap(PacketTrace& destination, const Clock& engineClock, const PacketEnd& localHost, const MediaSockets* reader)
    : trace(destination), clock(engineClock), kernelTime(engineClock, reader), local(localHost)
{
}

int WireTap::attach(struct udp_sock* socket)
{
    struct sa bound {};
    if (const auto failed = ::udp_local_get(socket, &bound); failed != 0)
        return failed;
    local.port = ::sa_port(&bound);
    struct udp_helper* made = nullptr;
    if (const auto failed = ::udp_register_helper(&made, socket, layerBelowSrtp, sending, receiving, this); failed != 0)
        return failed;
    helper.reset(made);
    kernelTime.attach(socket);
    return 0;
}

void WireTap::copy(bool sent, int64_t timeNs, const struct sa* peer, const struct mbuf* packet) noexcept
{
    if (leg == 0)
        return;
    const std::span<const uint8_t> octets(::mbuf_buf(packet), ::mbuf_get_left(packet));
    TracedPacket traced;
    traced.timeNs = timeNs;
    traced.leg = leg;
    const auto isRtcp = octets.size() > 1 && (octets[1] & 0x7fu) >= 64 && (octets[1] & 0x7fu) <= 95;  // RFC 5761, 4
    traced.kind = isRtcp ? TracedPacket::Kind::rtcp : TracedPacket::Kind::rtp;
    traced.sent = sent;
    traced.from = sent ? local : packetEndOf(peer);
    traced.to = sent ? packetEndOf(peer) : local;
    trace.post(traced, octets);  // what finds no room is counted there
}

bool WireTap::sending(int*, struct sa* to, struct mbuf* packet, void* self) noexcept
{
    auto& tap = *static_cast<WireTap*>(self);
    tap.copy(true, tap.clock.nowNs(), to, packet);
    return false;  // it goes on its way
}

bool WireTap::receiving(struct sa* from, struct mbuf* packet, void* self) noexcept
{
    auto& tap = *static_cast<WireTap*>(self);
    tap.copy(false, tap.kernelTime.arrivalNs(), from, packet);
    return false;  // it goes on its way
}

} // namespace mw
