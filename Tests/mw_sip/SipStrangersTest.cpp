#include "RawCall.h"
#include "StackUnderTest.h"

#include "../Support/FailureInjector.h"

#include <algorithm>
#include <mutex>

namespace mw::test
{

using Kind = LegEvent::Kind;

TEST(SipStrangers, OfferWithoutACommonCodecIsRefusedWith488)
{
    StackUnderTest stack;
    stack.start();
    RawSipPeer peer;
    peer.invite(stack.sipPort(), peer.sdp("18"));  // G.729 alone
    EXPECT_TRUE(peer.next("SIP/2.0 4").starts_with("SIP/2.0 488"));
    const auto closed = stack.waitFor([](const LegEvent& event) { return event.kind == Kind::closed; }, "refusal");
    EXPECT_EQ(closed.sipCode, 488);
    EXPECT_EQ(closed.reason, "no common codec");
    EXPECT_TRUE(closed.failed);
}

TEST(SipStrangers, AnswerWithoutACommonCodecEndsTheCall)
{
    StackUnderTest stack;
    stack.start();
    RawSipPeer peer;
    const auto leg = stack.legs().dial("sip:raw@127.0.0.1:" + std::to_string(peer.sip.port()));
    ASSERT_TRUE(leg.ok());
    const auto invite = peer.next("INVITE");
    peer.answer(stack.sipPort(), invite, "200 OK", peer.sdp("18"));
    EXPECT_FALSE(peer.next("ACK").empty());
    const auto closed = stack.waitFor(Kind::closed, leg.value(), "end for want of a codec");
    EXPECT_EQ(closed.sipCode, 488);
    EXPECT_EQ(closed.reason, "no common codec");
    EXPECT_FALSE(peer.next("BYE").empty());
}

TEST(SipStrangers, RingingIsTold)
{
    StackUnderTest stack;
    stack.start();
    RawSipPeer peer;
    const auto leg = stack.legs().dial("sip:raw@127.0.0.1:" + std::to_string(peer.sip.port()));
    ASSERT_TRUE(leg.ok());
    const auto invite = peer.next("INVITE");
    peer.answer(stack.sipPort(), invite, "180 Ringing");
    EXPECT_EQ(stack.waitFor(Kind::ringing, leg.value(), "ringing").sipCode, 180);
    peer.answer(stack.sipPort(), invite, "480 Temporarily Unavailable");
    const auto closed = stack.waitFor(Kind::closed, leg.value(), "480");
    EXPECT_EQ(closed.sipCode, 480);
    EXPECT_EQ(closed.reason, "Temporarily Unavailable");
}

TEST(SipStrangers, CallToAnyUserIsTaken)
{
    StackUnderTest stack;
    stack.start();
    for (const auto* user : { "milliwatt", "+4912345", "no.body" })
    {
        stack.forget();
        RawSipPeer peer;
        peer.invite(stack.sipPort(), peer.sdp("0"), user);
        EXPECT_EQ(stack.waitForIncoming().peerName, "raw") << user;
    }
}

// It costs processor time of the thread that sends and receives all packets: with opus as much as all else that thread does for a call.
TEST(SipStrangers, BaresipDecodesNothingASecondTime)
{
    auto config = StackUnderTest::defaultConfig();
    config.codecs = { "opus" };
    std::mutex mutex;
    std::vector<std::string> warnings;
    config.log = [&](const std::string& line) {
        const std::scoped_lock lock(mutex);
        warnings.push_back(line);
    };
    StackUnderTest stack(config);
    stack.start();
    RawCall call(stack, "96", "a=rtpmap:96 opus/48000/2\r\n");
    ASSERT_TRUE(call.port);
    // A packet of code 3 without the octet that tells the number of its frames is no opus (RFC 6716, 3.2.5).
    for (uint16_t sequence = 1; sequence <= 20; ++sequence)
    {
        const auto packet = RawSipPeer::rtpPacket(96, sequence, 960u * sequence, 7, { 0x03 });
        call.peer.rtp.send(RawSipPeer::audioPortOf(call.answer), packet.data(), packet.size());
    }
    ASSERT_TRUE(call.reaches(20));
    EXPECT_GT(call.port->mediaStats().playout.undecodable, 0u);
    stack.stop();
    const std::scoped_lock lock(mutex);
    for (const auto& line : warnings)
        EXPECT_EQ(line.find("audio: opus codec decode"), std::string::npos) << line;
}

TEST(SipStrangers, OctetsPassUnchangedThroughSocketAndRings)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0 101", "a=rtpmap:101 telephone-event/8000\r\n");
    ASSERT_TRUE(call.port);
    std::vector<uint8_t> sent(160);
    for (size_t i = 0; i < sent.size(); ++i)
        sent[i] = static_cast<uint8_t>(i == 127 ? 255 : i);  // 127 is the second zero of µ-law; it comes back as 255
    for (uint16_t sequence = 0; sequence < 8; ++sequence)
        call.send(call.peer.rtp, sequence, sent);
    RealClock clock;
    std::array<float, 160> block {};
    std::vector<uint8_t> heard;
    for (int tick = 0; tick < 1000 && heard != sent; ++tick)
    {
        call.port->pull(block, clock.nowNs());
        call.port->push(block, clock.nowNs());
        stack.legs().tickDone(0);
        const auto packet = call.peer.rtp.receive();
        ASSERT_TRUE(packet.has_value());
        ASSERT_EQ(packet->size(), 172u);
        EXPECT_EQ((*packet)[1] & 0x7f, 0);
        heard.assign(packet->begin() + 12, packet->end());
        call.send(call.peer.rtp, static_cast<uint16_t>(8 + tick), sent);
    }
    EXPECT_EQ(heard, sent);
}

