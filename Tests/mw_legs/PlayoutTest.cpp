#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::countOf;
using test::firstOf;
using test::msNs;
using test::PlayoutBench;

/** All packets of [from, to) heard whole, once, in order, without anything between. */
void expectWhole(const PlayoutBench& bench, const std::vector<int16_t>& heard, int from, int to)
{
    const auto start = firstOf(heard, PlayoutBench::valueOf(from));
    ASSERT_GE(start, 0);
    for (int packet = from; packet < to; ++packet)
        for (int i = 0; i < bench.packetSamples; ++i)
        {
            const auto at = static_cast<size_t>(start + (packet - from) * bench.packetSamples + i);
            ASSERT_LT(at, heard.size());
            ASSERT_EQ(heard[at], PlayoutBench::valueOf(packet)) << "packet " << packet << " sample " << i;
        }
}

TEST(Playout, RegularPacketsOfAnyLengthAreHeardWholeInBlocksOfAnyLength)
{
    for (const int packetMs : { 5, 10, 20, 30, 40, 60 })
        for (const int blockMs : { 5, 10, 20, 30, 40, 60 })
            for (const int rate : { 8000, 16000, 48000 })
            {
                SCOPED_TRACE(testing::Message() << packetMs << " ms packets, " << blockMs << " ms blocks, " << rate << " Hz");
                PlayoutConfig config;
                config.depthMs = 80;
                PlayoutBench bench(config, packetMs, rate);
                const int packets = 1200 / packetMs;
                const auto heard = bench.run(packets, [=](int i) { return i * packetMs; }, blockMs, 1200);
                expectWhole(bench, heard, 0, 900 / packetMs);
                EXPECT_EQ(bench.stats().lost, 0u);
                EXPECT_EQ(bench.stats().underruns, 0u);
                EXPECT_EQ(bench.stats().concealedFrames, 0u);
                EXPECT_EQ(bench.stats().late, 0u);
                EXPECT_EQ(bench.stats().trims, 0u);
                EXPECT_DOUBLE_EQ(bench.stats().packetMs, packetMs);
            }
}

TEST(Playout, TheDelayIsBetweenTheDepthLessABlockAndTheDepth)
{
    for (const int packetMs : { 5, 10, 20, 60 })
        for (const int depthMs : { 20, 40, 100 })
            for (const double phaseMs : { 0.0, 3.0, 11.0, 19.0 })
            {
                SCOPED_TRACE(testing::Message() << packetMs << " ms packets, depth " << depthMs << " ms, phase " << phaseMs);
                PlayoutConfig config;
                config.depthMs = depthMs;
                PlayoutBench bench(config, packetMs);
                const auto heard = bench.run(600 / packetMs, [=](int i) { return phaseMs + i * packetMs; }, 20, 600);
                const auto startMs = 1.0 + firstOf(heard, PlayoutBench::valueOf(0)) / 8.0;
                // Short packets have to be gathered into a block first.
                const auto gather = std::max(0, 20 - packetMs);
                EXPECT_GE(startMs - phaseMs, depthMs - 20 - 0.001);
                EXPECT_LE(startMs - phaseMs, depthMs + gather + 0.001);
                EXPECT_EQ(bench.stats().underruns, 0u);
            }
}

TEST(Playout, TheDefaultAddsAtMostTwoFrames)
{
    PlayoutBench bench;
    const auto heard = bench.run(50, [](int i) { return i * 20.0; }, 20, 1000);
    EXPECT_LE(firstOf(heard, PlayoutBench::valueOf(0)), 2 * 160);
    expectWhole(bench, heard, 0, 45);
}

TEST(Playout, PreloadAndPrimingCountPacketsWhenTheDepthIsZero)
{
    PlayoutConfig config;
    config.depthMs = 0;
    config.preloadFrames = 6;
    config.primingFrames = 3;
    PlayoutBench bench(config);
    // Ticks come 1 ms after each packet; between packets 9 and 10 the peer is 400 ms late.
    const auto heard = bench.run(40, [](int i) { return i * 20.0 + (i >= 10 ? 400.0 : 0.0); }, 20, 1400);
    EXPECT_EQ(firstOf(heard, PlayoutBench::valueOf(0)), 5 * 160);
    EXPECT_EQ(bench.stats().underruns, 1u);
    // Packet 10 comes at 600 ms, two more are awaited.
    EXPECT_EQ(firstOf(heard, PlayoutBench::valueOf(11)) - 160, (640 / 20) * 160);
    EXPECT_EQ(bench.stats().lost, 0u);
}

