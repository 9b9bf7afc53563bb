#include "SignalTools.h"

#include <gtest/gtest.h>

#include <limits>

using namespace signaltest;
using mw::Law;
using mw::ToneSource;

TEST(ToneSource, RefusesWhatIsOutOfRangeAndKeepsSounding)
{
    ToneSource tone;
    EXPECT_FALSE(tone.set(1000.0, -10.0)) << "not prepared";
    EXPECT_FALSE(tone.prepare(7999.0));
    EXPECT_FALSE(tone.prepare(std::numeric_limits<double>::quiet_NaN()));
    ASSERT_TRUE(tone.prepare(8000.0));
    ASSERT_TRUE(tone.set(1000.0, -10.0));
    const auto nan = std::numeric_limits<double>::quiet_NaN();
    for (const auto& [hz, level] : std::vector<std::pair<double, double>> { { 0, -10 }, { -5, -10 }, { 4000, -10 }, { nan, -10 }, { 1000, nan },
                                                                            { 1000, 3.18 }, { 1000, -101 }, { 1000, 1e9 } })
        EXPECT_FALSE(tone.set(hz, level)) << hz << ' ' << level;
    EXPECT_TRUE(tone.isSounding());
    std::vector<float> signal(8000);
    tone.render(signal);
    EXPECT_NEAR(mw::dbm0FromRms(rmsOf(std::span(signal).subspan(400, 7200)), Law::mu), -10.0, 0.001);
}

TEST(ToneSource, LevelAndFrequencyAreExact)
{
    for (const auto rate : rates)
        for (const auto hz : { 50.0, 1000.0, 1004.5, 3400.0 })
            for (const auto level : { 3.14, 0.0, -10.0, -60.0 })
            {
                ToneSource tone;
                ASSERT_TRUE(tone.prepare(rate));
                ASSERT_TRUE(tone.set(hz, level, Law::a));
                std::vector<float> signal(static_cast<size_t>(rate));
                tone.render(signal);
                const auto steady = std::span(signal).subspan(static_cast<size_t>(rate * 0.1), static_cast<size_t>(rate * 0.8));
                EXPECT_NEAR(20.0 * std::log10(amplitudeAt(steady, hz, rate)) + 3.14, level, 0.002) << hz << " Hz at " << rate;
                EXPECT_NEAR(frequencyNear(steady, hz, rate) / hz, 1.0, 1e-7);
            }
}

TEST(ToneSource, OutputIsBitIdenticalForAnyBlocks)
{
    for (const auto rate : rates)
    {
        const auto total = static_cast<size_t>(rate * 0.5), change = total / 3, stop = total / 2;
        const auto play = [&](const std::vector<size_t>& lengths) {
            ToneSource tone;
            EXPECT_TRUE(tone.prepare(rate));
            EXPECT_TRUE(tone.set(440.0, -6.0));
            std::vector<float> signal(total);
            size_t at = 0;
            for (auto length : lengths)
                while (length > 0)  // the changes come at the same samples, whatever the blocks
                {
                    const auto until = at < change ? change : at < stop ? stop : total;
                    const auto part = std::min(length, until - at);
                    tone.render(std::span(signal).subspan(at, part));
                    at += part;
                    length -= part;
                    if (at == change)
                    {
                        EXPECT_TRUE(tone.set(700.0, -20.0));
                    }
                    if (at == stop)
                        tone.stop();
                }
            return signal;
        };
        const auto whole = play({ total });
        for (const auto& lengths : allCuts(total))
            ASSERT_EQ(play(lengths), whole) << rate;
    }
}

TEST(ToneSource, StartStopAndLevelChangesAreClickFree)
{
    for (const auto rate : rates)
    {
        ToneSource tone;
        ASSERT_TRUE(tone.prepare(rate));
        std::vector<float> signal(static_cast<size_t>(rate * 0.1));
        const auto part = signal.size() / 5;
        const auto stretch = [&](size_t i) { return std::span(signal).subspan(i * part, part); };
        tone.render(stretch(0));
        ASSERT_TRUE(tone.set(300.0, 0.0));
        tone.render(stretch(1));
        ASSERT_TRUE(tone.set(300.0, -30.0));
        tone.render(stretch(2));
        ASSERT_TRUE(tone.set(400.0, 0.0));
        tone.render(stretch(3));
        ASSERT_TRUE(tone.set(400.0, mw::silenceDb));
        tone.render(stretch(4));

        EXPECT_EQ(rmsOf(stretch(0)), 0.0);
        EXPECT_EQ(rmsOf(stretch(4).subspan(static_cast<size_t>(rate * 0.006))), 0.0);
        EXPECT_FALSE(tone.isSounding());
        // Bends of the sine, of the ramp, and of their product; a step of the envelope would be about its amplitude.
        const auto w = 2.0 * std::numbers::pi * 400.0 / rate, r = std::numbers::pi / (rate * 0.005);
        EXPECT_LT(sharpestBend(signal), 0.7 * (w + r) * (w + r)) << rate;
    }
}

TEST(ToneSource, TheSameSettingWithEveryBlockChangesNothing)
{
    ToneSource once, often;
    std::vector<float> a(8000), b(8000);
    for (auto* tone : { &once, &often })
    {
        ASSERT_TRUE(tone->prepare(8000.0));
        ASSERT_TRUE(tone->set(1000.0, -10.0));
    }
    once.render(a);
    inBlocks(b, cuts(8000, 13), [&](auto block) {
        EXPECT_TRUE(often.set(1000.0, -10.0));
        often.render(block);
    });
    EXPECT_EQ(a, b);
}

TEST(ToneSource, AddAndSkip)
{
    ToneSource rendering, skipping;
    for (auto* tone : { &rendering, &skipping })
    {
        ASSERT_TRUE(tone->prepare(8000.0));
        ASSERT_TRUE(tone->set(777.0, -10.0));
    }
    std::vector<float> a(1000), b(1000, 0.5f), thrownAway(12345);
    rendering.render(std::span(thrownAway).first(17));
    skipping.skip(17);
    rendering.render(thrownAway);
    skipping.skip(thrownAway.size());
    rendering.render(a);
    skipping.add(b);
    for (size_t i = 0; i < a.size(); ++i)
        ASSERT_EQ(b[i], 0.5f + a[i]);
}
