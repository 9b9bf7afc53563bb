// What a call's report says after a re-INVITE that replaced its port.
#include <mw_legs/mw_legs.h>

#include <gtest/gtest.h>

#include <limits>

namespace mw
{
namespace
{

/** A report of a port that received so many packets, one in ten missing. */
TransportReport reportOf(uint64_t expected, int clockRateHz = 8000)
{
    TransportReport report;
    report.format.clockRateHz = clockRateHz;
    report.stream.expected = expected;
    report.stream.packets = report.stream.unique = expected - expected / 10;
    report.stream.jitterMeanMs = static_cast<double>(expected) / 100.0;
    report.stream.firstArrivalNs = static_cast<int64_t>(expected);
    report.losses.packets = expected;
    report.losses.lost = expected / 10;
    report.losses.longestRun = expected / 50;
    for (uint64_t i = 0; i < report.stream.packets; ++i)
        report.packetTicks.add(160);
    return report;
}

TEST(TransportReport, GoesOnFromTheReportOfTheFormerPort)
{
    auto whole = reportOf(100);
    whole.goOnFrom(reportOf(300));
    EXPECT_EQ(whole.stream.expected, 400u);
    EXPECT_EQ(whole.stream.packets, 360u);
    EXPECT_EQ(whole.stream.lost(), 40u);
    EXPECT_DOUBLE_EQ(whole.stream.jitterMeanMs, (90.0 * 1.0 + 270.0 * 3.0) / 360.0);
    EXPECT_EQ(whole.stream.firstArrivalNs, 300);
    EXPECT_EQ(whole.losses.packets, 400u);
    EXPECT_DOUBLE_EQ(whole.losses.missingShare(), 0.1);
    EXPECT_EQ(whole.losses.longestRun, 6u);
    ASSERT_NE(whole.packetTicks.mostFrequent(), nullptr);
    EXPECT_EQ(whole.packetTicks.mostFrequent()->packets, 360u);

    auto silent = reportOf(0, 48000), spoken = reportOf(300);  // nothing came behind the re-INVITE
    spoken.arrivalGapP95Ms = 22.0;
    silent.format.name = "opus";
    silent.arrivalGapP95Ms = std::numeric_limits<double>::quiet_NaN();
    silent.goOnFrom(spoken);
    EXPECT_EQ(silent.stream.packets, 270u);
    EXPECT_DOUBLE_EQ(silent.stream.jitterMeanMs, 3.0);
    EXPECT_EQ(silent.arrivalGapP95Ms, 22.0);
    EXPECT_EQ(silent.format.clockRateHz, 8000);
    EXPECT_EQ(silent.packetTicks.mostFrequent()->packets, 270u);
    EXPECT_TRUE(silent.codecChanged);
    EXPECT_FALSE(whole.codecChanged);

    auto first = reportOf(100);  // nothing before it
    first.goOnFrom(reportOf(0));
    EXPECT_EQ(first.stream.firstArrivalNs, 100);
    EXPECT_DOUBLE_EQ(first.stream.jitterMeanMs, 1.0);

    auto otherClock = reportOf(100, 48000);
    otherClock.goOnFrom(reportOf(300));
    EXPECT_EQ(otherClock.stream.expected, 400u);
    EXPECT_EQ(otherClock.packetTicks.mostFrequent()->packets, 90u) << "ticks of another clock are no ticks of this one";
}

TEST(TransportReport, KeepsTheEventsOfBothPortsInTheirOrder)
{
    TransportReport former, whole;
    former.events.resize(EventWatch::mostEvents - 2);
    former.events.front().code = 5;
    whole.events.resize(3);
    whole.events.front().code = 6;
    whole.goOnFrom(former);
    ASSERT_EQ(whole.events.size(), EventWatch::mostEvents);
    EXPECT_EQ(whole.events.front().code, 5);
    EXPECT_EQ(whole.events[EventWatch::mostEvents - 2].code, 6);
    EXPECT_EQ(whole.eventsLeftOut, 1u);

    TransportReport third;
    third.events.resize(2);
    third.goOnFrom(whole);
    EXPECT_EQ(third.events.size(), EventWatch::mostEvents);
    EXPECT_EQ(third.eventsLeftOut, 3u);
}

TEST(TransportReport, AnEventThatAReInviteMetIsOneAndClocksAreThoseOfTheLaterPort)
{
    TransportReport former, whole;
    former.events.resize(2);
    former.events[0].hasPause = true;
    former.events[0].durationTicks = 800;
    former.events[1] = { .code = 5, .marked = true, .timestamp = 1000, .durationTicks = 400, .packets = 3, .endPackets = 0 };
    whole.format.clockRateHz = whole.format.eventClockHz = 48000;
    whole.stream.packets = 9;
    whole.events.resize(2);
    whole.events[0] = { .code = 5, .timestamp = 1000, .durationTicks = 9600, .packets = 5, .endPackets = 3 };
    whole.events[1].code = 6;
    whole.goOnFrom(former);
    ASSERT_EQ(whole.events.size(), 3u);
    EXPECT_FALSE(whole.events[0].hasPause) << "it was told in another clock";
    EXPECT_EQ(whole.events[0].durationTicks, 4800u);
    EXPECT_EQ(whole.events[1].code, 5);
    EXPECT_TRUE(whole.events[1].marked);
    EXPECT_EQ(whole.events[1].packets, 8u);
    EXPECT_EQ(whole.events[1].endPackets, 3u);
    EXPECT_EQ(whole.events[1].durationTicks, 9600u);
    EXPECT_EQ(whole.events[2].code, 6);
}

TEST(TransportReport, APortWithoutPacketsLeavesTheFormersFiguresAsTheyWere)
{
    LegMediaStats former, later;
    former.playout.packets = 100;
    former.playout.inTime = 99;
    former.playout.lost = 1;
    former.playout.jitterMs = 1.5;
    former.playout.packetMs = 20.0;
    later.send.packets = 7;
    later.goOnFrom(former);
    EXPECT_EQ(later.playout.packets, 100u);
    EXPECT_EQ(later.playout.inTime, 99u);
    EXPECT_EQ(later.playout.jitterMs, 1.5);
    EXPECT_EQ(later.playout.packetMs, 20.0);
    EXPECT_EQ(later.send.packets, 7u);

    LegMediaStats third;
    third.playout.packets = 10;
    third.playout.jitterMs = 0.5;
    third.goOnFrom(later);
    EXPECT_EQ(third.playout.packets, 110u);
    EXPECT_EQ(third.playout.lost, 1u);
    EXPECT_EQ(third.playout.jitterMs, 0.5);
}

TEST(TransportReport, ValuesThatFindNoPlaceAreCountedTogether)
{
    ValueCounts ours, theirs;
    for (int64_t value = 1; value <= 6; ++value)
        ours.add(value);
    for (int64_t value = 5; value <= 12; ++value)
        theirs.add(value);
    ours.add(theirs);
    EXPECT_EQ(ours.others, 4u);
    EXPECT_EQ(ours.mostFrequent()->packets, 2u);
}

} // namespace
} // namespace mw
