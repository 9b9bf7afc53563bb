#include "SignalTools.h"

#include <mw_signal/pilot/FourierPlan.h>

#include <gtest/gtest.h>

#include <cmath>

using namespace mw;

namespace
{

double levelOf(std::span<const float> samples, Law law = Law::mu) { return dbm0FromRms(signaltest::rmsOf(samples), law); }

double peakOf(std::span<const float> samples)
{
    auto peak = 0.0;
    for (const auto sample : samples)
        peak = std::max(peak, std::abs(static_cast<double>(sample)));
    return peak;
}

/** Power in each third of an octave (base 2, around 1 kHz) from 125 Hz on, in dB, by Welch's method: Hann windows of 1.024 s at 8 kHz,
    half overlapping. */
struct ThirdOctaves
{
    std::vector<double> centreHz, powerDb, densityDb;  ///< density: mean per Hz

    ThirdOctaves(std::span<const float> samples, double rateHz, double highestHz)
    {
        constexpr size_t length = 8192;
        const FourierPlan plan(length);
        std::vector<double> power(length / 2, 0.0);
        std::vector<std::complex<double>> window(length);
        for (size_t from = 0; from + length <= samples.size(); from += length / 2)
        {
            for (size_t i = 0; i < length; ++i)
                window[i] = static_cast<double>(samples[from + i]) * (0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / length));
            plan.forward(window);
            for (size_t k = 0; k < length / 2; ++k)
                power[k] += std::norm(window[k]);
        }
        for (int band = -9;; ++band)
        {
            const auto centre = 1000.0 * std::exp2(band / 3.0);
            const auto low = centre * std::exp2(-1.0 / 6.0), high = centre * std::exp2(1.0 / 6.0);
            if (high > highestHz)
                break;
            auto sum = 0.0;
            auto lines = 0;
            for (size_t k = 0; k < length / 2; ++k)
                if (const auto hz = static_cast<double>(k) * rateHz / length; hz >= low && hz < high)
                {
                    sum += power[k];
                    ++lines;
                }
            centreHz.push_back(centre);
            densityDb.push_back(10.0 * std::log10(sum / lines));
            powerDb.push_back(densityDb.back() + 10.0 * std::log10(high - low));
        }
    }
};

} // namespace

TEST(ShapedNoise, HasItsLevelAndPeaksAsGaussianNoise)
{
    struct Case
    {
        NoiseColour colour;
        double rateHz;
        Law law;
    };
    for (const auto& [colour, rate, law] : { Case { NoiseColour::white, 8000.0, Law::mu }, Case { NoiseColour::white, 16000.0, Law::a },
                                             Case { NoiseColour::pink, 8000.0, Law::a }, Case { NoiseColour::p50, 11025.0, Law::mu } })
    {
        const auto noise = noisePeriod(colour, -30.0, rate, 7, law);
        ASSERT_GE(static_cast<double>(noise.size()), leastNoisePeriodS * rate);
        EXPECT_NEAR(levelOf(noise, law), -30.0, 0.001);
        EXPECT_NEAR(levelOf(std::span(noise).first(noise.size() / 2), law), -30.0, 0.3) << "half of it";
        const auto crest = 20.0 * std::log10(peakOf(noise) / signaltest::rmsOf(noise));
        EXPECT_LT(crest, 14.5);
        EXPECT_GT(crest, 11.0);
    }
}

TEST(ShapedNoise, IsTheSameForASeedAndAnotherForAnother)
{
    const auto one = noisePeriod(NoiseColour::pink, -20.0, 8000.0, 1);
    EXPECT_EQ(one, noisePeriod(NoiseColour::pink, -20.0, 8000.0, 1));
    const auto other = noisePeriod(NoiseColour::pink, -20.0, 8000.0, 2);
    auto both = 0.0;
    for (size_t i = 0; i < one.size(); ++i)
        both += static_cast<double>(one[i]) * static_cast<double>(other[i]);
    EXPECT_LT(std::abs(both) / static_cast<double>(one.size()), 0.05 * std::pow(signaltest::rmsOf(one), 2.0)) << "they have nothing to do with each other";
}

