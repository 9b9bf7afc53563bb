// What is lost, late or cannot be decoded, and how that sounds.
#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::countOf;
using test::expectWhole;
using test::firstOf;
using test::msNs;
using test::PlayoutBench;

TEST(Playout, ALostPacketIsConcealedInItsPlaceAndNothingElseMoves)
{
    PlayoutBench bench;
    const auto heard = bench.run(50, [](int i) { return i == 20 ? -1.0 : i * 20.0; }, 20, 1000);
    expectWhole(bench, heard, 0, 20);
    const auto after = firstOf(heard, PlayoutBench::valueOf(22));
    EXPECT_EQ(after - firstOf(heard, PlayoutBench::valueOf(19)), 3 * 160);
    expectWhole(bench, heard, 22, 45);
    EXPECT_EQ(bench.stats().lost, 1u);
    EXPECT_EQ(bench.stats().concealedFrames, 1u);
    EXPECT_EQ(bench.stats().concealedSamples, 160u);
    EXPECT_EQ(bench.stats().underruns, 0u);
    // A faded repetition: louder at its beginning than at its end, never above what was heard before.
    const auto start = static_cast<size_t>(firstOf(heard, PlayoutBench::valueOf(19)) + 160);
    EXPECT_GT(heard[start], 950);
    EXPECT_LT(heard[start + 150], 800);
    EXPECT_GT(heard[start + 150], 500);
}

TEST(Playout, ALossThatEmptiesTheBufferKeepsTheDelayToTheSample)
{
    // With the least depth nothing waits behind a lost packet when its turn comes; what follows is in time nevertheless.
    for (const int lostPackets : { 1, 2, 5, 16 })  // up to 480 ms; after 500 ms it fills up anew
        for (const int packetMs : { 10, 20, 30 })
        {
            SCOPED_TRACE(testing::Message() << lostPackets << " packets of " << packetMs << " ms");
            PlayoutConfig config;
            config.depthMs = 30;
            PlayoutBench bench(config, packetMs);
            const auto heard = bench.run(100, [=](int i) { return i >= 20 && i < 20 + lostPackets ? -1.0 : i * 1.0 * packetMs; }, 10, 100 * packetMs);
            const auto before = firstOf(heard, PlayoutBench::valueOf(10)), after = firstOf(heard, PlayoutBench::valueOf(60));
            EXPECT_EQ(after - before, 50 * bench.packetSamples);
            expectWhole(bench, heard, 0, 20);
            expectWhole(bench, heard, 21 + lostPackets, 90);
            EXPECT_EQ(bench.stats().lost, static_cast<uint64_t>(lostPackets));
            EXPECT_EQ(bench.stats().underruns + bench.stats().late + bench.stats().trims + bench.stats().pauses, 0u);
            // Silence after the concealment has faded is not counted as made up.
            if (lostPackets * packetMs <= 120)
            {
                EXPECT_EQ(bench.stats().concealedSamples, static_cast<uint64_t>(lostPackets * bench.packetSamples));
            }
        }
}

