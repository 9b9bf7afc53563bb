#pragma once

#include "adapter/StackAdapter.h"

#include <cstdint>
#include <span>

namespace mw
{

/** The interarrival jitter that our receiver reports tell the peer: of the kernel's arrival times.

    libre takes the time at which it reads a packet, in milliseconds; packets that waited in the kernel for the tick would
    seem to have come at its pace. So the figure in what leaves on the RTCP socket is replaced. Sip thread only. */
class RtcpJitter
{
public:
    /** Registers with the RTCP socket, above its encryption. @returns errno, 0 when it worked */
    [[nodiscard]] int attach(struct udp_sock* rtcpSocket, int layer);

    /** One RTP packet of the peer. @param clockRateHz of its timestamps [Hz] */
    void packetArrived(uint32_t ssrc, uint32_t timestamp, int64_t arrivalNs, int clockRateHz) noexcept;

    /** RFC 3550, A.8: J += (|D| − J) / 16 [units of the timestamp]. */
    [[nodiscard]] uint32_t jitter() const noexcept { return static_cast<uint32_t>(estimate); }

    /** Puts the figure into the report blocks about the peer in a compound packet (RFC 3550, 6.4); others stay as they are. */
    void write(std::span<uint8_t> compound) const noexcept;

private:
    static bool sending(int* failed, struct sa* to, struct mbuf* packet, void* self) noexcept;

    RePtr<struct udp_helper> helper;
    bool begun = false;
    uint32_t peer = 0;
    uint32_t lastTransit = 0;  ///< arrival less timestamp, modulo 2³²
    double estimate = 0.0;
};

} // namespace mw
