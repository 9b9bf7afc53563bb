#include "KnownSignals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace
{
size_t loudestRow(const mw::SoundHistory& history, size_t column)
{
    size_t loudest = 0;
    for (size_t row = 0; row < mw::SoundHistory::rows; ++row)
        if (history.power(column, row) > history.power(column, loudest))
            loudest = row;
    return loudest;
}
} // namespace

TEST(SoundHistory, ShowsLevelAndFrequencyAtEveryRate)
{
    for (const auto rate : { 8000.0, 16000.0, 32000.0, 48000.0 })
        for (const auto hz : { 697.0, 1633.0, 3400.0 })
        {
            mw::SoundHistory history;
            history.prepare(rate, 0.001);
            const auto sound = signaltest::sine(rate, hz, 0.5, 1.0, 0.0);
            for (size_t at = 0; at < sound.size(); at += 77)
                history.process(std::span(sound).subspan(at, std::min<size_t>(77, sound.size() - at)));
            history.finish();
            ASSERT_EQ(history.columns().size(), 50u) << rate;
            EXPECT_DOUBLE_EQ(history.columnSeconds(), 0.02);
            EXPECT_NEAR(history.seconds(), 1.0, 1e-9);
            EXPECT_NEAR(history.columns()[20].meanSquare, 0.125, 0.005);
            EXPECT_NEAR(history.columns()[20].peak, 0.5, 0.02);
            EXPECT_TRUE(history.silences().empty());

            const auto row = loudestRow(history, 20);
            const auto rowHz = history.topHz() / static_cast<double>(mw::SoundHistory::rows);
            EXPECT_NEAR((static_cast<double>(row) + 0.5) * rowHz, hz, 50.0) << rate;
            EXPECT_GT(history.power(20, row), 0.125 * 0.7) << rate << " " << hz;  // between two bins a Hann window loses 1.4 dB
            EXPECT_LT(history.power(20, row), 0.125 * 1.02) << rate << " " << hz;
        }
}

TEST(SoundHistory, TakesAThousandColumnsHoweverLongItLasts)
{
    mw::SoundHistory history;
    history.prepare(8000.0, 0.001);
    const auto quiet = signaltest::sine(8000.0, 500.0, 0.1, 1.0, 0.0), loud = signaltest::sine(8000.0, 2000.0, 0.4, 1.0, 0.0);
    constexpr int seconds = 130;
    for (int second = 0; second < seconds; ++second)
    {
        history.process(second < seconds / 2 ? quiet : loud);
        ASSERT_LE(history.columns().size(), mw::SoundHistory::mostColumns);
    }
    history.finish();
    EXPECT_DOUBLE_EQ(history.columnSeconds(), 0.16);
    const auto columns = history.columns().size();
    EXPECT_NEAR(static_cast<double>(columns) * history.columnSeconds(), seconds, history.columnSeconds());
    EXPECT_NEAR(history.columns()[columns / 4].meanSquare, 0.005, 1e-4);
    EXPECT_NEAR(history.columns()[columns * 3 / 4].meanSquare, 0.08, 1e-3);
    EXPECT_NEAR(history.columns()[columns * 3 / 4].peak, 0.4, 1e-3);
    EXPECT_NEAR(static_cast<double>(loudestRow(history, columns / 4)), 500.0 / 25.0, 1.0);
    EXPECT_NEAR(static_cast<double>(loudestRow(history, columns * 3 / 4)), 2000.0 / 25.0, 1.0);
}

TEST(SoundHistory, ListsSilencesOfTwoTenthsOfASecond)
{
    mw::SoundHistory history;
    history.prepare(8000.0, 0.001);
    const auto sound = signaltest::sine(8000.0, 1000.0, 0.5, 1.0, 0.0);
    const auto pause = [&history](double seconds) { history.process(std::vector<float>(static_cast<size_t>(8000.0 * seconds), 0.0f)); };
    pause(0.3);
    history.process(sound);
    pause(0.18);
    history.process(sound);
    pause(0.2);
    history.process(sound);
    pause(0.5);
    history.finish();
    ASSERT_EQ(history.silences().size(), 3u);
    EXPECT_NEAR(history.silences()[0].startS, 0.0, 1e-9);
    EXPECT_NEAR(history.silences()[0].endS, 0.3, 1e-9);
    EXPECT_NEAR(history.silences()[1].startS, 2.48, 1e-9);
    EXPECT_NEAR(history.silences()[1].endS, 2.68, 1e-9);
    EXPECT_NEAR(history.silences()[2].endS, 4.18, 1e-9);
}

TEST(SoundHistory, OfNothingIsEmptyAndAShortEndCounts)
{
    mw::SoundHistory none;
    none.prepare(16000.0, 0.001);
    none.finish();
    EXPECT_TRUE(none.columns().empty());
    EXPECT_TRUE(none.silences().empty());
    EXPECT_DOUBLE_EQ(none.seconds(), 0.0);
}
