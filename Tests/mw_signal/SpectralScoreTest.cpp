#include <mw_signal/mw_signal.h>
#include <mw_signal/quality/SpectralScore.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace mw
{
namespace
{
constexpr double scoreHz = 8000.0;

/** Something like speech: syllables of a buzz whose pitch and formants move, with pauses. */
std::vector<float> syllables(double seconds, unsigned seed = 1)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> even(0.0, 1.0);
    std::vector<float> sound(static_cast<size_t>(seconds * scoreHz), 0.0f);
    for (size_t at = 800; at + 2400 < sound.size();)
    {
        const auto length = static_cast<size_t>(800 + 1600 * even(random));
        const auto pitch = 90.0 + 120.0 * even(random), first = 300.0 + 600.0 * even(random), second = 1000.0 + 1500.0 * even(random);
        for (size_t i = 0; i < length; ++i)
        {
            const auto t = static_cast<double>(i) / scoreHz, fade = std::sin(std::numbers::pi * static_cast<double>(i) / static_cast<double>(length));
            double value = 0.0;
            for (int k = 1; k * pitch < 3600.0; ++k)
            {
                const auto hz = k * pitch;
                const auto weight = 1.0 / (1.0 + std::pow((hz - first) / 120.0, 2.0)) + 0.5 / (1.0 + std::pow((hz - second) / 180.0, 2.0));
                value += weight * std::sin(2.0 * std::numbers::pi * hz * t);
            }
            sound[at + i] = static_cast<float>(0.1 * fade * value);
        }
        at += length + static_cast<size_t>(400 + 2400 * even(random));
    }
    return sound;
}

double distanceOf(const std::vector<float>& reference, const std::vector<float>& sound)
{
    const auto score = scoreSpectrally(reference, sound, scoreHz);
    EXPECT_TRUE(score.has_value());
    return score.has_value() ? score->distanceDb : -1.0;
}

TEST(SpectralScore, TheSameSoundLaterAndQuieterIsTheSame)
{
    const auto sent = syllables(8.0);
    std::vector<float> came(3217, 0.0f);
    for (const auto sample : sent)
        came.push_back(0.5f * sample);
    came.resize(came.size() + 8000);
    const auto score = scoreSpectrally(sent, came, scoreHz);
    ASSERT_TRUE(score.has_value());
    EXPECT_LT(score->distanceDb, 0.01);
    EXPECT_NEAR(score->gainDb, -6.02, 0.02);
    EXPECT_NEAR(score->offsetMs, 3217.0 / 8.0, 0.13);
    EXPECT_EQ(score->delayChanges, 0u);
    EXPECT_NEAR(score->mosEstimate, 4.41, 0.001);
}

TEST(SpectralScore, AReferenceIsFoundWhereverItLiesInALongCall)
{
    const auto sent = syllables(4.0);
    for (const auto offset : { 0.0, 2.5, 13.0, 22.0, 26.0 })
    {
        std::vector<float> came(static_cast<size_t>(30.0 * scoreHz), 0.0f);
        std::ranges::copy(sent, came.begin() + static_cast<std::ptrdiff_t>(offset * scoreHz));
        const auto score = scoreSpectrally(sent, came, scoreHz);
        ASSERT_TRUE(score.has_value()) << "at " << offset << " s";
        EXPECT_NEAR(score->offsetMs, 1000.0 * offset, 0.2);
        EXPECT_LT(score->distanceDb, 0.01) << "at " << offset << " s";
    }
}

TEST(SpectralScore, OfAReferenceThatBeganBeforeTheSoundTheRestIsCompared)
{
    const auto sent = syllables(8.0);
    const std::vector<float> came(sent.begin() + 4000, sent.end());
    const auto score = scoreSpectrally(sent, came, scoreHz);
    ASSERT_TRUE(score.has_value());
    EXPECT_NEAR(score->offsetMs, -500.0, 0.2);
}

TEST(SpectralScore, GrowsWithNoiseClippingAndLoss)
{
    const auto sent = syllables(10.0);
    std::mt19937 random(2);
    double before = distanceOf(sent, sent);
    EXPECT_LT(before, 1e-6);
    for (const auto noise : { 0.0003, 0.001, 0.003, 0.01, 0.03 })
    {
        std::normal_distribution<float> normal(0.0f, static_cast<float>(noise));
        auto came = sent;
        for (auto& sample : came)
            sample += normal(random);
        const auto distance = distanceOf(sent, came);
        EXPECT_GT(distance, before) << "noise " << noise;
        before = distance;
    }
    before = 0.0;
    for (const auto ceiling : { 0.15f, 0.08f, 0.04f, 0.02f })
    {
        auto came = sent;
        for (auto& sample : came)
            sample = std::clamp(sample, -ceiling, ceiling);
        const auto distance = distanceOf(sent, came);
        EXPECT_GT(distance, before) << "clipped at " << ceiling;
        before = distance;
    }
    before = 0.0;
    for (const auto every : { 50, 20, 10, 4 })
    {
        auto came = sent;
        for (size_t at = 0; at + 160 <= came.size(); at += 160)
            if (at / 160 % static_cast<size_t>(every) == 3)
                std::fill_n(came.begin() + static_cast<std::ptrdiff_t>(at), 160, 0.0f);
        const auto distance = distanceOf(sent, came);
        EXPECT_GT(distance, before) << "every " << every << "th packet lost";
        before = distance;
    }
}

TEST(SpectralScore, FollowsADelayThatMoves)
{
    const auto sent = syllables(10.0);
    auto came = sent;
    came.insert(came.begin() + 40000, 320, 0.0f);  // 40 ms more from the fifth second on
    const auto score = scoreSpectrally(sent, came, scoreHz);
    ASSERT_TRUE(score.has_value());
    EXPECT_GE(score->delayChanges, 1u);
    EXPECT_NEAR(score->greatestDelayChangeMs, 40.0, 0.3);
    EXPECT_LT(score->distanceDb, 1.0);
}

TEST(SpectralScore, SaysNothingOfSilenceAndBearsASampleThatIsNoNumber)
{
    const auto sent = syllables(6.0);
    EXPECT_FALSE(scoreSpectrally(sent, std::vector<float>(48000, 0.0f), scoreHz).has_value());
    EXPECT_FALSE(scoreSpectrally(std::vector<float>(48000, 0.0f), sent, scoreHz).has_value());
    EXPECT_FALSE(scoreSpectrally(sent, {}, scoreHz).has_value());
    auto broken = sent;
    broken[20000] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_LT(distanceOf(sent, broken), 0.5);
}

TEST(SpectralScore, TheEstimateFallsFromTheBestToTheWorst)
{
    double before = 4.42;
    for (const auto distance : { 0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 100.0 })
    {
        EXPECT_LT(spectralMos(distance), before);
        EXPECT_GE(spectralMos(distance), 1.0);
        before = spectralMos(distance);
    }
}

} // namespace
} // namespace mw