TEST(Playout, TheConcealmentHasNoClicks)
{
    // A 200 Hz sine with every tenth packet lost: no step between two samples much larger than the sine's own.
    PlayoutBench bench;
    std::vector<int16_t> heard;
    const auto sineAt = [](int n) { return static_cast<int16_t>(std::lrint(10000.0 * std::sin(2.0 * std::numbers::pi * 200.0 * n / 8000.0))); };
    for (int i = 0; i < 60; ++i)
    {
        bench.nowNs = i * 20 * msNs;
        if (i % 10 != 5)
        {
            std::vector<uint8_t> payload(320);
            for (int n = 0; n < 160; ++n)
            {
                payload[static_cast<size_t>(2 * n)] = static_cast<uint8_t>(static_cast<uint16_t>(sineAt(i * 160 + n)) >> 8);
                payload[static_cast<size_t>(2 * n + 1)] = static_cast<uint8_t>(sineAt(i * 160 + n) & 0xff);
            }
            auto packet = bench.packet(i);
            packet.payload = payload;
            packet.arrivalNs = bench.nowNs;
            bench.playout.insert(packet);
        }
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    EXPECT_EQ(bench.stats().lost, 6u);
    int steepest = 0;
    for (size_t i = 641; i < heard.size(); ++i)
        steepest = std::max(steepest, std::abs(heard[i] - heard[i - 1]));
    EXPECT_LT(steepest, 2 * 1571 + 1300);  // 1571 is the sine's steepest step; a click would be up to 20000
}

TEST(Playout, ACodecsOwnConcealmentIsUsed)
{
    PlayoutBench bench;
    bench.codec.concealmentValue = int16_t { -7777 };
    const auto heard = bench.run(50, [](int i) { return i == 20 || i == 21 ? -1.0 : i * 20.0; }, 20, 1000);
    EXPECT_EQ(countOf(heard, -7777), 320);
    expectWhole(bench, heard, 22, 45);  // nothing of the join touches the real sound
    EXPECT_EQ(bench.stats().lost, 2u);
}

TEST(Playout, ALongLossFadesToSilence)
{
    PlayoutBench bench;
    bench.codec.concealmentValue = int16_t { -7777 };
    const auto heard = bench.run(60, [](int i) { return i >= 20 && i < 40 ? -1.0 : i * 20.0; }, 20, 1200);
    const auto lostFrom = static_cast<size_t>(firstOf(heard, PlayoutBench::valueOf(19)) + 160);
    for (size_t i = lostFrom + 1000; i < lostFrom + 3000; ++i)
        ASSERT_EQ(heard[i], 0);
    EXPECT_EQ(bench.stats().lost, 20u);
    expectWhole(bench, heard, 41, 55);
}

TEST(Playout, AnUnderrunEndsAtTheSameDelayAsBefore)
{
    PlayoutBench bench;
    // The network holds packets 20…29 back and lets them go at once.
    const auto heard = bench.run(80, [](int i) { return i >= 20 && i < 30 ? 600.0 : i * 20.0; }, 20, 1600);
    expectWhole(bench, heard, 0, 20);
    const auto before = firstOf(heard, PlayoutBench::valueOf(10)), after = firstOf(heard, PlayoutBench::valueOf(50));
    EXPECT_EQ(after - before, 40 * 160);
    expectWhole(bench, heard, 35, 75);
    EXPECT_EQ(bench.stats().underruns, 1u);
    EXPECT_EQ(bench.stats().lost, 0u);
    EXPECT_GE(bench.stats().late, 7u);
    EXPECT_LE(bench.stats().late, 10u);
}

TEST(Playout, ALastingChangeOfTransitTimeCostsOneUnderrunOnly)
{
    PlayoutBench bench;
    const auto heard = bench.run(100, [](int i) { return i * 20.0 + (i >= 20 ? 130.0 : 0.0); }, 20, 2000);
    EXPECT_EQ(bench.stats().underruns, 1u);
    expectWhole(bench, heard, 30, 88);
    EXPECT_LE(bench.stats().late, 2u);
}

TEST(Playout, ALatePacketIsNotHeardAndNoLongerCountsAsLost)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    const auto heard = bench.run(50, [](int i) { return i * 20.0 + (i == 20 ? 90.0 : 0.0); }, 20, 1000);
    expectWhole(bench, heard, 22, 45);
    EXPECT_EQ(countOf(heard, PlayoutBench::valueOf(20)), 0);
    EXPECT_EQ(bench.stats().late, 1u);
    EXPECT_EQ(bench.stats().lost, 0u);
    EXPECT_EQ(bench.stats().concealedFrames, 1u);
}