TEST(ShapedNoise, WhiteIsFlatWithinADecibelAThirdOfAnOctave)
{
    const ThirdOctaves heard(noisePeriod(NoiseColour::white, -20.0, 8000.0, 3), 8000.0, 4000.0);
    ASSERT_GE(heard.centreHz.size(), 14u);
    auto mean = 0.0;
    for (const auto density : heard.densityDb)
        mean += density / static_cast<double>(heard.densityDb.size());
    for (size_t i = 0; i < heard.centreHz.size(); ++i)
        EXPECT_NEAR(heard.densityDb[i], mean, 1.0) << heard.centreHz[i];
}

TEST(ShapedNoise, PinkFallsByThreeDecibelsAnOctave)
{
    const ThirdOctaves heard(noisePeriod(NoiseColour::pink, -20.0, 16000.0, 3), 16000.0, 8000.0);
    for (size_t i = 0; i < heard.centreHz.size(); ++i)
        EXPECT_NEAR(heard.powerDb[i], heard.powerDb[9], 1.0) << heard.centreHz[i] << " Hz: each third of an octave has the same power";
    // The slope, by least squares over the third octaves.
    auto xx = 0.0, xy = 0.0, meanX = 0.0, meanY = 0.0;
    const auto count = static_cast<double>(heard.centreHz.size());
    for (size_t i = 0; i < heard.centreHz.size(); ++i)
    {
        meanX += std::log2(heard.centreHz[i]) / count;
        meanY += heard.densityDb[i] / count;
    }
    for (size_t i = 0; i < heard.centreHz.size(); ++i)
    {
        const auto x = std::log2(heard.centreHz[i]) - meanX;
        xx += x * x;
        xy += x * (heard.densityDb[i] - meanY);
    }
    EXPECT_NEAR(xy / xx, -3.01, 0.15);
}

TEST(ShapedNoise, P50HasTheLongTermSpectrumOfSpeech)
{
    // Figures of the equation, reckoned by hand: 59.3 dB at 500 Hz, 51.4 at 1 kHz, 43.0 at 2 kHz.
    EXPECT_NEAR(noiseDensityDb(NoiseColour::p50, 500.0), 59.3, 0.1);
    EXPECT_NEAR(noiseDensityDb(NoiseColour::p50, 1000.0), 51.4, 0.1);
    EXPECT_EQ(noiseDensityDb(NoiseColour::p50, 99.0), silenceDb);
    EXPECT_EQ(noiseDensityDb(NoiseColour::p50, 8001.0), silenceDb);
    const ThirdOctaves heard(noisePeriod(NoiseColour::p50, -20.0, 16000.0, 5), 16000.0, 8000.0);
    std::vector<double> off;
    auto mean = 0.0;
    for (size_t i = 0; i < heard.centreHz.size(); ++i)
    {
        // The mean of the density over the band, in power.
        auto power = 0.0;
        constexpr int steps = 64;
        for (int step = 0; step < steps; ++step)
            power += std::pow(10.0, 0.1 * noiseDensityDb(NoiseColour::p50, heard.centreHz[i] * (std::exp2(-1.0 / 6.0) + (step + 0.5) / steps * (std::exp2(1.0 / 6.0) - std::exp2(-1.0 / 6.0))))) / steps;
        off.push_back(heard.densityDb[i] - 10.0 * std::log10(power));
        mean += off.back() / static_cast<double>(heard.centreHz.size());
    }
    auto worst = 0.0;
    for (size_t i = 0; i < off.size(); ++i)
    {
        EXPECT_NEAR(off[i], mean, 1.0) << heard.centreHz[i];
        worst = std::max(worst, std::abs(off[i] - mean));
    }
    std::cout << "p50: third octaves " << heard.centreHz.front() << " to " << heard.centreHz.back() << " Hz within " << worst << " dB of the formula\n";
}

TEST(ShapedNoise, RefusesWhatItCannotBe)
{
    EXPECT_TRUE(noisePeriod(NoiseColour::white, -20.0, 100.0, 1).empty());
    EXPECT_TRUE(noisePeriod(NoiseColour::white, silenceDb, 8000.0, 1).empty());
}

