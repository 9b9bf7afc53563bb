#include "SignalTools.h"

#include <gtest/gtest.h>

#include <limits>

using namespace signaltest;
using mw::Law;
using mw::LevelMeter;

namespace
{

std::vector<float> sineAt(double rateHz, double hz, double amplitude, double seconds)
{
    std::vector<float> signal(static_cast<size_t>(rateHz * seconds));
    for (size_t i = 0; i < signal.size(); ++i)
        signal[i] = static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / rateHz));
    return signal;
}

} // namespace

TEST(LevelMeter, ReadsTheLevelOfASineUnderBothLaws)
{
    for (const auto rate : rates)
        for (const auto law : { Law::mu, Law::a })
            for (const auto level : { 3.0, 0.0, -10.0, -50.0 })
            {
                LevelMeter meter;
                ASSERT_TRUE(meter.prepare(rate));
                const auto signal = sineAt(rate, 1000.0, mw::sineAmplitudeFromDbm0(level, law), 4.0);
                meter.process(signal);
                const auto reading = meter.reading();
                EXPECT_NEAR(mw::dbm0FromRms(reading.rms, law), level, 0.02);
                EXPECT_NEAR(mw::dbm0FromRms(std::sqrt(reading.meanSquare), law), level, 0.001);
                EXPECT_EQ(reading.samples, signal.size());
            }
}

TEST(LevelMeter, IntegratesWith300Ms)
{
    for (const auto rate : rates)
    {
        LevelMeter meter;
        ASSERT_TRUE(meter.prepare(rate));
        const std::vector<float> on(static_cast<size_t>(rate * 0.3), 0.5f);
        meter.process(on);
        EXPECT_NEAR(std::pow(meter.reading().rms, 2.0), 0.25 * (1.0 - std::exp(-1.0)), 1e-6);
        meter.processSilence(static_cast<uint64_t>(rate * 0.3));
        EXPECT_NEAR(std::pow(meter.reading().rms, 2.0), 0.25 * (1.0 - std::exp(-1.0)) * std::exp(-1.0), 1e-6);
    }
}

TEST(LevelMeter, PeakFalls20DbIn1700Ms)
{
    for (const auto rate : rates)
    {
        LevelMeter meter;
        ASSERT_TRUE(meter.prepare(rate));
        std::vector<float> click { -0.8f };
        meter.process(click);
        EXPECT_EQ(meter.reading().peak, static_cast<double>(0.8f)) << "at once, not with the next chunk";
        meter.processSilence(static_cast<uint64_t>(rate * 1.701));
        const auto stepDb = LevelMeter::fallDbPerSecond * LevelMeter::chunkMs / 1000.0;
        EXPECT_NEAR(20.0 * std::log10(meter.reading().peak / 0.8), -20.0, stepDb + 0.02);
        EXPECT_EQ(meter.reading().peakHold, static_cast<double>(0.8f));
    }
}

TEST(LevelMeter, HoldsThePeakFor20Seconds)
{
    LevelMeter meter;
    ASSERT_TRUE(meter.prepare(8000.0));
    meter.process(std::vector<float> { 0.9f });
    meter.processSilence(8000 * 10);
    meter.process(std::vector<float> { 0.6f });
    meter.processSilence(8000 * 10 - 2);
    EXPECT_EQ(meter.reading().peakHold, static_cast<double>(0.9f));
    meter.processSilence(8000);
    EXPECT_EQ(meter.reading().peakHold, static_cast<double>(0.6f)) << "the lower, later one is what is left";
    meter.processSilence(8000 * 11);
    EXPECT_EQ(meter.reading().peakHold, 0.0);
    meter.process(std::vector<float> { 0.5f });
    meter.resetPeakHold();
    EXPECT_EQ(meter.reading().peakHold, 0.0);
}

TEST(LevelMeter, CountsClippedSamplesAndSurvivesNonNumbers)
{
    LevelMeter meter;
    ASSERT_TRUE(meter.prepare(8000.0));
    const auto infinity = std::numeric_limits<float>::infinity();
    meter.process(std::vector<float> { 32766.0f / 32768.0f, 32767.0f / 32768.0f, -1.0f, 1.0f, 7.0f, 0.0f, infinity,
                                       std::numeric_limits<float>::quiet_NaN() });
    EXPECT_EQ(meter.reading().clippedSamples, 6u);
    EXPECT_TRUE(std::isfinite(meter.reading().rms));
    EXPECT_TRUE(std::isfinite(meter.reading().meanSquare));
    EXPECT_EQ(meter.reading().peak, 7.0);
    meter.process(std::vector<float> { 3e38f, -1e19f });
    EXPECT_EQ(meter.reading().clippedSamples, 8u);
    meter.process(std::vector<float>(80, 0.5f));
    EXPECT_TRUE(std::isfinite(meter.reading().rms)) << "their squares are no floats";
    EXPECT_TRUE(std::isfinite(meter.reading().meanSquare));
    EXPECT_EQ(meter.reading().peakHold, 7.0);
    meter.resetClips();
    EXPECT_EQ(meter.reading().clippedSamples, 0u);
}

