#pragma once

#include "KernelTime.h"
#include "adapter/StackAdapter.h"

#include <mw_legs/mw_legs.h>

#include <array>
#include <cstdint>
#include <functional>
#include <span>

namespace mw
{

/** What RTCP says of one call, both ways: reports of the peer about our stream, the round trip, VoIP metrics (RFC 3611).

    Each report that libre sends (every 5 s) takes an extended report along in the same compound packet. The round trip is taken
    on the engine's clock from our sender report to the peer's block that names it (RFC 3550, 6.4.1: A − LSR − DLSR), whatever
    the wall clock does; libre's peers tell DLSR in whole milliseconds. Sip thread only. */
class RtcpWatch
{
public:
    struct Handlers
    {
        std::function<bool(ReceiverState&)> stateOf;           ///< how the peer's stream arrives; false: not known
        std::function<void(const RtcpFigures&)> changed;       ///< after each compound packet
    };

    /** @param engineClock must outlive this */
    RtcpWatch(const Clock& engineClock, Handlers handlersToUse);

    /** Registers with the RTCP socket, above its encryption. @param ourSsrc of what is sent
        @returns errno, 0 when it worked */
    [[nodiscard]] int attach(uint32_t ourSsrc, struct udp_sock* rtcpSocket, int layer);

    /** An RTP packet of the peer came. */
    void peerIs(uint32_t ssrc) noexcept { peer = ssrc; hasPeer = true; }

    /** Of the timestamps [Hz]; not known at first. */
    void setClockRate(int hz) noexcept { clockRateHz = hz; }

    /** A compound packet leaves. @returns the extended report that goes with it; none when it carries no report of ours, or when
        nothing is known of the peer's stream yet */
    [[nodiscard]] std::span<const uint8_t> sent(std::span<const uint8_t> compound, int64_t nowNs);

    /** A compound packet came. @param arrivalNs engine clock [ns] */
    void received(std::span<const uint8_t> compound, int64_t arrivalNs);

    [[nodiscard]] const RtcpFigures& figures() const noexcept { return known; }

private:
    static bool sending(int* failed, struct sa* to, struct mbuf* packet, void* self) noexcept;
    static bool receiving(struct sa* from, struct mbuf* packet, void* self) noexcept;
    void takeBlock(std::span<const uint8_t> block, int64_t arrivalNs) noexcept;
    void takeExtended(std::span<const uint8_t> packet) noexcept;
    void takeRoundTrip(uint32_t lastReport, uint32_t sinceThen, int64_t arrivalNs) noexcept;

    /** A sender report that left: the middle 32 bits of its NTP time, by which the peer names it. */
    struct SentReport
    {
        uint32_t name = 0;  ///< 0: none
        int64_t sentNs = 0;
    };

    const Clock& clock;
    KernelTime kernelTime;
    Handlers handlers;
    RePtr<struct udp_helper> helper;
    uint32_t own = 0, peer = 0;
    bool hasPeer = false;
    int clockRateHz = 0;
    std::array<SentReport, 8> sentReports {};
    size_t nextReport = 0;
    std::array<uint8_t, 44> extended {};
    RtcpFigures known;
};

} // namespace mw
