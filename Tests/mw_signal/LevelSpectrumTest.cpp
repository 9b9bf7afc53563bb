#include <mw_signal/mw_signal.h>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace mw::test
{
namespace
{

std::vector<float> sineOf(size_t count, double hz, double dbm0, double rateHz, Law law)
{
    std::vector<float> samples(count);
    const auto amplitude = sineAmplitudeFromDbm0(dbm0, law);
    for (size_t i = 0; i < count; ++i)
        samples[i] = static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / rateHz + 0.3));
    return samples;
}

TEST(LevelSpectrum, ReadsASinesLevelAndFrequencyWhereverBetweenTheBinsItLies)
{
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
        for (const auto law : { Law::mu, Law::a })
            for (const auto level : { 3.0, -10.0, -60.0 })
                for (int step = 0; step <= 8; ++step)
                {
                    LevelSpectrum spectrum(rate, law);
                    const auto bin = std::round(1004.0 / spectrum.binHz()) + 0.125 * step;
                    const auto hz = bin * spectrum.binHz();
                    const auto levels = spectrum.analyse(sineOf(spectrum.length(), hz, level, rate, law));
                    ASSERT_EQ(levels.size(), spectrum.length() / 2 + 1);
                    const auto peak = spectrum.strongest();
                    EXPECT_NEAR(peak.levelDbm0, level, 0.01) << rate << " Hz, bin " << bin;
                    EXPECT_NEAR(peak.frequencyHz, hz, spectrum.binHz() / 20.0) << rate << " Hz, bin " << bin;
                }
}

TEST(LevelSpectrum, ShowsNothingBesideASineButItsMainLobe)
{
    LevelSpectrum spectrum(16000.0, Law::mu);
    const auto levels = spectrum.analyse(sineOf(spectrum.length(), 300.37 * spectrum.binHz(), 3.0, 16000.0, Law::mu));
    for (size_t k = 0; k < levels.size(); ++k)
    {
        if (std::abs(static_cast<double>(k) - 300.37) > LevelSpectrum::mainLobeBins)
        {
            ASSERT_LT(levels[k], -108.0f) << "bin " << k;
        }
    }
}

TEST(LevelSpectrum, TellsSilenceAndADirectVoltage)
{
    LevelSpectrum spectrum(8000.0, Law::mu);
    const auto silent = spectrum.analyse(std::vector<float>(spectrum.length(), 0.0f));
    for (const auto level : silent)
        EXPECT_EQ(level, static_cast<float>(silenceDb));
    EXPECT_EQ(spectrum.strongest().levelDbm0, silenceDb);

    const auto direct = spectrum.analyse(std::vector<float>(spectrum.length(), 0.5f));
    EXPECT_NEAR(direct[0], dbm0FromRms(0.5 / std::numbers::sqrt2, Law::mu), 0.01) << "amplitude 0.5, not doubled";
    EXPECT_LT(spectrum.strongest().levelDbm0, -90.0) << "0 Hz is not a line";
}

TEST(LevelSpectrum, KeepsTwoTonesApart)
{
    LevelSpectrum spectrum(8000.0, Law::mu);
    auto both = sineOf(spectrum.length(), 697.0, -9.0, 8000.0, Law::mu);
    const auto high = sineOf(spectrum.length(), 1209.0, -7.0, 8000.0, Law::mu);
    for (size_t i = 0; i < both.size(); ++i)
        both[i] += high[i];
    const auto levels = spectrum.analyse(both);
    EXPECT_NEAR(spectrum.strongest().frequencyHz, 1209.0, spectrum.binHz() / 4.0);
    EXPECT_NEAR(spectrum.strongest().levelDbm0, -7.0, 0.02);
    EXPECT_NEAR(levels[static_cast<size_t>(std::lround(697.0 / spectrum.binHz()))], -9.0f, 0.02f);
}

} // namespace
} // namespace mw::test
