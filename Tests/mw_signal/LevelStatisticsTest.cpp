#include "KnownSignals.h"

#include <gtest/gtest.h>

#include <limits>

using namespace signaltest;
using mw::Law;
using mw::LevelFigures;
using mw::LevelStatistics;

namespace
{

LevelFigures measured(std::vector<float> signal, double rateHz, const std::vector<size_t>& lengths, LevelStatistics::Config config = {})
{
    LevelStatistics statistics;
    EXPECT_TRUE(statistics.prepare(rateHz, config));
    inBlocks(signal, lengths, [&](std::span<float> block) { statistics.process(block); });
    return statistics.figures();
}

LevelFigures measured(const std::vector<float>& signal, double rateHz, LevelStatistics::Config config = {})
{
    return measured(signal, rateHz, { signal.size() }, config);
}

} // namespace

TEST(LevelStatistics, SinesFromMinus60To3Dbm0ReadTheirLevelInEveryUnit)
{
    for (const auto law : { Law::mu, Law::a })
        for (const auto rate : rates)
            for (double level = -60.0; level <= 3.0; level += 4.5)
            {
                const auto figures = measured(sine(rate, 1004.0, mw::sineAmplitudeFromDbm0(level, law), 2.0), rate, { law });
                EXPECT_NEAR(mw::dbm0FromRms(figures.rms, law), level, 0.001) << rate;
                // A full-scale sine is overloadDbm0, 0 dBFS (AES17) and −3.01 dBov (RFC 6464).
                EXPECT_NEAR(mw::dbfsFromRms(figures.rms), level - mw::overloadDbm0(law), 0.001);
                EXPECT_NEAR(mw::dbovFromRms(figures.rms), level - mw::overloadDbm0(law) - 3.0103, 0.001);
                EXPECT_NEAR(figures.dc, 0.0, 1e-4);
                EXPECT_NEAR(20.0 * std::log10(figures.peak), level - mw::overloadDbm0(law), 0.05);
                EXPECT_EQ(figures.samples, static_cast<uint64_t>(2.0 * rate));
            }
}

TEST(LevelStatistics, NoiseReadsTheSumOfItsSquaresAndAConstantItsValue)
{
    std::mt19937 random(11);
    std::normal_distribution<float> noise(0.031f, 0.05f);
    std::vector<float> signal(80000);
    for (auto& sample : signal)
        sample = noise(random);
    const auto figures = measured(signal, 8000.0);
    EXPECT_NEAR(figures.rms, rmsOf(signal), 1e-12);
    EXPECT_NEAR(figures.dc, 0.031, 0.001);

    const auto constant = measured(std::vector<float>(8000, -0.125f), 8000.0);
    EXPECT_EQ(constant.dc, -0.125);
    EXPECT_EQ(constant.rms, 0.125);
    EXPECT_EQ(constant.peak, 0.125);
}

TEST(LevelStatistics, FlatTopsAreCountedOnceEachWithTheirLength)
{
    std::vector<float> signal(1000, 0.1f);
    const auto put = [&](size_t at, size_t length, float value) { std::fill_n(signal.begin() + static_cast<std::ptrdiff_t>(at), length, value); };
    put(10, 2, 1.0f);    // two are no flat top
    put(100, 3, 1.0f);   // one
    put(200, 12, -1.0f); // two, the longest
    put(300, 2, 1.0f);   // two of each sign: none
    put(302, 2, -1.0f);
    signal[500] = std::numeric_limits<float>::quiet_NaN();
    signal[501] = std::numeric_limits<float>::infinity();
    const auto figures = measured(signal, 8000.0);
    EXPECT_EQ(figures.clippedSamples, 2u + 3u + 12u + 4u + 2u);
    EXPECT_EQ(figures.clippedRuns, 2u);
    EXPECT_EQ(figures.longestClippedRun, 12u);
    EXPECT_TRUE(std::isfinite(figures.rms));
    EXPECT_EQ(figures.peak, 1.0);
}

TEST(LevelStatistics, TheCodecsOwnHighestValueCountsAsClipped)
{
    // µ-law never decodes to more than 32124: with the clip level of 16 bits an overdriven call would look clean.
    const std::vector<float> overdriven(100, LevelStatistics::fullScaleMu);
    EXPECT_EQ(measured(overdriven, 8000.0).clippedSamples, 0u);
    EXPECT_EQ(measured(overdriven, 8000.0, { Law::mu, LevelStatistics::fullScaleMu }).clippedSamples, 100u);
    EXPECT_EQ(measured(overdriven, 8000.0, { Law::mu, LevelStatistics::fullScaleMu }).clippedRuns, 1u);
}

TEST(LevelStatistics, SilenceIsWhatStandsAtOrBelowMinus60Dbm0)
{
    for (const auto rate : rates)
    {
        std::vector<float> signal;
        const auto add = [&](double level, double seconds) {
            const auto part = sine(rate, 400.0, mw::sineAmplitudeFromDbm0(level, Law::mu), seconds);
            signal.insert(signal.end(), part.begin(), part.end());
        };
        add(-20.0, 1.0);
        add(-60.5, 0.5);
        add(-59.5, 0.5);
        add(mw::silenceDb, 2.0);
        add(-20.0, 0.2);
        add(mw::silenceDb, 1.0);
        const auto figures = measured(signal, rate);
        EXPECT_NEAR(figures.silentSeconds, 3.5, 1e-9);
        EXPECT_NEAR(figures.longestSilenceSeconds, 2.0, 1e-9);
    }
}

TEST(LevelStatistics, TheSameHoweverItIsCut)
{
    std::mt19937 random(5);
    std::normal_distribution<float> noise(0.0f, 0.6f);
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
    {
        std::vector<float> signal(static_cast<size_t>(rate * 0.7));
        for (auto& sample : signal)
            sample = std::clamp(noise(random), -1.0f, 1.0f);
        std::fill_n(signal.begin() + 1000, 3000, 0.0f);
        const auto whole = measured(signal, rate);
        for (const auto& lengths : allCuts(signal.size()))
        {
            const auto cut = measured(signal, rate, lengths);
            EXPECT_EQ(cut.rms, whole.rms);
            EXPECT_EQ(cut.dc, whole.dc);
            EXPECT_EQ(cut.peak, whole.peak);
            EXPECT_EQ(cut.clippedSamples, whole.clippedSamples);
            EXPECT_EQ(cut.clippedRuns, whole.clippedRuns);
            EXPECT_EQ(cut.silentSeconds, whole.silentSeconds);
        }
    }
}

TEST(LevelStatistics, BadRatesAreRefused)
{
    LevelStatistics statistics;
    EXPECT_FALSE(statistics.prepare(0.0, {}));
    EXPECT_FALSE(statistics.prepare(std::numeric_limits<double>::quiet_NaN(), {}));
    statistics.process(std::vector<float>(100, 0.5f));
    EXPECT_EQ(statistics.figures().samples, 0u);
}
