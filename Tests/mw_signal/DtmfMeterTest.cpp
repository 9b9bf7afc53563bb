#include "SignalTools.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace mw
{

namespace
{
constexpr double meterRateHz = 8000.0;

std::vector<float> playedDigits(const char* digits, int onMs, int offMs, double levelDbm0 = -12.0)
{
    DtmfSettings settings;
    settings.sequence = DtmfSequence::parse(digits).value();
    settings.onMs = onMs;
    settings.offMs = offMs;
    settings.lowDbm0 = levelDbm0;
    DtmfOscillator oscillator;
    oscillator.prepare(meterRateHz);
    oscillator.play(settings);
    std::vector<float> sound(static_cast<size_t>(meterRateHz / 1000.0 * (onMs + offMs)) * settings.sequence.length + 1600);
    oscillator.render(sound);
    return sound;
}

std::vector<DtmfReading> readingsOf(const std::vector<float>& sound, unsigned seed)
{
    DtmfMeter meter;
    EXPECT_TRUE(meter.prepare(meterRateHz, {}));
    std::vector<DtmfReading> readings;
    DtmfReading reading;
    std::mt19937 random(seed);
    for (size_t at = 0; at < sound.size();)
    {
        const auto count = std::min<size_t>(seed == 0 ? sound.size() : 1 + random() % 400, sound.size() - at);
        meter.process(std::span(sound).subspan(at, count));
        at += count;
    }
    meter.flush();
    while (meter.take(reading))
        readings.push_back(reading);
    EXPECT_EQ(meter.lostDigits(), 0u);
    return readings;
}
} // namespace

TEST(DtmfMeter, LengthPauseAndUnwantedProducts)
{
    auto sound = playedDigits("15#", 70, 55);
    for (size_t i = 0; i < sound.size(); ++i)
        sound[i] += static_cast<float>(sineAmplitudeFromDbm0(-42.0, Law::mu) * std::sin(2.0 * 3.14159265358979 * 2500.0 * static_cast<double>(i) / meterRateHz));
    const auto readings = readingsOf(sound, 0);
    ASSERT_EQ(readings.size(), 3u);
    EXPECT_FALSE(readings[0].pauseBeforeMs.has_value());
    for (size_t i = 0; i < readings.size(); ++i)
    {
        EXPECT_EQ(readings[i].digit, "15#"[i]);
        EXPECT_NEAR(readings[i].durationMs, 70.0 - DtmfOscillator::edgeMs, 1.0) << "half of each edge is below half amplitude";
        if (i > 0)
        {
            ASSERT_TRUE(readings[i].pauseBeforeMs.has_value());
            EXPECT_NEAR(*readings[i].pauseBeforeMs, 55.0 + DtmfOscillator::edgeMs, 1.0);
        }
        EXPECT_NEAR(readings[i].unwantedHz, 2500.0, 20.0);
        const auto both = 10.0 * std::log10(std::pow(10.0, readings[i].lowDbm0 / 10.0) + std::pow(10.0, readings[i].highDbm0 / 10.0));
        EXPECT_NEAR(readings[i].unwantedDb, -42.0 - both, 0.5);
        EXPECT_NEAR(readings[i].snrDb, both + 42.0, 0.5);
    }
}

TEST(DtmfMeter, ReadingsDoNotDependOnBlocks)
{
    const auto sound = playedDigits("0A9*", 45, 45);
    const auto whole = readingsOf(sound, 0);
    ASSERT_EQ(whole.size(), 4u);
    for (unsigned seed = 1; seed < 5; ++seed)
    {
        const auto cut = readingsOf(sound, seed);
        ASSERT_EQ(cut.size(), whole.size());
        for (size_t i = 0; i < whole.size(); ++i)
        {
            EXPECT_EQ(cut[i].startSample, whole[i].startSample);
            EXPECT_EQ(cut[i].lowHz, whole[i].lowHz);
            EXPECT_EQ(cut[i].highDbm0, whole[i].highDbm0);
            EXPECT_EQ(cut[i].snrDb, whole[i].snrDb);
        }
    }
}

TEST(DtmfMeter, ALongDigitIsMeasuredInItsLastSecond)
{
    const auto readings = readingsOf(playedDigits("7", 2500, 100), 3);
    ASSERT_EQ(readings.size(), 1u);
    EXPECT_NEAR(readings[0].durationMs, 2500.0, 4.0);
    EXPECT_FALSE(readings[0].startIsExact);
    EXPECT_LE(readings[0].measuredMs, DtmfMeter::longestMs);
    EXPECT_NEAR(readings[0].lowErrorPercent(), 0.0, 0.01);
}

TEST(DtmfMeter, RefusesOtherRatesAndHearsNothingInSilence)
{
    DtmfMeter meter;
    EXPECT_FALSE(meter.prepare(1000.0, {}));
    EXPECT_TRUE(readingsOf(std::vector<float>(16000), 1).empty());
}

} // namespace mw