TEST(Playout, PacketsOutOfOrderAreHeardInOrder)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    const auto heard = bench.run(50, [](int i) { return i * 20.0 + (i % 5 == 2 ? 25.0 : 0.0); }, 20, 1000);
    expectWhole(bench, heard, 0, 45);
    EXPECT_EQ(bench.stats().reordered, 9u + 1u);
    EXPECT_EQ(bench.stats().lost, 0u);
    EXPECT_EQ(bench.stats().late, 0u);
}

TEST(Playout, AStreamThatBeginsOutOfOrderLosesNothing)
{
    PlayoutConfig config;
    config.depthMs = 80;
    PlayoutBench bench(config);
    bench.send(2);
    bench.send(0);
    bench.send(1);
    const auto heard = bench.run(20, [](int i) { return i < 3 ? -1.0 : i * 20.0; }, 20, 400);
    expectWhole(bench, heard, 0, 12);
}

TEST(Playout, DuplicatesAreCountedAndHeardOnce)
{
    PlayoutBench bench;
    for (int i = 0; i < 20; ++i)
    {
        bench.nowNs = i * 20 * msNs;
        bench.send(i);
        bench.send(i);
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        if (i > 3)
            bench.send(i - 3);  // long played
    }
    EXPECT_EQ(bench.stats().duplicate, 20u + 16u);
    EXPECT_EQ(bench.stats().late, 0u);
    EXPECT_EQ(bench.stats().packets, 56u);
    EXPECT_EQ(bench.stats().octets, 56u * 320u);
}

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

TEST(Playout, JitterWithinTheDepthIsHeardWholeAndMeasured)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    std::mt19937 random(7);
    std::uniform_real_distribution<double> delay(0.0, 39.0);
    std::vector<double> delays(500);
    for (auto& value : delays)
        value = delay(random);
    delays[0] = 0.0;
    const auto heard = bench.run(500, [&](int i) { return i * 20.0 + delays[static_cast<size_t>(i)]; }, 20, 10000);
    expectWhole(bench, heard, 0, 490);
    EXPECT_EQ(bench.stats().lost + bench.stats().late + bench.stats().underruns, 0u);
    // Mean |difference| of two even distributions over 39 ms is 13 ms.
    EXPECT_NEAR(bench.stats().jitterMs, 13.0, 5.0);
}

TEST(Playout, RegularArrivalsHaveNoJitter)
{
    PlayoutBench bench;
    bench.run(100, [](int i) { return i * 20.0; }, 20, 2000);
    EXPECT_DOUBLE_EQ(bench.stats().jitterMs, 0.0);
}

TEST(Playout, JitterIsThatOfRfc3550)
{
    PlayoutBench bench;
    double expected = 0.0, formerTransit = 0.0;
    for (int i = 0; i < 40; ++i)
    {
        const double arrivalMs = i * 20.0 + (i * 7 % 11);
        bench.nowNs = static_cast<int64_t>(arrivalMs * 1.0e6);
        bench.send(i);
        const double transit = i * 7 % 11;
        if (i > 0)
            expected += (std::abs(transit - formerTransit) - expected) / 16.0;
        formerTransit = transit;
    }
    EXPECT_NEAR(bench.stats().jitterMs, expected, 1.0e-9);
}

TEST(Playout, SequenceAndTimestampsWrapUnheard)
{
    for (const int start : { 65500, 32700, 0 })
    {
        PlayoutBench bench;
        bench.firstSequence = static_cast<uint16_t>(start);
        bench.firstTimestamp = 0xffffffffu - 1000u;
        const auto heard = bench.run(100, [](int i) { return i * 20.0; }, 20, 2000);
        expectWhole(bench, heard, 0, 95);
        EXPECT_EQ(bench.stats().resyncs + bench.stats().lost + bench.stats().pauses, 0u);
    }
}

