// Order, delay and jitter of a stream that is whole, and the settings.
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
