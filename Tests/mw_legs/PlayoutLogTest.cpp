// What the playout says of the occasions at which it gave out something else than the next packet.
#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::msNs;
using test::PlayoutBench;

/** Where a sample stands on the clock: ticks come at 1 ms, 21 ms … and give out 20 ms each. */
double tickMs(size_t sample) { return 1.0 + static_cast<double>(sample) / 8.0; }

std::vector<PlayoutAction> actionsOf(const PlayoutBench& bench)
{
    const auto actions = bench.playout.log().actions();
    return { actions.begin(), actions.end() };
}

TEST(PlayoutLog, TellsWhenALostPacketWasMadeUp)
{
    PlayoutBench bench;
    const auto heard = bench.run(50, [](int i) { return i == 20 || i == 21 ? -1.0 : i * 20.0; }, 20, 1000);
    const auto actions = actionsOf(bench);
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(actions[0].cause, PlayoutCause::lost);
    EXPECT_EQ(actions[0].packets, 2);
    EXPECT_EQ(actions[0].late, 0);
    const auto begin = static_cast<size_t>(test::firstOf(heard, PlayoutBench::valueOf(19))) + 160;
    EXPECT_NEAR(static_cast<double>(actions[0].startNs) * 1e-6, tickMs(begin), 0.2);
    EXPECT_NEAR(static_cast<double>(actions[0].lengthNs) * 1e-6, 40.0, 0.01);
}

TEST(PlayoutLog, KnowsAPacketThatCameLateFromOneThatNeverCame)
{
    PlayoutBench bench;
    (void) bench.run(50, [](int i) { return i == 20 ? 20.0 * 20.0 + 100.0 : i == 30 ? -1.0 : i * 20.0; }, 20, 1000);
    const auto actions = actionsOf(bench);
    ASSERT_EQ(actions.size(), 2u);
    EXPECT_EQ(actions[0].late, 1);
    EXPECT_EQ(actions[1].late, 0);
    EXPECT_EQ(actions[1].packets, 1);
}

TEST(PlayoutLog, ALossThatEmptiesTheBufferIsALossAndAPauseIsTheSenders)
{
    for (const bool isPause : { false, true })
    {
        PlayoutConfig config;
        config.depthMs = 20;
        PlayoutBench bench(config);
        for (int i = 0; i < 60; ++i)
        {
            bench.nowNs = i * 20 * msNs;
            const auto isAway = i >= 20 && i < 24;
            auto packet = bench.packet(i);
            if (isPause && i >= 24)
                packet.sequence = static_cast<uint16_t>(packet.sequence - 4);
            if (! isAway)
                bench.sendAs(packet, PlayoutBench::valueOf(i));
            bench.nowNs += msNs;
            (void) bench.render(20);
        }
        const auto actions = actionsOf(bench);
        ASSERT_GE(actions.size(), 1u);
        EXPECT_EQ(actions[0].cause, isPause ? PlayoutCause::senderPause : PlayoutCause::lost);
        EXPECT_EQ(actions[0].packets, isPause ? 0 : 4);
        EXPECT_NEAR(static_cast<double>(actions[0].lengthNs) * 1e-6, 80.0, 20.1);
    }
}

TEST(PlayoutLog, AStreamThatStoodStillCameLate)
{
    PlayoutBench bench;
    (void) bench.run(60, [](int i) { return i >= 20 && i < 35 ? 695.0 + i * 0.1 : i * 20.0; }, 20, 1200);
    const auto actions = actionsOf(bench);
    ASSERT_GE(actions.size(), 1u);
    EXPECT_EQ(actions[0].cause, PlayoutCause::late);
    EXPECT_GT(actions[0].lengthNs, 200 * msNs);
}

TEST(PlayoutLog, AStallOfTheHostAndAPayloadThatCannotBeDecodedAreTold)
{
    PlayoutBench bench;
    for (int i = 0; i < 60; ++i)
    {
        bench.nowNs = i * 20 * msNs;
        if (i == 40)
        {
            auto packet = bench.packet(i);
            const std::array<uint8_t, 3> odd {};
            packet.payload = odd;
            packet.arrivalNs = bench.nowNs;
            bench.playout.insert(packet);
        }
        else
            bench.send(i);
        bench.nowNs += msNs;
        if (i >= 10 && i < 18)
            continue;  // blocks that were given up
        if (i == 18)
            bench.playout.timeLost(bench.nowNs, 160 * msNs);
        (void) bench.render(20);
    }
    const auto actions = actionsOf(bench);
    ASSERT_GE(actions.size(), 3u);
    EXPECT_EQ(actions[0].cause, PlayoutCause::stall);
    EXPECT_EQ(actions[0].startNs, 18 * 20 * msNs + msNs - 160 * msNs);
    EXPECT_EQ(actions[0].lengthNs, 160 * msNs);
    EXPECT_EQ(actions[1].cause, PlayoutCause::stall);  // what was dropped to make up for it
    EXPECT_EQ(actions[1].lengthNs, 0);
    EXPECT_EQ(actions[2].cause, PlayoutCause::undecodable);
}

TEST(PlayoutLog, KeepsTheFirstAndCountsTheRest)
{
    PlayoutLog log(2);
    for (int i = 0; i < 5; ++i)
        log.add({ i * 100 * msNs, 20 * msNs, i + 1, 1, 0, PlayoutCause::lost });
    EXPECT_EQ(log.actions().size(), 2u);
    EXPECT_EQ(log.leftOut(), 3u);
    log.explainDry(PlayoutCause::late, 9, 1);  // the last one is not kept: nothing else is touched
    EXPECT_EQ(log.actions()[1].cause, PlayoutCause::lost);
    log.cameLate(2);
    EXPECT_EQ(log.actions()[1].late, 1);
}

} // namespace
} // namespace mw
