// Counters of report/Incidents.h that the network and the peers make rise. Those that need a real socket stand in
// mw_sip/SipStrangersTest.cpp.
#include "IncidentsBench.h"

#include <utility>

namespace mw::lab_test
{

TEST_F(Incidents, UnderrunsAndBacklogTrims)
{
    beginWithCaller();
    stream(0, 20);
    expectQuiet();
    for (int i = 0; i < 10; ++i)
        tick();  // nothing comes
    stream(20, 10);
    expectShown("underruns", "underruns", 1);

    for (uint16_t sequence = 30; sequence < 70; ++sequence)
        send({ .sequence = sequence });  // 800 ms at once
    tick();
    expectShown("backlogTrims", "backlog trims", 1, false);
}

TEST_F(Incidents, PacketsLostAndLate)
{
    beginWithCaller();
    stream(0, 20);
    tick();
    stream(21, 10);
    expectShown("lostPackets", "packets lost", 1, false);
    send({ .sequence = 20 });
    tick();
    EXPECT_EQ(count("lostPackets"), 0u) << "it was late, not lost";
    expectShown("latePackets", "packets late", 1, false);
}

TEST_F(Incidents, PacketsReorderedAndDoubled)
{
    beginWithCaller();
    stream(0, 20);
    send({ .sequence = 21 });
    send({ .sequence = 20 });
    tick();
    tick();
    stream(22, 5);
    expectShown("reorderedPackets", "packets reordered", 1);
    send({ .sequence = 26 });
    send({ .sequence = 26 });
    tick();
    expectShown("duplicatePackets", "packets doubled", 2, false);
}

TEST_F(Incidents, StreamsThatJumpOrChange)
{
    beginWithCaller();
    stream(0, 20);
    stream(6000, 20);  // the sender began anew
    expectShown("streamJumps", "stream jumps", 1, false);
    for (uint16_t i = 0; i < 20; ++i)
    {
        send({ .sequence = i, .ssrc = 8 });
        tick();
    }
    expectShown("ssrcChanges", "sources changed", 1, false);
}

TEST_F(Incidents, PacketsThatCannotBeHeard)
{
    beginWithCaller();
    stream(0, 10);
    send({ .sequence = 10, .octets = 159 });
    tick();
    stream(11, 10);
    expectShown("undecodable", "packets undecodable", 1);
    send({ .sequence = 21, .octets = 4000 });
    tick();
    send({ .sequence = 22, .payloadType = 13 });  // comfort noise that nobody agreed on
    tick();
    send({ .sequence = 23, .payloadType = 101 });  // a digit: no incident
    tick();
    expectShown("oversizedPackets", "packets too long", 1, false);
    expectShown("wrongPayloadType", "packets of a wrong type", 1, false);
    EXPECT_EQ(engine->snapshot().mediaTotals.playout.eventPackets, 1u);
}

TEST_F(Incidents, PacketsNotEncoded)
{
    beginWithCaller();
    codec->encodingFails = true;
    for (int i = 0; i < 7; ++i)
        tick();
    expectShown("encodeFailures", "packets not encoded", 7);
}

TEST_F(Incidents, WhatTheSocketSawBesideTheStream)
{
    beginWithCaller();
    port->note({ .strangers = 3, .malformed = 2, .notSent = 1 });
    tick();
    expectShown("strangers", "packets from strangers", 3, false);
    expectShown("malformedPackets", "packets malformed", 2, false);
    expectShown("packetsNotSent", "packets not sent", 1, false);
}

TEST_F(Incidents, StayWhenTheirLegIsGoneAndBeginAnewWithTheRun)
{
    const auto leg = beginWithCaller();
    stream(0, 20);
    tick();
    stream(21, 10);
    ASSERT_EQ(count("lostPackets"), 1u);
    LegEvent media;  // a re-INVITE: another port takes over
    media.kind = LegEvent::Kind::mediaReady;
    media.leg = leg;
    const auto former = std::exchange(port, makePort());
    media.port = port;
    legs.emitByHand(std::move(media));
    tick();
    EXPECT_EQ(count("lostPackets"), 1u) << "the former port's figures are gone";
    EXPECT_EQ(engine->mediaStats(leg)->playout.lost, 1u) << "the call's are those of both";
    stream(0, 20);
    tick();
    stream(21, 10);
    EXPECT_EQ(count("lostPackets"), 2u);

    legs.peerHangsUp(leg);
    engine->handleEvents();
    EXPECT_EQ(count("lostPackets"), 2u) << "between the end of the call and the next tick";
    const auto whole = engine->mediaStats(leg);
    const auto report = engine->transportReport(leg);
    ASSERT_TRUE(whole.has_value() && report.has_value());
    EXPECT_EQ(whole->playout.packets, 60u);
    EXPECT_EQ(whole->playout.lost, 2u);
    EXPECT_EQ(report->losses.lost, 2u);
    EXPECT_EQ(report->losses.runs, 2u);
    EXPECT_EQ(report->stream.packets, 60u);
    EXPECT_EQ(report->stream.lost(), 2u);
    ASSERT_NE(report->packetTicks.mostFrequent(), nullptr);
    EXPECT_GT(report->packetTicks.mostFrequent()->packets, 40u);
    tick();
    EXPECT_EQ(count("lostPackets"), 2u);
    legs.ring("sip:next@x");  // on the same channel
    engine->handleEvents();
    EXPECT_EQ(count("lostPackets"), 2u);

    engine->stop();
    EXPECT_EQ(count("lostPackets"), 2u);
    ASSERT_TRUE(engine->start().ok());
    expectQuiet();
}

} // namespace mw::lab_test
