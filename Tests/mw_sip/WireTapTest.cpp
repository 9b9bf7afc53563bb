#include "StackUnderTest.h"

#include <array>
#include <vector>

namespace mw::test
{

namespace
{

struct Seen
{
    TracedPacket packet;
    std::vector<uint8_t> octets;
};

/** A stack that calls itself, with a tone's packets both ways until both ends have heard a few; what was traced of it. */
std::vector<Seen> traceOfACall(const std::string& encryption, LegId& caller, LegId& callee)
{
    auto config = StackUnderTest::defaultConfig();
    config.mediaEncryption = encryption;
    config.codecs = { "PCMU" };
    StackUnderTest stack(config);
    const auto trace = std::make_shared<PacketTrace>(size_t { 1 } << 20);
    stack.legs().setPacketTrace(trace);
    stack.start();
    const auto pair = stack.callItself();
    caller = pair.caller;
    callee = pair.callee;
    RealClock clock;
    std::array<float, 160> block {};
    for (int tick = 0; tick < 2000 && (pair.callerPort->mediaStats().playout.packets < 3 || pair.calleePort->mediaStats().playout.packets < 3); ++tick)
    {
        for (const auto& port : { pair.callerPort, pair.calleePort })
            port->push(block, clock.nowNs());
        stack.legs().tickDone(0);
        clock.sleepUntilNs(clock.nowNs() + 10'000'000);
        for (const auto& port : { pair.callerPort, pair.calleePort })
            port->pull(block, clock.nowNs());
    }
    stack.legs().hangUp(pair.caller);
    stack.waitFor(LegEvent::Kind::closed, pair.callee, "the end");
    stack.stop();
    std::vector<Seen> all;
    trace->drain([&](const TracedPacket& packet, std::span<const uint8_t> octets) {
        all.push_back({ packet, { octets.begin(), octets.end() } });
    });
    EXPECT_EQ(trace->lost(), 0u);
    return all;
}

std::vector<Seen> ofKind(const std::vector<Seen>& all, LegId leg, TracedPacket::Kind kind, bool sent)
{
    std::vector<Seen> found;
    for (const auto& each : all)
        if (each.packet.leg == leg && each.packet.kind == kind && each.packet.sent == sent)
            found.push_back(each);
    return found;
}

} // namespace

TEST(WireTap, BothEndsOfACallSeeTheSamePacketsWithTheirAddresses)
{
    LegId caller = 0, callee = 0;
    const auto all = traceOfACall({}, caller, callee);
    const auto invite = ofKind(all, caller, TracedPacket::Kind::sip, true);
    ASSERT_FALSE(invite.empty());
    EXPECT_EQ(std::string(invite.front().octets.begin(), invite.front().octets.begin() + 7), "INVITE ");
    EXPECT_EQ(invite.front().packet.from.address, (std::array<uint8_t, 16> { 127, 0, 0, 1 }));
    EXPECT_NE(invite.front().packet.from.port, 0);

    const auto sent = ofKind(all, caller, TracedPacket::Kind::rtp, true), received = ofKind(all, callee, TracedPacket::Kind::rtp, false);
    ASSERT_GE(sent.size(), 3u);
    ASSERT_GE(received.size(), 3u);
    EXPECT_GE(sent.size(), received.size());
    for (size_t i = 0; i < received.size(); ++i)
    {
        EXPECT_EQ(received[i].octets, sent[i].octets) << i;
        EXPECT_EQ(received[i].octets.size(), 172u) << i;
        EXPECT_EQ(received[i].packet.from, sent[i].packet.from) << i;
        EXPECT_EQ(received[i].packet.to, sent[i].packet.to) << i;
        EXPECT_EQ(received[i].packet.to.address[0], 127) << i;
        EXPECT_GE(received[i].packet.timeNs + 1'000'000, sent[i].packet.timeNs) << i;  // one clock; a stamp's age is known to less than 1 ms
    }
    EXPECT_FALSE(ofKind(all, callee, TracedPacket::Kind::rtp, true).empty());
}

TEST(WireTap, UnderSrtpThePacketsAreThoseOfTheWire)
{
    LegId caller = 0, callee = 0;
    const auto all = traceOfACall("srtp-mand", caller, callee);
    const auto sent = ofKind(all, caller, TracedPacket::Kind::rtp, true), received = ofKind(all, callee, TracedPacket::Kind::rtp, false);
    ASSERT_GE(received.size(), 3u);
    EXPECT_EQ(sent.front().octets.size(), 182u);  // and an authentication tag of 80 bits (RFC 4568, 6.2.1)
    EXPECT_EQ(received.front().octets, sent.front().octets);
}

} // namespace mw::test
