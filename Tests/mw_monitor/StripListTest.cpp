#include "StripsBench.h"

#include <algorithm>
#include <random>
#include <set>

namespace mw::test
{
namespace
{

class ManyStrips : public ::testing::Test, protected StripsBench
{
protected:
    ManyStrips() : StripsBench(500) {}

    /** Every strip in sight is the strip of a call that is shown, once, and its fader and buttons are those of its channel. */
    void expectStripsAreRight()
    {
        std::set<LegId> seen;
        int visible = 0;
        for (const auto leg : list().order())
        {
            auto* strip = list().stripOf(leg);
            if (strip == nullptr)
                continue;
            ++visible;
            EXPECT_TRUE(seen.insert(leg).second);
            const auto call = bench.engine->call(leg);
            ASSERT_TRUE(call.has_value());
            EXPECT_NE(call->state, CallState::closed);
            EXPECT_EQ(strip->channel(), call->channel);
            const auto number = juce::String(call->channel + 1);
            EXPECT_EQ(strip->getTitle(), "Strip " + number);
            EXPECT_EQ(strip->getHelpText(), juceText(call->peerUri));
            auto* fader = MonitorBench::find<GainFader>(*strip, "Gain of strip " + number);
            auto* mute = MonitorBench::find<juce::Button>(*strip, "Mute strip " + number);
            ASSERT_NE(fader, nullptr);
            ASSERT_NE(mute, nullptr);
            EXPECT_EQ(fader->gainDb(), mixer().stripGainDb(call->channel));
            EXPECT_EQ(mute->getToggleState(), mixer().isStripMuted(call->channel));
        }
        const auto fit = std::min(static_cast<int>(list().order().size()), list().getWidth() / layout::stripWidth);
        EXPECT_GE(visible, fit);
        EXPECT_LE(list().stripsMade(), list().getWidth() / layout::compactStripWidth + 2);
    }
};

TEST_F(ManyStrips, FiveHundredLegsNeedNoMoreComponentsThanFitAndCanBeFilteredAndSorted)
{
    std::vector<LegId> legs;
    for (int i = 0; i < 500; ++i)
        legs.push_back(bench.legs->ring("sip:caller" + std::to_string(i) + "@example.com"));
    bench.run(0.1);
    ASSERT_EQ(list().order().size(), 500u);
    expectStripsAreRight();
    list().choose(legs[499]);
    expectStripsAreRight();
    EXPECT_NE(list().stripOf(legs[499]), nullptr) << "the chosen one is in sight";
    EXPECT_EQ(list().stripOf(legs[0]), nullptr);
    find<juce::Button>("Compact strips")->triggerClick();
    MonitorBench::pump();
    list().choose(legs[250]);
    expectStripsAreRight();
    EXPECT_NE(list().stripOf(legs[250]), nullptr);
    find<juce::Button>("Compact strips")->triggerClick();
    MonitorBench::pump();

    auto& filter = *find<juce::TextEditor>("Filter of the strips");
    const auto filtered = [&](const char* text) {
        filter.setText(text, true);
        MonitorBench::pump();
        return list().order();
    };
    EXPECT_EQ(filtered("CALLER49").size(), 11u) << "49 and 490…499";
    expectStripsAreRight();
    EXPECT_EQ(filtered("#7"), std::vector { legs[6] });
    EXPECT_EQ(filtered("nobody").size(), 0u);
    EXPECT_EQ(filtered("established").size(), 500u);
    bench.legs->peerHolds(legs[3], true);
    bench.run(0.02);
    EXPECT_EQ(filtered("held"), std::vector { legs[3] });
    EXPECT_EQ(filtered("").size(), 500u);

    auto& sort = *find<juce::ComboBox>("Order of the strips");
    const auto sorted = [&](const char* name) {
        for (int i = 0; i < sort.getNumItems(); ++i)
            if (sort.getItemText(i) == name)
                sort.setSelectedItemIndex(i, juce::sendNotificationSync);
        bench.run(0.02);
        return list().order();
    };
    EXPECT_EQ(sorted("by state").front(), legs[3]) << "who is held waits for somebody";
    speak(legs[400], -10.0);
    speak(legs[77], -30.0);
    FakeNetwork lossy;
    lossy.lossShare = 0.3;
    speak(legs[123], -50.0, lossy);
    bench.run(3.0);
    const auto byLevel = sorted("by level");
    EXPECT_EQ((std::vector(byLevel.begin(), byLevel.begin() + 3)), (std::vector { legs[400], legs[77], legs[123] }));
    EXPECT_EQ(sorted("by loss").front(), legs[123]);
    expectStripsAreRight();
    EXPECT_EQ(sorted("by channel"), legs);
}

TEST_F(ManyStrips, RecycledStripsAreTheRightCallsInAStormOfCalls)
{
    std::mt19937 random(20);
    std::vector<LegId> open;
    const auto pick = [&random](size_t count) { return static_cast<size_t>(random() % count); };
    for (int round = 0; round < 150; ++round)
    {
        for (auto i = pick(4); i > 0; --i)
            open.push_back(bench.legs->ring("sip:r" + std::to_string(round) + "-" + std::to_string(i) + "@example.com"));
        bench.run(0.02);
        if (! open.empty())
        {
            const auto channel = bench.engine->call(open[pick(open.size())])->channel;
            mixer().setStripGainDb(channel, -static_cast<double>(pick(60)));
            mixer().setStripMuted(channel, pick(2) == 1);
        }
        for (auto i = pick(4); i > 0 && ! open.empty(); --i)
        {
            const auto at = open.begin() + static_cast<std::ptrdiff_t>(pick(open.size()));
            pick(2) == 1 ? bench.legs->peerHangsUp(*at) : bench.engine->hangUp(*at);
            open.erase(at);
        }
        bench.run(0.02);
        if (! open.empty() && round % 3 == 0)
            list().choose(open[pick(open.size())]);
        if (round % 20 == 0)
            list().setCompact(round % 40 == 0);
        ASSERT_EQ(list().order().size(), open.size()) << "round " << round;
        expectStripsAreRight();
        if (HasFailure())
            FAIL() << "in round " << round;
    }
    EXPECT_GT(open.size(), 0u);
}

TEST_F(ManyStrips, OnlyStripsInSightAreLookedAtBetweenTheStepsOfTheHistories)
{
    std::vector<LegId> legs;
    for (int i = 0; i < 60; ++i)
        legs.push_back(bench.legs->ring("sip:caller" + std::to_string(i) + "@example.com"));
    bench.run(0.1);
    for (const auto leg : legs)
        speak(leg, -20.0);
    auto& model = bench.view->model();
    const auto level = [&](size_t which) {
        const auto* row = model.snapshot().strip(bench.engine->call(legs[which])->channel);
        return row != nullptr ? row->in.rms : 0.0f;
    };
    const auto looksThatChanged = [&](size_t which) {
        int changed = 0;
        for (int look = 0; look < 20; ++look)  // 0.4 s: two steps
        {
            const auto before = level(which);
            bench.run(0.02);
            changed += level(which) != before ? 1 : 0;
        }
        return changed;
    };
    ASSERT_EQ(list().stripOf(legs[59]), nullptr);
    bench.run(0.1);
    EXPECT_GE(looksThatChanged(0), 15);
    for (const auto leg : legs)
        speak(leg, -40.0);
    EXPECT_EQ(looksThatChanged(59), 2) << "out of sight: at the steps";
    list().choose(legs[59]);
    for (const auto leg : legs)
        speak(leg, -20.0);
    EXPECT_GE(looksThatChanged(59), 15) << "in sight now";
}

} // namespace
} // namespace mw::test
