#include "MixerBench.h"

#include <gtest/gtest.h>

namespace mw::test
{
namespace
{

TEST(MixerRouting, TellsModeRolesAndSetCellsAsTheCommandsLeaveThem)
{
    MixerBench bench(4);
    auto expected = MixerRouting {};
    expected.roles.assign(4, LegRole::source);
    EXPECT_EQ(bench.mixer.routing(), expected);
    const auto before = bench.mixer.routingNumber();

    bench.setMode(MixMode::funnel, true);
    bench.setRole(2, LegRole::sink);
    bench.setCell(0, 1, -6.0);
    bench.setCell(3, bench.house(HouseStrip::tone), silenceDb);
    bench.setCell(1, 1, 3.0);
    bench.clearCell(1, 1);
    expected.mode = MixMode::funnel;
    expected.funnelReturn = true;
    expected.roles[2] = LegRole::sink;
    expected.cells = { { { 0, 1 }, -6.0 }, { { 3, 5 }, silenceDb } };
    EXPECT_EQ(bench.mixer.routing(), expected) << "known before a block takes them";
    EXPECT_EQ(bench.mixer.routingNumber(), before + 6);

    EXPECT_EQ(bench.setCell(0, 99, -6.0), 0u);
    bench.setTrim(0, -3.0);
    EXPECT_EQ(bench.mixer.routing(), expected);
    EXPECT_EQ(bench.mixer.routingNumber(), before + 6) << "refused commands and trims change nothing of it";

    // A state that is restored is told too.
    juce::MemoryBlock blank;
    MixerBench(4).mixer.getStateInformation(blank);
    ASSERT_TRUE(bench.mixer.restoreState(blank.getData(), blank.getSize()).ok());
    expected = {};
    expected.roles.assign(4, LegRole::source);
    EXPECT_EQ(bench.mixer.routing(), expected);
    EXPECT_GT(bench.mixer.routingNumber(), before + 6);
}

/** What routing() promises for each pair is what the leg hears: every mode, role and a few cells. */
TEST(MixerRouting, PromisesTheGainsThatAreHeard)
{
    constexpr int legs = 4;
    for (const auto mode : { MixMode::conference, MixMode::funnel, MixMode::matrix })
        for (const auto comesBack : { false, true })
        {
            MixerBench bench(legs, 8000.0, 160, 0.0);
            bench.activateAll();
            bench.setMode(mode, comesBack);
            bench.setRole(1, LegRole::sink);
            bench.setRole(3, LegRole::sink);
            bench.setCell(0, 1, -6.0);
            bench.setCell(0, 2, silenceDb);
            bench.setCell(2, 2, -20.0);
            bench.setCell(3, bench.house(HouseStrip::player), 2.0);
            bench.mixer.setPlayer(std::make_shared<ConstantSource>(0.03125f));
            const auto routing = bench.mixer.routing();
            for (int from = 0; from < legs + houseStripCount; ++from)
            {
                if (from == bench.house(HouseStrip::dtmf) || from == bench.house(HouseStrip::tone))
                    continue;
                Channels in(legs, constant(0.0f, 160));
                if (from < legs)
                    in[static_cast<size_t>(from)] = constant(0.03125f, 160);
                bench.mixer.setStripMuted(bench.house(HouseStrip::player), from < legs);
                bench.run(in, 160);
                const auto out = bench.run(in, 160);
                for (int leg = 0; leg < legs; ++leg)
                    EXPECT_NEAR(out[static_cast<size_t>(leg)][100], 0.03125 * gainFromDb(routing.gainDb(leg, from)), 1e-7)
                        << "mode " << static_cast<int>(mode) << " return " << comesBack << ": " << leg << " hears " << from;
            }
        }
}

} // namespace
} // namespace mw::test