TEST(MultiTone, HasTheLevelOfTheSumAndLowPeaks)
{
    std::vector<double> hz;
    for (int k = 1; k <= 32; ++k)
        hz.push_back(100.0 * k);
    MultiTone tones;
    ASSERT_TRUE(tones.set(hz, -20.0, 8000.0));
    std::vector<float> sound(8000);
    tones.render(sound);
    EXPECT_NEAR(levelOf(sound), -20.0, 0.01);
    const auto crest = 20.0 * std::log10(peakOf(sound) / signaltest::rmsOf(sound));
    EXPECT_LT(crest, 6.0) << "equal phases would have 18 dB";

    const std::vector<double> two { 697.0, 1209.0 };
    ASSERT_TRUE(tones.set(two, -10.0, 8000.0, Law::a));
    tones.render(sound);
    EXPECT_NEAR(levelOf(sound, Law::a), -10.0, 0.01);
    for (const auto each : two)
    {
        std::complex<double> sum;
        for (size_t i = 0; i < sound.size(); ++i)
            sum += static_cast<double>(sound[i]) * std::polar(1.0, -2.0 * std::numbers::pi * each * static_cast<double>(i) / 8000.0);
        EXPECT_NEAR(dbm0FromRms(std::sqrt(2.0) * std::abs(sum) / 8000.0, Law::a), -13.01, 0.01) << each << " Hz: half of the power";
    }
}

TEST(MultiTone, SoundsTheSameHoweverTimeIsCut)
{
    const std::vector<double> hz { 300.0, 1234.5, 3400.0 };
    std::vector<float> whole(4000);
    MultiTone tones;
    ASSERT_TRUE(tones.set(hz, -20.0, 8000.0));
    tones.render(whole);
    for (const auto& lengths : signaltest::allCuts(whole.size()))
    {
        ASSERT_TRUE(tones.set(hz, -20.0, 8000.0));
        std::vector<float> cut(whole.size());
        signaltest::inBlocks(cut, lengths, [&](std::span<float> block) { tones.render(block); });
        ASSERT_EQ(cut, whole);
    }
}

TEST(MultiTone, RefusesWhatItCannotBeAndIsSilentBefore)
{
    MultiTone tones;
    std::vector<float> sound(10, 1.0f);
    tones.render(sound);
    EXPECT_EQ(sound, std::vector<float>(10, 0.0f));
    EXPECT_FALSE(tones.set({}, -10.0, 8000.0));
    EXPECT_FALSE(tones.set(std::vector { 4000.0 }, -10.0, 8000.0));
    EXPECT_FALSE(tones.set(std::vector { 1000.0, 0.0 }, -10.0, 8000.0));
    EXPECT_FALSE(tones.set(std::vector { 1000.0 }, silenceDb, 8000.0));
    EXPECT_FALSE(tones.set(std::vector<double>(MultiTone::mostTones + 1, 1000.0), -10.0, 8000.0));
}

TEST(LogSweep, GoesThroughEachOctaveInTheSameTimeAtOneLevel)
{
    for (const auto& [from, to] : { std::pair { 100.0, 3200.0 }, std::pair { 3200.0, 100.0 } })
    {
        const auto sound = logSweep(from, to, -20.0, 5.0, 8000.0);
        ASSERT_EQ(sound.size(), 40000u);
        for (size_t second = 0; second < 5; ++second)
        {
            const auto part = std::span(sound).subspan(second * 8000 + 400, 7200);
            EXPECT_NEAR(levelOf(part), -20.0, 0.1) << second;
            // It is at the middle of the second's octave in its middle: count the changes of sign in 0.1 s around it.
            const auto octave = (static_cast<double>(second) + 0.5) * (to > from ? 1.0 : -1.0);
            int changes = 0;
            for (size_t i = second * 8000 + 3600; i < second * 8000 + 4400; ++i)
                changes += (sound[i] < 0.0f) != (sound[i + 1] < 0.0f) ? 1 : 0;
            EXPECT_NEAR(changes / 0.2, from * std::exp2(octave), 0.03 * from * std::exp2(octave) + 5.0) << second;
        }
        EXPECT_NEAR(levelOf(sound), -20.0, 0.1);
    }
}

TEST(LogSweep, RefusesWhatItCannotBe)
{
    EXPECT_TRUE(logSweep(100.0, 4000.0, -20.0, 1.0, 8000.0).empty());
    EXPECT_TRUE(logSweep(0.0, 1000.0, -20.0, 1.0, 8000.0).empty());
    EXPECT_TRUE(logSweep(100.0, 1000.0, -20.0, 0.0, 8000.0).empty());
    EXPECT_TRUE(logSweep(100.0, 1000.0, 4.0, 1.0, 8000.0).empty());
    EXPECT_EQ(logSweep(1000.0, 1000.0, -20.0, 1.0, 8000.0).size(), 8000u) << "a sweep that stays is a tone";
}
