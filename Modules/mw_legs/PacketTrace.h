#pragma once

#include "media/PacketRing.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mw
{

/** One end of a packet's way. */
struct PacketEnd
{
    std::array<uint8_t, 16> address {};  ///< network order; of IPv4 the first four
    uint16_t port = 0;
    bool isV6 = false;
    bool operator==(const PacketEnd&) const = default;
};

/** What is known of a packet beside its octets. A plain value. */
struct TracedPacket
{
    enum class Kind : uint8_t { rtp, rtcp, sip };

    int64_t timeNs = 0;     ///< engine clock [ns]: of what came, when it arrived (media: as the kernel noted it); of what left, when it was handed to the system
    uint32_t leg = 0;       ///< the call's number, LegId
    Kind kind = Kind::rtp;
    bool sent = false;      ///< by us; otherwise received
    bool wasStream = false; ///< a message of a stream (TCP), not a datagram
    bool cut = false;       ///< its octets are not all here
    PacketEnd from, to;
};

/** Packets of all calls as they are on the wire, from the sip thread to one reader: RTP and RTCP (under SRTP as encrypted), and
    SIP messages. Wait-free on both sides; what finds no room is dropped and counted. In the order in which the sip thread saw
    them, which of packets that waited in the kernel is not that of their times. Memory is taken by the constructor only. */
class PacketTrace
{
public:
    /** @param bytes room for packets and what is known of them [octets], rounded up to a power of two */
    explicit PacketTrace(size_t bytes) : ring(bytes) {}

    /** Sip thread. @returns false (and counts) when there was no room */
    bool post(const TracedPacket& packet, std::span<const uint8_t> octets) noexcept { return ring.push(packet, octets); }

    /** Reader's thread. Calls take(const TracedPacket&, std::span<const uint8_t>) for each packet that waits; the octets are valid
        inside the call. @returns their number */
    template <typename Take>
    int drain(Take&& take) { return ring.drain(std::forward<Take>(take)); }

    /** Packets that found no room. Any thread. */
    [[nodiscard]] uint64_t lost() const noexcept { return ring.refused(); }

private:
    ByteRing<TracedPacket> ring;
};

} // namespace mw
