#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::msNs;

/** A clock whose sleeper wakes as late as the script says. */
class ScriptedClock final : public Clock
{
public:
    std::vector<int64_t> latenessNs;
    std::vector<int64_t> deadlinesNs;
    int64_t now = 5'000'000'000;

    int64_t nowNs() const noexcept override { return now; }
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

TEST(MediaClock, LoadIsTheShareOfTheBlock)
{
    ScriptedClock clock;
    clock.latenessNs.assign(500, 0);
    MediaClock metronome(clock);
    metronome.begin(20 * msNs);
    while (metronome.waitForTick())
    {
        clock.now += 5 * msNs;
        metronome.finishTick();
    }
    EXPECT_NEAR(metronome.stats().load, 0.25, 1.0e-6);
    EXPECT_EQ(metronome.stats().lastWorkNs, 5 * msNs);
}

} // namespace
} // namespace mw