TEST(SipStrangers, SilenceOfMuLawIsZero)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0 101", "a=rtpmap:101 telephone-event/8000\r\n");
    ASSERT_TRUE(call.port);
    std::vector<uint8_t> sent(160, 0xff);  // G.711: 0
    for (size_t i = 0; i < sent.size(); i += 2)
        sent[i] = 0xfe;  // 8, the next step
    for (uint16_t sequence = 0; sequence < 8; ++sequence)
        call.send(call.peer.rtp, sequence, sent);
    RealClock clock;
    std::array<float, 160> block {};
    for (int tick = 0; tick < 1000 && block[0] == 0.0f; ++tick)
    {
        call.port->pull(block, clock.nowNs());
        call.send(call.peer.rtp, static_cast<uint16_t>(8 + tick), sent);
        clock.sleepUntilNs(clock.nowNs() + 5'000'000);
    }
    for (size_t i = 0; i < block.size(); ++i)
        EXPECT_EQ(block[i], i % 2 == 0 ? 8.0f / 32768.0f : 0.0f) << i;
}

// G.722 in baresip wrote 2920 samples of such a packet where there was room for 1920.
TEST(SipStrangers, AG722PacketLongerThanAnyIsRefusedBeforeItIsDecoded)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "9");
    ASSERT_TRUE(call.port);
    ASSERT_EQ(call.port->format().name, "G722");
    const auto send = [&](uint16_t sequence, size_t octets) {
        const auto packet = RawSipPeer::rtpPacket(9, sequence, 160u * sequence, 7, std::vector<uint8_t>(octets, 0x5a));
        call.peer.rtp.send(RawSipPeer::audioPortOf(call.answer), packet.data(), packet.size());
    };
    // All from the fourth on: whichever is played first of a backlog, it is one of them.
    for (uint16_t sequence = 0; sequence < 6; ++sequence)
        send(sequence, sequence < 3 ? 160 : 1460);
    RealClock clock;
    std::array<float, 160> block {};
    for (int tick = 0; tick < 1000 && call.port->mediaStats().playout.undecodable == 0; ++tick)
    {
        call.port->pull(block, clock.nowNs());
        send(static_cast<uint16_t>(6 + tick), 1460);
        clock.sleepUntilNs(clock.nowNs() + 5'000'000);
    }
    EXPECT_GE(call.port->mediaStats().playout.undecodable, 1u);
}

TEST(SipStrangers, PacketsFromElsewhereAreNotHeard)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0");
    ASSERT_TRUE(call.port);
    const std::vector<uint8_t> payload(160, 0xff);
    call.send(call.peer.rtp, 0, payload);
    ASSERT_TRUE(call.reaches(1));
    RawSocket stranger;
    for (uint16_t sequence = 0; sequence < 20; ++sequence)
        call.send(stranger, sequence, payload, 666);
    call.send(call.peer.rtp, 1, payload);
    ASSERT_TRUE(call.reaches(2));
    EXPECT_EQ(call.port->mediaStats().playout.packets, 2u);
    EXPECT_EQ(call.port->mediaStats().playout.ssrc, 7u);
    EXPECT_EQ(call.port->mediaStats().network.strangers, 20u);
    EXPECT_EQ(call.port->mediaStats().network.malformed, 0u);
}

