#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::msNs;

/** A clock whose sleeper wakes as late as the script says, and that tells apart what the thread works and what it waits for a core. */
class ScriptedClock final : public Clock
{
public:
    std::vector<int64_t> latenessNs;
    std::vector<int64_t> deadlinesNs;
    int64_t now = 5'000'000'000, worked = 123;

    void work(int64_t ns) { now += ns, worked += ns; }
    void waitForACore(int64_t ns) { now += ns; }

    int64_t nowNs() const noexcept override { return now; }
    int64_t threadTimeNs() const noexcept override { return worked; }
    bool sleepUntilNs(int64_t deadlineNs) noexcept override
    {
        if (deadlinesNs.size() >= latenessNs.size())
            return false;
        now = std::max(now, deadlineNs + latenessNs[deadlinesNs.size()]);
        deadlinesNs.push_back(deadlineNs);
        return true;
    }
    void interrupt() noexcept override {}
    void rearm() noexcept override {}
};

TEST(MediaClock, DeadlinesAreAbsoluteSoThatLatenessNeverAdds)
{
    ScriptedClock clock;
    clock.latenessNs.assign(1000, 3 * msNs);
    MediaClock metronome(clock);
    metronome.begin(20 * msNs);
    int ticks = 0;
    while (metronome.waitForTick())
    {
        ++ticks;
        metronome.finishTick();
    }
    ASSERT_EQ(ticks, 1000);
    for (size_t i = 0; i < clock.deadlinesNs.size(); ++i)
        ASSERT_EQ(clock.deadlinesNs[i], 5'000'000'000 + static_cast<int64_t>(i + 1) * 20 * msNs);
    EXPECT_EQ(metronome.stats().lateTicks, 0u);
    EXPECT_EQ(metronome.stats().maxLatenessNs, 3 * msNs);
    EXPECT_EQ(metronome.stats().latenessHistogram[8], 1000u);  // 3 ms lies in [2^8, 2^9) × 10 µs
}

TEST(MediaClock, LatenessFallsIntoItsBin)
{
    ScriptedClock clock;
    clock.latenessNs = { 0, 9'999, 10'000, 20'000, 39'999, 40'000, 9 * msNs };
    MediaClock metronome(clock);
    metronome.begin(20 * msNs);
    while (metronome.waitForTick())
        metronome.finishTick();
    const auto& bins = metronome.stats().latenessHistogram;
    EXPECT_EQ(bins[0], 3u);
    EXPECT_EQ(bins[1], 2u);
    EXPECT_EQ(bins[2], 1u);
    EXPECT_EQ(bins[9], 1u);
}

TEST(MediaClock, AShortStallIsMadeUpForBlockByBlock)
{
    ScriptedClock clock;
    clock.latenessNs = { 0, 65 * msNs, 0, 0, 0, 0, 0 };
    MediaClock metronome(clock);
    metronome.begin(20 * msNs);
    while (metronome.waitForTick())
        metronome.finishTick();
    EXPECT_EQ(metronome.stats().skippedTicks, 0u);
    EXPECT_EQ(metronome.stats().lateTicks, 3u);  // 65, 45 and 25 ms late; then 5
    EXPECT_EQ(clock.deadlinesNs.back(), 5'000'000'000 + 7 * 20 * msNs);
}

TEST(MediaClock, ALongStallIsSkippedAndCounted)
{
    ScriptedClock clock;
    clock.latenessNs = { 0, 1010 * msNs, 0, 0 };
    MediaClock metronome(clock);
    metronome.begin(20 * msNs);
    std::vector<int64_t> givenUp;
    while (metronome.waitForTick())
    {
        givenUp.push_back(metronome.givenUpBlocks());
        metronome.finishTick();
    }
    EXPECT_EQ(givenUp, (std::vector<int64_t> { 0, 50, 0, 0 }));
    EXPECT_EQ(metronome.stats().skippedTicks, 50u);
    EXPECT_EQ(metronome.stats().lateTicks, 1u);
    EXPECT_EQ(metronome.stats().maxLatenessNs, 1010 * msNs);
    EXPECT_EQ(metronome.stats().ticks, 4u);
    EXPECT_EQ(clock.deadlinesNs.back(), 5'000'000'000 + (4 + 50) * 20 * msNs);
    EXPECT_EQ(metronome.stats().latenessHistogram[15], 1u);
}

TEST(MediaClock, ATickThatIsWokenLateIsTheHostsDoingAndSoAreThoseThatMakeUpForIt)
{
    ScriptedClock clock;
    clock.latenessNs = { 0, 65 * msNs, 0, 0, 0, 0, 1010 * msNs, 0, 0 };
    MediaClock metronome(clock);
    metronome.begin(20 * msNs);
    while (metronome.waitForTick())
    {
        clock.work(1 * msNs);
        metronome.finishTick();
    }
    EXPECT_EQ(metronome.stats().lateTicks, 4u);  // 65, 46 and 27 ms late, then 8; 1010
    EXPECT_EQ(metronome.stats().lateByHost, 4u);
}

TEST(MediaClock, ATickThatIsLateSinceTheOneBeforeWorkedTooLongIsNotTheHosts)
{
    ScriptedClock clock;
    clock.latenessNs.assign(12, 0);
    MediaClock metronome(clock);
    metronome.begin(20 * msNs);
    for (int tick = 0; metronome.waitForTick(); ++tick)
    {
        clock.work(tick == 1 ? 55 * msNs : tick == 6 ? 300 * msNs : 3 * msNs);
        metronome.finishTick();
    }
    EXPECT_EQ(metronome.stats().lateTicks, 3u);  // 35 and 18 ms late, then 1; 280
    EXPECT_EQ(metronome.stats().skippedTicks, 14u);
    EXPECT_EQ(metronome.stats().lateByHost, 0u);
}

TEST(MediaClock, WhoIsToBlameForMostOfItIsToldWhenWorkIsHeldUp)
{
    const auto lateByHost = [](int64_t workNs, int64_t waitNs) {
        ScriptedClock clock;
        clock.latenessNs.assign(3, 0);
        MediaClock metronome(clock);
        metronome.begin(20 * msNs);
        for (int tick = 0; metronome.waitForTick(); ++tick)
        {
            if (tick == 0)
                clock.work(workNs), clock.waitForACore(waitNs);
            metronome.finishTick();
        }
        EXPECT_EQ(metronome.stats().lateTicks, 1u);
        return metronome.stats().lateByHost;
    };
    EXPECT_EQ(lateByHost(5 * msNs, 30 * msNs), 1u) << "of 15 ms the host took them all";
    EXPECT_EQ(lateByHost(27 * msNs, 8 * msNs), 1u) << "of 15 ms it took 8";
    EXPECT_EQ(lateByHost(29 * msNs, 6 * msNs), 0u) << "of 15 ms it took 6";
    EXPECT_EQ(lateByHost(35 * msNs, 0), 0u);
}

TEST(MediaClock, TheRealClocksThreadTimeStandsStillInSleep)
{
    RealClock clock;
    const auto before = clock.threadTimeNs();
    const auto begun = clock.nowNs();
    ASSERT_TRUE(clock.sleepUntilNs(begun + 50 * msNs));
    const auto slept = clock.threadTimeNs() - before;
    EXPECT_LT(slept, 40 * msNs);
    while (clock.threadTimeNs() - before < slept + 2 * msNs) {}
    EXPECT_GE(clock.nowNs() - begun, 52 * msNs) << "work is time";
}

TEST(MediaClock, LoadIsTheShareOfTheBlock)
{
    ScriptedClock clock;
    clock.latenessNs.assign(500, 0);
    MediaClock metronome(clock);
    metronome.begin(20 * msNs);
    while (metronome.waitForTick())
    {
        clock.work(5 * msNs);
        metronome.finishTick();
    }
    EXPECT_NEAR(metronome.stats().load, 0.25, 1.0e-6);
    EXPECT_EQ(metronome.stats().lastWorkNs, 5 * msNs);
}

} // namespace
} // namespace mw