TEST(LevelMeter, ReadingsDoNotDependOnBlocks)
{
    for (const auto rate : { 8000.0, 16000.0, 32000.0, 44100.0, 48000.0 })
    {
        auto signal = sineAt(rate, 333.0, 1.1, 0.7);
        signal.resize(signal.size() + 13);
        const auto read = [&](const std::vector<size_t>& lengths) {
            LevelMeter meter;
            EXPECT_TRUE(meter.prepare(rate));
            inBlocks(signal, lengths, [&](auto block) { meter.process(block); });
            const auto r = meter.reading();
            return std::tuple(r.rms, r.peak, r.peakHold, r.clippedSamples, r.samples, r.meanSquare);
        };
        const auto whole = read({ signal.size() });
        for (const auto& lengths : allCuts(signal.size()))
            ASSERT_EQ(read(lengths), whole);
    }
}

TEST(LevelMeter, SilenceIsTheSameAsZeros)
{
    LevelMeter a, b;
    ASSERT_TRUE(a.prepare(44100.0));
    ASSERT_TRUE(b.prepare(44100.0));
    const auto signal = sineAt(44100.0, 500.0, 0.7, 0.333);
    const std::vector<float> zeros(100001, 0.0f);
    for (auto* meter : { &a, &b })
        meter->process(signal);
    a.process(zeros);
    b.processSilence(zeros.size());
    EXPECT_EQ(a.reading().rms, b.reading().rms);
    EXPECT_EQ(a.reading().peak, b.reading().peak);
    EXPECT_EQ(a.reading().meanSquare, b.reading().meanSquare);
    EXPECT_EQ(a.reading().samples, b.reading().samples);
}

TEST(LevelMeter, AverageSinceReset)
{
    LevelMeter meter;
    ASSERT_TRUE(meter.prepare(8000.0));
    meter.process(std::vector<float>(8000, 0.9f));
    meter.resetAverage();
    EXPECT_EQ(meter.reading().samples, 0u);
    EXPECT_EQ(meter.reading().meanSquare, 0.0);
    meter.process(std::vector<float>(8000, 0.25f));
    EXPECT_NEAR(meter.reading().meanSquare, 0.0625, 1e-12);
    EXPECT_FALSE(meter.prepare(0.0));
    EXPECT_EQ(meter.reading().samples, 8000u) << "a refused rate changes nothing";
}

TEST(LevelMeter, VectorsReadWhatSingleSamplesRead)
{
    for (const auto rate : { 8000.0, 11025.0, 16000.0, 44100.0, 48000.0, 96000.0 })
    {
        auto signal = sineAt(rate, 431.0, 0.9, 1.3);
        signal[signal.size() / 2] = std::numeric_limits<float>::quiet_NaN();  // and one that is clipped, in another chunk
        signal[signal.size() / 3] = -1.5f;
        LevelMeter whole, single;
        ASSERT_TRUE(whole.prepare(rate) && single.prepare(rate));
        whole.process(signal);
        for (const auto& sample : signal)
            single.process({ &sample, 1 });

        const auto length = static_cast<size_t>(std::lround(rate * LevelMeter::chunkMs / 1000.0));
        const auto gain = std::exp(-1000.0 * static_cast<double>(length) / rate / LevelMeter::integrationMs);
        double meanSquare = 0.0;
        for (size_t at = 0; at + length <= signal.size(); at += length)
        {
            double squares = 0.0;
            for (size_t i = at; i < at + length; ++i)
                squares += std::isfinite(signal[i]) ? static_cast<double>(signal[i]) * signal[i] : 0.0;
            meanSquare = gain * meanSquare + (1.0 - gain) * squares / static_cast<double>(length);
        }
        EXPECT_NEAR(whole.reading().rms, std::sqrt(meanSquare), 1e-6) << rate;
        EXPECT_EQ(whole.reading().rms, single.reading().rms);
        EXPECT_EQ(whole.reading().peak, single.reading().peak);
        EXPECT_EQ(whole.reading().peakHold, static_cast<double>(1.5f));
        EXPECT_EQ(whole.reading().meanSquare, single.reading().meanSquare);
        EXPECT_EQ(whole.reading().clippedSamples, 2u);
    }
}

TEST(LevelMeter, TheShortWayTakesWholeChunksWithoutClippingOrNothing)
{
    LevelMeter shortWay, longWay;
    ASSERT_TRUE(shortWay.prepare(16000.0) && longWay.prepare(16000.0));
    auto block = sineAt(16000.0, 700.0, 0.99, 0.02);
    EXPECT_TRUE(shortWay.processUnclipped(block));
    longWay.process(block);
    for (const auto bad : { 1.0f, -1.0f, LevelMeter::clipLevel, std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity() })
    {
        auto damaged = block;
        damaged[damaged.size() - 3] = bad;
        EXPECT_FALSE(shortWay.processUnclipped(damaged)) << bad;
    }
    EXPECT_FALSE(shortWay.processUnclipped(std::span(block).first(79)));
    EXPECT_EQ(shortWay.reading().rms, longWay.reading().rms);
    EXPECT_EQ(shortWay.reading().peak, longWay.reading().peak);
    EXPECT_EQ(shortWay.reading().samples, longWay.reading().samples);
}
