#pragma once

#include "RawSipPeer.h"
#include "StackUnderTest.h"

#include <array>

namespace mw::test
{

/** A raw peer that called in and was answered. */
struct RawCall
{
    RawCall(StackUnderTest& stack, const std::string& formats, const std::string& attributes = {})
    {
        peer.invite(stack.sipPort(), peer.sdp(formats, attributes));
        leg = stack.waitForIncoming().leg;
        stack.legs().answer(leg);
        answer = peer.next("SIP/2.0 200");
        peer.acknowledge(answer);
        port = stack.waitFor(LegEvent::Kind::mediaReady, leg, "media").port;
    }

    void send(const RawSocket& from, uint16_t sequence, const std::vector<uint8_t>& payload, uint32_t ssrc = 7)
    {
        const auto packet = RawSipPeer::rtpPacket(0, sequence, 160u * sequence, ssrc, payload);
        from.send(RawSipPeer::audioPortOf(answer), packet.data(), packet.size());
    }

    /** Pulls until the playout has taken this many packets. */
    bool reaches(uint64_t packets)
    {
        RealClock clock;
        std::array<float, 160> block {};
        for (int tick = 0; tick < 3000; ++tick)
        {
            port->pull(block, clock.nowNs());
            if (port->mediaStats().playout.packets >= packets)
                return true;
            clock.sleepUntilNs(clock.nowNs() + 10'000'000);
        }
        return false;
    }

    RawSipPeer peer;
    LegId leg = 0;
    std::string answer;
    std::shared_ptr<LegPort> port;
};

} // namespace mw::test