TEST(Playout, AnUndecodablePayloadIsCountedAndConcealed)
{
    PlayoutBench bench;
    std::vector<int16_t> heard;
    for (int tick = 0; tick < 40; ++tick)
    {
        bench.nowNs = tick * 20 * msNs;
        if (tick == 20)
        {
            const std::vector<uint8_t> odd(33, 1);
            auto packet = bench.packet(tick);
            packet.payload = odd;
            packet.arrivalNs = bench.nowNs;
            bench.playout.insert(packet);
        }
        else
        {
            bench.send(tick);
        }
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    EXPECT_EQ(bench.stats().undecodable, 1u);
    EXPECT_EQ(bench.stats().concealedFrames, 1u);
    EXPECT_EQ(bench.stats().lost, 0u);
    expectWhole(bench, heard, 22, 36);
}

TEST(Playout, APayloadLongerThanAnyIsRefused)
{
    PlayoutBench bench;
    const std::vector<uint8_t> huge(20000, 1);
    auto packet = bench.packet(0);
    packet.payload = huge;
    bench.playout.insert(packet);
    EXPECT_EQ(bench.stats().storeOverruns, 1u);
    const auto heard = bench.run(20, [](int i) { return i * 20.0; }, 20, 400);
    expectWhole(bench, heard, 0, 15);
}

TEST(Playout, ThePatternOfWhatWasNotHeardAgreesWithTheCounters)
{
    // Lonely losses, two bursts, a packet 300 ms late (lost at first, then discarded): what the counters know has its place.
    PlayoutBench bench;
    const auto lostOnes = [](int i) { return i == 30 || i == 70 || (i >= 100 && i < 104) || i == 108 || (i >= 150 && i < 152); };
    const auto heard = bench.run(250, [&](int i) { return lostOnes(i) ? -1.0 : i == 200 ? i * 20.0 + 300.0 : i * 20.0; }, 20, 5400);
    const auto losses = bench.playout.losses();
    EXPECT_EQ(losses.packets, 250u);
    EXPECT_EQ(losses.lost, 9u);
    EXPECT_EQ(losses.lost, bench.stats().lost);
    EXPECT_EQ(losses.discarded, 1u);
    EXPECT_EQ(losses.discarded, bench.stats().late);
    EXPECT_EQ(losses.bursts, 2u);
    EXPECT_EQ(losses.burstPackets, 9u + 2u);
    EXPECT_EQ(losses.burstMissing, 7u);
    EXPECT_EQ(losses.longestRun, 4u);
    EXPECT_EQ(losses.runs, 6u);
}

TEST(Playout, WhatTheJitterBufferDropsIsDiscardedInThePattern)
{
    // A backlog of 600 ms at once in a running stream: what is dropped down to the depth was not heard.
    PlayoutBench bench;
    const auto heard = bench.run(200, [](int i) { return i < 100 || i >= 131 ? i * 20.0 : 130 * 20.0; }, 20, 4300);
    const auto losses = bench.playout.losses();
    EXPECT_EQ(losses.discarded, bench.stats().trimmedPackets + bench.stats().late);
    EXPECT_GT(losses.discarded, 10u);
    EXPECT_EQ(losses.lost, 0u);
    EXPECT_EQ(losses.packets, 200u);
    EXPECT_EQ(losses.bursts, 1u);
}

TEST(Playout, WhatIsLostAmongSoundThatIsDroppedIsStillLost)
{
    // As above, by a late start and, with 200 ms at once in a stream that plays, by the backlog limit; three packets of what comes
    // in a bunch never come.
    const auto isLost = [](int i) { return i >= 110 && i < 113; };
    PlayoutBench late;
    [[maybe_unused]] const auto heardLate = late.run(200, [&](int i) {
        return isLost(i) ? -1.0 : i < 100 || i >= 131 ? i * 20.0 : 130 * 20.0;
    }, 20, 4300);
    EXPECT_GT(late.stats().late, 10u);
    EXPECT_EQ(late.stats().lost, 3u);
    EXPECT_EQ(late.playout.losses().packets, 200u);

    PlayoutConfig config;
    config.maxBacklogMs = 120;
    PlayoutBench full(config);
    [[maybe_unused]] const auto heardFull = full.run(200, [&](int i) {
        return isLost(i) ? -1.0 : i < 105 || i >= 121 ? i * 20.0 : 105 * 20.0;
    }, 20, 4300);
    EXPECT_GE(full.stats().trims, 1u);
    EXPECT_EQ(full.stats().lost, 3u);
    EXPECT_EQ(full.stats().lost, full.playout.losses().lost);
    EXPECT_EQ(full.playout.losses().packets, 200u);
}

} // namespace
} // namespace mw
