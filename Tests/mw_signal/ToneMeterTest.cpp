#include "SignalTools.h"

#include <gtest/gtest.h>

using namespace signaltest;
using mw::Law;
using mw::ToneMeter;

namespace
{

std::vector<float> tone(double rateHz, double hz, double levelDbm0, double seconds, double phase = 0.4)
{
    std::vector<float> signal(static_cast<size_t>(rateHz * seconds));
    const auto amplitude = mw::sineAmplitudeFromDbm0(levelDbm0, Law::mu);
    for (size_t i = 0; i < signal.size(); ++i)
        signal[i] = static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / rateHz + phase));
    return signal;
}

} // namespace

TEST(ToneMeter, CleanToneToAHundredthOfAHertz)
{
    for (const auto rate : rates)
        for (const auto hz : { 25.3, 300.0, 1000.0, 1004.0123, 1633.7, 3399.99 })
            for (const auto level : { 3.0, -10.0, -45.0 })
            {
                ToneMeter meter;
                ASSERT_TRUE(meter.prepare(rate, 1000));
                meter.process(tone(rate, hz, level, 1.25));
                const auto reading = meter.measure();
                ASSERT_TRUE(reading.has_value()) << hz;
                EXPECT_NEAR(reading->frequencyHz, hz, 0.001);
                EXPECT_NEAR(reading->levelDbm0(Law::mu), level, 0.001);
                EXPECT_GT(reading->toneToRestDb(), 80.0);
            }
}

TEST(ToneMeter, ThroughSixteenBitsAndNoise)
{
    std::mt19937 random(2);
    std::normal_distribution<float> noise(0.0f, 0.01f);
    auto signal = tone(8000.0, 1020.5, -10.0, 1.0);
    for (auto& sample : signal)
        sample = std::round((sample + noise(random)) * 32768.0f) / 32768.0f;
    ToneMeter meter;
    ASSERT_TRUE(meter.prepare(8000.0));
    meter.process(signal);
    const auto reading = meter.measure();
    ASSERT_TRUE(reading.has_value());
    EXPECT_NEAR(reading->frequencyHz, 1020.5, 0.02);
    EXPECT_NEAR(reading->levelDbm0(Law::mu), -10.0, 0.03);
    EXPECT_NEAR(20.0 * std::log10(reading->restRms), -40.0, 0.5);
}

TEST(ToneMeter, SaysNoToneWhenThereIsNone)
{
    ToneMeter meter;
    ASSERT_TRUE(meter.prepare(8000.0, 500));
    EXPECT_FALSE(meter.measure().has_value()) << "nothing arrived";
    meter.process(tone(8000.0, 1000.0, -10.0, 0.4));
    EXPECT_FALSE(meter.isFull());
    EXPECT_FALSE(meter.measure().has_value()) << "the window is not full";
    meter.process(std::vector<float>(4000, 0.0f));
    EXPECT_TRUE(meter.isFull());
    EXPECT_FALSE(meter.measure().has_value()) << "silence";
    meter.process(std::vector<float>(4000, 0.3f));
    EXPECT_FALSE(meter.measure().has_value()) << "a constant";

    std::mt19937 random(4);
    std::normal_distribution<float> noise(0.0f, 0.1f);
    std::vector<float> hiss(4000);
    for (auto& sample : hiss)
        sample = noise(random);
    meter.process(hiss);
    EXPECT_FALSE(meter.measure().has_value()) << "noise";

    auto two = tone(8000.0, 697.0, -11.0, 0.5);
    const auto other = tone(8000.0, 1209.0, -9.0, 0.5);
    for (size_t i = 0; i < two.size(); ++i)
        two[i] += other[i];
    meter.process(two);
    EXPECT_FALSE(meter.measure().has_value()) << "two tones, none dominates";
    EXPECT_TRUE(meter.measure(1.0).has_value()) << "unless one asks for less";
}

TEST(ToneMeter, MeasuresAKnownFrequencyInsideAMix)
{
    for (const auto rate : rates)
    {
        auto mix = tone(rate, 1000.0, -20.0, 1.0);
        for (const auto& [hz, level] : std::vector<std::pair<double, double>> { { 697.0, -12.0 }, { 1209.0, -10.0 }, { 440.0, -6.0 } })
        {
            const auto more = tone(rate, hz, level, 1.0, hz);
            for (size_t i = 0; i < mix.size(); ++i)
                mix[i] += more[i];
        }
        ToneMeter meter;
        ASSERT_TRUE(meter.prepare(rate));
        meter.process(mix);
        const auto reading = meter.measureAt(1000.0);
        ASSERT_TRUE(reading.has_value());
        EXPECT_NEAR(reading->levelDbm0(Law::mu), -20.0, 0.01);
        EXPECT_LT(meter.measureAt(2000.0)->levelDbm0(Law::mu), -80.0);
        EXPECT_FALSE(meter.measureAt(0.0).has_value());
        EXPECT_FALSE(meter.measureAt(rate / 2.0).has_value());
    }
}

TEST(ToneMeter, OnlyTheLastWindowCountsWhateverTheBlocks)
{
    for (const auto rate : rates)
    {
        auto signal = tone(rate, 500.0, 0.0, 0.3);
        const auto last = tone(rate, 1234.5, -15.0, 0.21);
        signal.insert(signal.end(), last.begin(), last.end());
        const auto read = [&](const std::vector<size_t>& lengths) {
            ToneMeter meter;
            EXPECT_TRUE(meter.prepare(rate, 200));
            inBlocks(signal, lengths, [&](auto block) { meter.process(block); });
            const auto reading = meter.measure();
            return reading ? std::pair(reading->frequencyHz, reading->rms) : std::pair(0.0, 0.0);
        };
        const auto whole = read({ signal.size() });
        EXPECT_NEAR(whole.first, 1234.5, 0.01);
        for (const auto& lengths : { cuts(signal.size(), 7), cuts(signal.size(), 480), cuts(signal.size(), 0) })
            ASSERT_EQ(read(lengths), whole);
    }
}

TEST(ToneMeter, RefusesWhatIsOutOfRange)
{
    ToneMeter meter;
    EXPECT_FALSE(meter.prepare(1000.0));
    EXPECT_FALSE(meter.prepare(8000.0, 49));
    EXPECT_FALSE(meter.prepare(8000.0, 10001));
    meter.process(std::vector<float>(100, 0.5f));
    EXPECT_FALSE(meter.isFull());
    EXPECT_FALSE(meter.measure().has_value());
}
