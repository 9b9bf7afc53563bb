#include "VirtualSoak.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mw::test
{
namespace
{

/** Five minutes of all thirteen drifts, seed 1. The same in every preset; a change of the product that changes any octet or
    counter changes it. Whoever means to, sets it anew and says why. */
constexpr uint64_t goldenHash = 0xee3bd09e3535b2a4;

TEST(VirtualSoak, FiveMinutesOfEveryDriftHoldWhatIsPromisedToTheGoldenHash)
{
    const auto result = VirtualSoak({}).run();
    EXPECT_THAT(result.faults(), ::testing::IsEmpty());
    EXPECT_EQ(result.rows.size(), 13u);
    for (const auto& row : result.rows)
        EXPECT_GT(row.heard.blocks, 60u * 50u) << row.driftPpm << " ppm";
    EXPECT_EQ(result.hash, goldenHash) << std::hex << "0x" << result.hash;
}

TEST(VirtualSoak, IsBitIdenticalFromItsSeedAndFromNoOther)
{
    VirtualSoak::Options options;
    options.driftsPpm = { 0, 500, -100 };
    options.seconds = 40;
    const auto first = VirtualSoak(options).run().hash;
    EXPECT_EQ(VirtualSoak(options).run().hash, first);
    options.seed = 2;
    EXPECT_NE(VirtualSoak(options).run().hash, first);
}

TEST(VirtualSoak, NoticesALegWhoseClockNobodyFollows)
{
    VirtualSoak::Options options;
    options.driftsPpm = { 200 };
    options.correctDrift = false;
    EXPECT_THAT(VirtualSoak(options).run().faults(), ::testing::Contains(::testing::HasSubstr("not settled")));
}

} // namespace
} // namespace mw::test
