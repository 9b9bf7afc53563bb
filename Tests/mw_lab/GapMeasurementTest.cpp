#include <mw_lab/mw_lab.h>

#include <mw_lab/measure/GapMeasurement.h>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <variant>

namespace mw::lab_test
{

namespace
{
constexpr int gapRateHz = 8000;

/** A tone of 1004 Hz at −20 dBFS that is silent for 20 ms every so often. */
std::vector<float> toneWithGaps(double seconds, double everySeconds)
{
    std::vector<float> sound(static_cast<size_t>(seconds * gapRateHz));
    for (size_t i = 0; i < sound.size(); ++i)
    {
        const auto t = static_cast<double>(i) / gapRateHz;
        const auto inGap = everySeconds > 0.0 && t > everySeconds && std::fmod(t, everySeconds) < 0.020;
        sound[i] = inGap ? 0.0f : static_cast<float>(0.1 * std::sin(2.0 * std::numbers::pi * 1004.0 * t));
    }
    return sound;
}

FigureSet gapFiguresOf(const std::vector<float>& sound)
{
    GapMeasurement measurement(gapRateHz);
    constexpr size_t block = 160;
    for (size_t at = 0; at < sound.size(); at += block)
        measurement.process(std::span<const float>(sound).subspan(at, std::min(block, sound.size() - at)), { at, 0, gapRateHz });
    FigureSet figures;
    measurement.finish(figures);
    return figures;
}
} // namespace

TEST(GapMeasurement, AGapOf20MsEveryTwoSecondsIsCountedAndTimed)
{
    const auto figures = gapFiguresOf(toneWithGaps(11.0, 2.0));
    EXPECT_EQ(figures.find("gaps.count")->number(), 5.0);
    EXPECT_NEAR(*figures.find("gaps.silent_ms")->number(), 100.0, 2.5);
    EXPECT_NEAR(*figures.find("gaps.longest_ms")->number(), 20.0, 0.5);
    EXPECT_NEAR(*figures.find("gaps.interval_s")->number(), 2.0, 0.001);
    EXPECT_NEAR(*figures.find("gaps.watched_s")->number(), 11.0, 0.05);
    EXPECT_NEAR(*figures.find("gaps.tone_hz")->number(), 1004.0, 0.01);
    const auto* table = figures.table("gaps");
    ASSERT_NE(table, nullptr);
    ASSERT_EQ(table->rows.size(), 5u);
    for (size_t i = 0; i < table->rows.size(); ++i)
    {
        EXPECT_NEAR(std::get<double>(table->rows[i][0]), 2.0 * static_cast<double>(i + 1), 0.0005);
        EXPECT_EQ(std::get<std::string>(table->rows[i][2]), "silence");
    }
}

TEST(GapMeasurement, AWholeToneHasNone)
{
    const auto figures = gapFiguresOf(toneWithGaps(3.0, 0.0));
    EXPECT_EQ(figures.find("gaps.count")->number(), 0.0);
    EXPECT_EQ(figures.find("gaps.longest_ms")->number(), 0.0);
    EXPECT_EQ(figures.find("gaps.interval_s")->whyNot, "there were less than two gaps");
}

TEST(GapMeasurement, WithoutASteadyToneNothingIsKnown)
{
    const auto figures = gapFiguresOf(std::vector<float>(gapRateHz, 0.0f));
    for (const auto* path : { "gaps.count", "gaps.silent_ms", "gaps.longest_ms", "gaps.interval_s", "gaps.tone_hz" })
    {
        EXPECT_FALSE(figures.find(path)->isMeasured()) << path;
        EXPECT_NE(figures.find(path)->whyNot.find("no tone"), std::string::npos) << path;
    }
    EXPECT_EQ(figures.find("gaps.watched_s")->number(), 0.0);
}

} // namespace mw::lab_test
