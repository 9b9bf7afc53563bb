// Backlog, stalls of the host, and the adaptive depth.
#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::msNs;
using test::PlayoutBench;

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
            bench.playout.timeLost(bench.nowNs, 0);
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

} // namespace
} // namespace mw