TEST(Playout, SequenceWrapsTwiceOverALongRun)
{
    PlayoutBench bench({}, 5);
    // 140 000 packets: sequence wraps twice, timestamps advance across 2^32 once.
    int64_t heardTotal = 0;
    std::vector<int16_t> block(40);
    const std::vector<uint8_t> payload(80, 1);
    for (int i = 0; i < 140000; ++i)
    {
        bench.nowNs = int64_t { i } * 5 * msNs;
        auto packet = bench.packet(i);
        packet.arrivalNs = bench.nowNs;
        packet.payload = payload;
        bench.playout.insert(packet);
        bench.playout.render(block, bench.nowNs);
        heardTotal += std::ranges::count(block, int16_t { 0x0101 });
    }
    EXPECT_GT(heardTotal, 140000 * 40 - 400);
    EXPECT_EQ(bench.stats().lost + bench.stats().underruns + bench.stats().resyncs + bench.stats().trims, 0u);
}

TEST(Playout, AnotherSsrcTakesOverWithItsSecondPacket)
{
    PlayoutBench bench;
    auto heard = bench.run(20, [](int i) { return i * 20.0; }, 20, 400);
    EXPECT_EQ(bench.stats().ssrc, 0xabcdu);
    // A single stray packet changes nothing.
    auto stray = bench.packet(500);
    stray.ssrc = 0x9999;
    bench.sendAs(stray, 30000);
    for (int i = 20; i < 60; ++i)
    {
        bench.nowNs = i * 20 * msNs;
        auto packet = bench.packet(i + 7000);
        packet.ssrc = i < 30 ? 0xabcd : 0x1234;
        if (i < 30)
            packet = bench.packet(i);
        bench.sendAs(packet, PlayoutBench::valueOf(i));
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    EXPECT_EQ(countOf(heard, 30000), 0);
    EXPECT_EQ(bench.stats().ssrcChanges, 1u);
    EXPECT_EQ(bench.stats().ssrc, 0x1234u);
    EXPECT_EQ(bench.stats().lost, 0u);
    expectWhole(bench, heard, 31, 55);
}

TEST(Playout, AJumpOfTheSequenceIsAResync)
{
    PlayoutBench bench;
    auto heard = bench.run(20, [](int i) { return i * 20.0; }, 20, 400);
    for (int i = 20; i < 60; ++i)
    {
        bench.nowNs = i * 20 * msNs;
        auto packet = bench.packet(i + 20000);
        bench.sendAs(packet, PlayoutBench::valueOf(i));
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    EXPECT_EQ(bench.stats().resyncs, 1u);
    EXPECT_EQ(bench.stats().lost, 0u);  // beyond RFC 3550's MAX_DROPOUT: a restart, not a loss
    expectWhole(bench, heard, 22, 55);
}

TEST(Playout, AJumpOfTheTimestampAloneIsAResyncAndCostsNoSound)
{
    for (const uint32_t jump : { 1000000u, 0x80000000u, static_cast<uint32_t>(-1000000) })
    {
        PlayoutBench bench;
        auto heard = bench.run(20, [](int i) { return i * 20.0; }, 20, 400);
        for (int i = 20; i < 60; ++i)
        {
            bench.nowNs = i * 20 * msNs;
            auto packet = bench.packet(i);
            packet.timestamp += jump;
            bench.sendAs(packet, PlayoutBench::valueOf(i));
            bench.nowNs += msNs;
            const auto block = bench.render(20);
            heard.insert(heard.end(), block.begin(), block.end());
        }
        EXPECT_EQ(bench.stats().resyncs, 1u) << jump;
        EXPECT_EQ(bench.stats().lost, 0u);
        EXPECT_EQ(bench.stats().trims, 0u);
        expectWhole(bench, heard, 0, 19);
        expectWhole(bench, heard, 22, 55);
    }
}

TEST(Playout, ADtxGapIsSilenceOfItsLengthAndNoLoss)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    // 30 packets, then a pause of 1 s, then 30 more, next in sequence, marked.
    std::vector<int16_t> heard;
    int number = 0;
    for (int tick = 0; tick < 110; ++tick)
    {
        bench.nowNs = tick * 20 * msNs;
        if (tick < 30 || tick >= 80)
        {
            auto packet = bench.packet(tick);
            packet.sequence = static_cast<uint16_t>(bench.firstSequence + number++);
            packet.marker = tick == 0 || tick == 80;
            bench.sendAs(packet, PlayoutBench::valueOf(tick));
        }
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    expectWhole(bench, heard, 0, 30);
    expectWhole(bench, heard, 81, 105);
    EXPECT_EQ(firstOf(heard, PlayoutBench::valueOf(81)) - firstOf(heard, PlayoutBench::valueOf(1)), 80 * 160);
    EXPECT_EQ(bench.stats().pauses, 1u);
    EXPECT_EQ(bench.stats().lost, 0u);
    EXPECT_EQ(bench.stats().underruns, 0u);
    EXPECT_EQ(bench.stats().resyncs, 0u);
}

TEST(Playout, AShortGapOfTheTimestampsIsKeptToTheSample)
{
    PlayoutConfig config;
    config.depthMs = 100;
    PlayoutBench bench(config);
    std::vector<int16_t> heard;
    int number = 0;
    for (int tick = 0; tick < 60; ++tick)
    {
        bench.nowNs = tick * 20 * msNs;
        if (tick != 20 && tick != 21)  // 40 ms in which the sender was silent
        {
            auto packet = bench.packet(tick);
            packet.sequence = static_cast<uint16_t>(bench.firstSequence + number++);
            bench.sendAs(packet, PlayoutBench::valueOf(tick));
        }
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    expectWhole(bench, heard, 0, 20);
    expectWhole(bench, heard, 22, 50);
    const auto gap = firstOf(heard, PlayoutBench::valueOf(19)) + 160;
    for (int i = gap; i < gap + 320; ++i)
        ASSERT_EQ(heard[static_cast<size_t>(i)], 0);
    EXPECT_EQ(firstOf(heard, PlayoutBench::valueOf(22)), gap + 320);
    EXPECT_EQ(bench.stats().pauses, 1u);
    EXPECT_EQ(bench.stats().concealedFrames, 0u);
}

TEST(Playout, PacketsOfAnotherPayloadTypeAreCountedAndAreNoLoss)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    std::vector<int16_t> heard;
    int sequence = 0;
    for (int tick = 0; tick < 60; ++tick)
    {
        bench.nowNs = tick * 20 * msNs;
        auto packet = bench.packet(tick);
        packet.sequence = static_cast<uint16_t>(sequence++);
        bench.sendAs(packet, PlayoutBench::valueOf(tick));
        if (tick >= 20 && tick < 30)
        {
            packet.payloadType = 101;  // telephone-event beside the sound, with a sequence number of its own
            packet.sequence = static_cast<uint16_t>(sequence++);
            bench.sendAs(packet, 12345);
        }
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    expectWhole(bench, heard, 0, 55);
    EXPECT_EQ(bench.stats().wrongPayloadType, 10u);
    EXPECT_EQ(bench.stats().lost, 0u);
    EXPECT_EQ(bench.stats().concealedFrames, 0u);
}

TEST(Playout, SequenceNumbersThatWereNotSoundAndNotHandedOverAreNoLoss)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    std::vector<int16_t> heard;
    for (int tick = 0; tick < 60; ++tick)
    {
        bench.nowNs = tick * 20 * msNs;
        auto packet = bench.packet(tick);
        packet.sequence = static_cast<uint16_t>(tick + (tick >= 30 ? 3 : 0));
        bench.sendAs(packet, PlayoutBench::valueOf(tick));
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    expectWhole(bench, heard, 0, 55);
    EXPECT_EQ(bench.stats().lost, 0u);
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

TEST(Playout, TheBacklogLimitTrimsDownToTheDepth)
{
    PlayoutConfig config;
    config.maxBacklogMs = 120;
    PlayoutBench bench(config);
    std::vector<int16_t> heard;
    // A sender twice as fast as its timestamps say: 20 ms of sound every 10 ms.
    double deepest = 0.0;
    int packet = 0;
    for (int tick = 0; tick < 100; ++tick)
    {
        for (const int at : { 0, 10 })
        {
            bench.nowNs = (tick * 20 + at) * msNs;
            bench.send(packet++);
        }
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
        deepest = std::max(deepest, bench.stats().depthMs);
    }
    EXPECT_GE(bench.stats().trims, 10u);
    EXPECT_LE(deepest, 160.0);
    // Every packet was heard, trimmed or still waits.
    EXPECT_NEAR(static_cast<double>(bench.stats().trimmedPackets), 100.0, 8.0);
    EXPECT_EQ(bench.stats().lost, 0u);
}

TEST(Playout, AStallOfTheHostDoesNotLengthenTheDelay)
{
    PlayoutBench bench;  // 40 ms deep, and 250 ms may wait
    for (int i = 0; i < 60; ++i)
    {
        bench.nowNs = i * 20 * msNs;
        bench.send(i);
        bench.nowNs += msNs;
        if (i >= 10 && i < 18)
            continue;  // blocks that were given up
        if (i == 18)
            bench.playout.timeLost(bench.nowNs);
        bench.render(20);
        if (i > 18)
        {
            EXPECT_LE(bench.stats().depthMs, 60.0) << "packet " << i;
        }
    }
    EXPECT_EQ(bench.stats().trims, 1u);
    EXPECT_EQ(bench.stats().trimmedPackets, 8u);
    EXPECT_EQ(bench.stats().lost, 0u);
    EXPECT_EQ(bench.stats().underruns, 0u);
}

TEST(Playout, TrimmingIsCrossfaded)
{
    PlayoutConfig config;
    config.maxBacklogMs = 100;
    PlayoutBench bench(config);
    std::vector<int16_t> heard;
    for (int i = 0; i < 10; ++i)  // steady
    {
        bench.nowNs = i * 20 * msNs;
        bench.sendAs(bench.packet(i), 8000);
        bench.nowNs += msNs;
        bench.render(20);
    }
    for (int i = 10; i < 24; ++i)  // a burst of another loudness, all at once
        bench.sendAs(bench.packet(i), static_cast<int16_t>(i < 17 ? 8000 : -8000));
    bench.nowNs += 20 * msNs;
    heard = bench.render(20);
    EXPECT_EQ(bench.stats().trims, 1u);
    int steepest = 0;
    for (size_t i = 1; i < heard.size(); ++i)
        steepest = std::max(steepest, std::abs(heard[i] - heard[i - 1]));
    EXPECT_LT(steepest, 16000 / 40 + 10);  // 16000 spread over 5 ms
    EXPECT_EQ(heard.front(), 7800);        // the first of forty steps from 8000 to −8000
}

TEST(Playout, APortThatIsAttachedLateStartsAtTheDepth)
{
    PlayoutBench bench;
    for (int i = 0; i < 300; ++i)  // 6 s wait before anyone plays them
    {
        bench.nowNs = i * 20 * msNs;
        bench.send(i);
    }
    bench.nowNs += msNs;
    std::vector<int16_t> heard = bench.render(20);
    EXPECT_GE(heard[0], PlayoutBench::valueOf(297));
    EXPECT_EQ(bench.stats().trims, 1u);
    EXPECT_EQ(bench.stats().lost, 0u);
    EXPECT_EQ(bench.stats().resyncs, 0u);
}

TEST(Playout, ASlowSenderUnderrunsRarelyAndAFastOneIsTrimmedRarely)
{
    for (const double ppm : { -2000.0, 2000.0 })
    {
        PlayoutBench bench;
        const int packets = 15000;  // 5 minutes
        const auto heard = bench.run(packets, [=](int i) { return i * 20.0 / (1.0 + ppm * 1.0e-6); }, 20, 300000);
        // 600 ms of drift: the slow one runs dry about every 40 ms of it, the fast one is trimmed about every 210 ms.
        EXPECT_EQ(bench.stats().lost, 0u);
        EXPECT_LE(bench.stats().underruns, 31u);
        EXPECT_LE(bench.stats().trims, 4u);
        EXPECT_GE(bench.stats().underruns + bench.stats().trims, 2u);
        EXPECT_EQ(heard.size(), 300000u * 8u);
    }
}

TEST(Playout, AdaptiveDepthFollowsTheJitterUpAndDown)
{
    PlayoutConfig config;
    config.mode = PlayoutMode::adaptive;
    config.minDepthMs = 20;
    config.maxDepthMs = 200;
    PlayoutBench bench(config);
    std::mt19937 random(11);
    std::uniform_real_distribution<double> delay(0.0, 100.0);
    std::vector<double> delays(6000, 0.0);
    for (size_t i = 500; i < 1500; ++i)
        delays[i] = delay(random);

    double calm = 0.0, rough = 0.0;
    std::vector<std::pair<int64_t, int>> arrivals;
    for (int i = 0; i < 6000; ++i)
        arrivals.emplace_back(static_cast<int64_t>((i * 20.0 + delays[static_cast<size_t>(i)]) * 1.0e6), i);
    std::ranges::stable_sort(arrivals);
    size_t next = 0;
    uint64_t lateBefore = 0;
    for (int tick = 0; tick < 6000; ++tick)
    {
        const int64_t tickNs = tick * 20 * msNs + msNs;
        for (; next < arrivals.size() && arrivals[next].first <= tickNs; ++next)
        {
            bench.nowNs = arrivals[next].first;
            bench.send(arrivals[next].second % 20000);
        }
        bench.nowNs = tickNs;
        bench.render(20);
        if (tick == 490)
            calm = bench.stats().targetMs;
        if (tick == 800)
            lateBefore = bench.stats().late + bench.stats().lost;
        if (tick == 1490)
        {
            rough = bench.stats().targetMs;
            EXPECT_LE(bench.stats().late + bench.stats().lost - lateBefore, 30u);  // of 690 packets, once it has adapted
        }
    }
    EXPECT_NEAR(calm, 20.0, 1.0);
    EXPECT_GT(rough, 80.0);
    EXPECT_LE(rough, 200.0);
    EXPECT_LT(bench.stats().targetMs, 40.0);
    EXPECT_LT(bench.stats().depthMs, 61.0);
    EXPECT_GE(bench.stats().shrinks, 1u);
}

TEST(Playout, Finding20_PrimingStartsAnewAfterFlush)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    bench.run(20, [](int i) { return i * 20.0; }, 20, 400);
    bench.playout.flush();
    bench.send(30);
    EXPECT_EQ(countOf(bench.render(20), 0), 160);  // one packet does not start it
    bench.nowNs += 20 * msNs;
    bench.send(31);
    bench.nowNs += 20 * msNs;
    bench.send(32);
    EXPECT_EQ(bench.render(20)[0], PlayoutBench::valueOf(30));
}

TEST(Playout, Finding17_SettingsAreNamedAndChecked)
{
    PlayoutConfig config;
    EXPECT_TRUE(config.check().ok());
    EXPECT_EQ(config.maxBacklogMs, 250);
    EXPECT_EQ(config.preloadFrames, 6);
    EXPECT_EQ(config.primingFrames, 3);
    config.depthMs = 1001;
    ASSERT_FALSE(config.check().ok());
    EXPECT_EQ(config.check().error().code, ExitCode::wrongUse);
    EXPECT_NE(config.check().error().message().find("1001"), std::string::npos);
    config = {};
    config.maxDepthMs = config.minDepthMs - 1;
    EXPECT_FALSE(config.check().ok());
    config = {};
    config.primingFrames = 0;
    EXPECT_FALSE(config.check().ok());
    config = {};
    config.preloadFrames = 51;
    EXPECT_FALSE(config.check().ok());
    config = {};
    config.maxBacklogMs = 10;
    EXPECT_FALSE(config.check().ok());
}

} // namespace
} // namespace mw
