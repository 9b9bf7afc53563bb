#pragma once

#include "KernelTime.h"
#include "adapter/StackAdapter.h"

#include <mw_legs/mw_legs.h>

#include <cstdint>

namespace mw
{

/** An address of libre as a plain value; zeros when it is none. */
[[nodiscard]] PacketEnd packetEndOf(const struct sa* address) noexcept;

/** Copies what passes one media socket into a PacketTrace, as it is on the wire: it stands below SRTP. There is none while nobody
    traces packets. Sip thread only. */
class WireTap
{
public:
    /** @param trace, engineClock must outlive this
        @param localHost our address; sockets of media are bound to none
        @param reader what reads the socket, and outlives this; null: libre does */
    WireTap(PacketTrace& trace, const Clock& engineClock, const PacketEnd& localHost, const MediaSockets* reader = nullptr);

    /** Registers with a socket. @returns errno, 0 when it worked */
    [[nodiscard]] int attach(struct udp_sock* socket);

    /** Whose packets they are; until then they are nobody's and not copied. */
    void setLeg(LegId number) noexcept { leg = number; }

private:
    static bool sending(int* failed, struct sa* to, struct mbuf* packet, void* self) noexcept;
    static bool receiving(struct sa* from, struct mbuf* packet, void* self) noexcept;
    void copy(bool sent, int64_t timeNs, const struct sa* peer, const struct mbuf* packet) noexcept;

    PacketTrace& trace;
    const Clock& clock;
    KernelTime kernelTime;
    PacketEnd local;
    LegId leg = 0;
    RePtr<struct udp_helper> helper;
};

} // namespace mw
