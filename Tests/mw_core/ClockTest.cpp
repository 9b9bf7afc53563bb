#include <mw_core/mw_core.h>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

using mw::ManualClock;
using mw::RealClock;

namespace
{
constexpr int64_t nsPerMs = 1'000'000;
}

TEST(RealClock, IsMonotonicAndNeverWakesEarly)
{
    RealClock clock;
    ASSERT_TRUE(clock.isUsable());
    for (int i = 0; i < 20; ++i)
    {
        const auto deadline = clock.nowNs() + nsPerMs;
        EXPECT_TRUE(clock.sleepUntilNs(deadline));
        EXPECT_GE(clock.nowNs(), deadline);
    }
}

TEST(RealClock, ADeadlineInThePastReturnsAtOnce)
{
    RealClock clock;
    EXPECT_TRUE(clock.sleepUntilNs(clock.nowNs() - 1000 * nsPerMs));
    EXPECT_TRUE(clock.sleepUntilNs(1));
    EXPECT_TRUE(clock.sleepUntilNs(0));
}

TEST(RealClock, InterruptEndsASleepAndEveryLaterOneUntilRearmed)
{
    RealClock clock;
    const auto never = clock.nowNs() + int64_t { 3600 } * 1000 * nsPerMs;
    std::atomic<bool> slept { true };
    std::thread sleeper([&] { slept = clock.sleepUntilNs(never); });
    clock.interrupt();
    sleeper.join();
    EXPECT_FALSE(slept.load());
    EXPECT_FALSE(clock.sleepUntilNs(never)) << "later ones, too";
    clock.rearm();
    EXPECT_TRUE(clock.sleepUntilNs(clock.nowNs() + nsPerMs));
}

TEST(ManualClock, StandsStillUntilItIsMoved)
{
    ManualClock clock(100);
    EXPECT_EQ(clock.nowNs(), 100);
    clock.advanceNs(50);
    EXPECT_EQ(clock.nowNs(), 150);
    EXPECT_TRUE(clock.sleepUntilNs(150)) << "that time has come";
    EXPECT_EQ(clock.nowNs(), 150);
}

TEST(ManualClock, WakesASleeperOnlyWhenItsDeadlineHasCome)
{
    ManualClock clock;
    std::atomic<int64_t> wokeAt { -1 };
    std::thread sleeper([&] {
        EXPECT_TRUE(clock.sleepUntilNs(30));
        wokeAt = clock.nowNs();
    });
    for (int i = 0; i < 3; ++i)
    {
        EXPECT_EQ(wokeAt.load(), -1) << "not before 30";
        clock.advanceNs(10);
    }
    sleeper.join();
    EXPECT_EQ(wokeAt.load(), 30);
}

TEST(ManualClock, InterruptEndsASleep)
{
    ManualClock clock;
    std::atomic<bool> slept { true };
    std::thread sleeper([&] { slept = clock.sleepUntilNs(1000); });
    clock.interrupt();
    sleeper.join();
    EXPECT_FALSE(slept.load());
    EXPECT_FALSE(clock.sleepUntilNs(2000));
    clock.rearm();
    clock.advanceNs(5000);
    EXPECT_TRUE(clock.sleepUntilNs(2000));
}