TEST(SipStrangers, PacketsThatTheSystemRefusesAreCounted)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0");
    const auto& port = call.port;
    ASSERT_TRUE(port);

    const std::vector<float> block(480);
    for (int tick = 0; tick < 3; ++tick)
        port->push(block, 0);
    const FailureInjector firewall(Resource::datagram, 1, { .role = ThreadRole::sip }, Extent::fromThenOn);
    const auto packets = port->mediaStats().send.packets;
    ASSERT_GE(packets, 1u);
    stack.legs().tickDone(0);
    RealClock clock;
    for (int wait = 0; wait < 3000 && port->mediaStats().network.notSent < packets; ++wait)
        clock.sleepUntilNs(clock.nowNs() + 10'000'000);
    EXPECT_EQ(port->mediaStats().network.notSent, packets);
}

TEST(SipStrangers, PeerBehindANatIsLatchedOnto)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0");
    ASSERT_TRUE(call.port);
    RawSocket mapped;  // not the address in SDP
    const std::vector<uint8_t> payload(160, 0xff);
    call.send(mapped, 0, payload);
    call.send(mapped, 1, payload);
    EXPECT_TRUE(call.reaches(2));
}

TEST(SipStrangers, MalformedRtpIsDropped)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0");
    ASSERT_TRUE(call.port);
    const auto to = RawSipPeer::audioPortOf(call.answer);
    const std::vector<std::vector<uint8_t>> bad {
        {}, { 0x80 }, { 0x80, 0, 0, 1 },
        { 0x40, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7 },                  // version 1
        { 0x8f, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 2 },            // 15 CSRCs that are not there
        { 0x90, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0xff, 0xff },  // an extension longer than the packet
        { 0xa0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 200 },             // more padding than there is
        { 0xa0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0 }                // padding of none
    };
    for (const auto& packet : bad)
        call.peer.rtp.send(to, packet.data(), packet.size());
    call.send(call.peer.rtp, 5, std::vector<uint8_t>(160, 0xff));
    ASSERT_TRUE(call.reaches(1));
    EXPECT_EQ(call.port->mediaStats().playout.packets, 1u);
    EXPECT_EQ(call.port->mediaStats().network.malformed, bad.size());
}

TEST(SipStrangers, TelephoneEventWithLostEndIsStillReported)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0 101", "a=rtpmap:101 telephone-event/8000\r\n");
    ASSERT_TRUE(call.port);
    const auto to = RawSipPeer::audioPortOf(call.answer);
    for (uint16_t update = 1; update <= 5; ++update)
    {
        const auto duration = 160 * update;
        const auto packet = RawSipPeer::rtpPacket(101, update, 1000, 7,
                                                  { 9, 10, static_cast<uint8_t>(duration >> 8), static_cast<uint8_t>(duration) }, update == 1);
        call.peer.rtp.send(to, packet.data(), packet.size());
    }
    const auto digit = stack.waitFor(Kind::dtmf, call.leg, "digit without an end packet");
    EXPECT_EQ(digit.digit, '9');
    EXPECT_EQ(digit.dtmfDurationMs, 100);
    EXPECT_EQ(stack.count(Kind::dtmf), 1u);
    ASSERT_TRUE(call.reaches(5));
    EXPECT_EQ(call.port->mediaStats().playout.eventPackets, 5u) << "a digit would be taken for packets of a wrong type";
    EXPECT_EQ(call.port->mediaStats().playout.wrongPayloadType, 5u);
}

TEST(SipStrangers, DigitThatIsUnderWayWhenTheCallEndsIsReported)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0 101", "a=rtpmap:101 telephone-event/8000\r\n");
    ASSERT_TRUE(call.port);
    for (uint16_t update = 1; update <= 3; ++update)
    {
        const auto packet = RawSipPeer::rtpPacket(101, update, 1000, 7, { 4, 10, 0, static_cast<uint8_t>(40 * update) }, update == 1);
        call.peer.rtp.send(RawSipPeer::audioPortOf(call.answer), packet.data(), packet.size());
    }
    ASSERT_TRUE(call.reaches(3));
    call.peer.bye(call.answer);  // in the middle of the digit
    stack.waitFor(Kind::closed, call.leg, "BYE");
    ASSERT_EQ(stack.count(Kind::dtmf), 1u) << "it must come before the end, or nobody counts it to the call";
    EXPECT_EQ(stack.waitFor(Kind::dtmf, call.leg, "digit").digit, '4');
}

TEST(SipStrangers, ByeOfThePeerEndsTheLeg)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0");
    call.peer.bye(call.answer);
    const auto closed = stack.waitFor(Kind::closed, call.leg, "BYE");
    EXPECT_FALSE(closed.failed);
    EXPECT_EQ(closed.reason, "ended by the peer");
    EXPECT_TRUE(call.peer.next("SIP/2.0 200").find("BYE") != std::string::npos);
}

} // namespace mw::test
