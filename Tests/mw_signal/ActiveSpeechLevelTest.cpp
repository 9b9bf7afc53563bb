#include "KnownSignals.h"

#include <gtest/gtest.h>

using namespace signaltest;
using mw::ActiveSpeechLevel;
using mw::Law;

namespace
{

/** Noise bursts of a known level, with digital silence between them. */
std::vector<float> bursts(double rateHz, double levelDbm0, double onSeconds, double offSeconds, int count, uint32_t seed)
{
    const auto on = static_cast<size_t>(rateHz * onSeconds);
    std::vector<float> signal;
    for (int i = 0; i < count; ++i)
    {
        const auto sound = whiteNoise(on, mw::rmsFromDbm0(levelDbm0, Law::mu), seed + static_cast<uint32_t>(i));
        signal.insert(signal.end(), sound.begin(), sound.end());
        signal.resize(signal.size() + static_cast<size_t>(rateHz * offSeconds), 0.0f);
    }
    return signal;
}

ActiveSpeechLevel meterOf(std::vector<float> signal, double rateHz, const std::vector<size_t>& lengths)
{
    ActiveSpeechLevel meter;
    EXPECT_TRUE(meter.prepare(rateHz));
    inBlocks(signal, lengths, [&](std::span<float> block) { meter.process(block); });
    return meter;
}

ActiveSpeechLevel meterOf(const std::vector<float>& signal, double rateHz) { return meterOf(signal, rateHz, { signal.size() }); }

/** What method B must say of bursts of steady noise, worked out on paper: after the sound began, the envelope is
    E (1 − (1 + t/T) e^(−t/T)), after its end E (1 + t/T) e^(−t/T), with E the mean of |x|; the active time of a burst runs from
    where it passes the threshold to where it falls below it, and 200 ms more. The threshold lies 15.9 dB below the level that
    comes out; bisection finds it.
    @returns the level above the burst's own [dB], and the activity factor */
std::pair<double, double> methodBOnPaper(double onSeconds, double offSeconds)
{
    constexpr double T = 0.03;
    const auto meanToRms = std::sqrt(2.0 / std::numbers::pi);  // of Gaussian noise
    const auto timeWhere = [](double wanted) {  // (1 + t/T) e^(−t/T) falls to `wanted`
        double low = 0.0, high = 3.0;
        for (int i = 0; i < 100; ++i)
        {
            const auto t = (low + high) / 2.0;
            ((1.0 + t / T) * std::exp(-t / T) > wanted ? low : high) = t;
        }
        return low;
    };
    double low = -20.0, high = 0.0, activity = 1.0;
    for (int i = 0; i < 100; ++i)
    {
        const auto levelDb = (low + high) / 2.0;
        const auto threshold = std::pow(10.0, (levelDb - 15.9) / 20.0) / meanToRms;  // of the envelope's plateau
        const auto rise = timeWhere(1.0 - threshold), fall = timeWhere(threshold);
        const auto gap = offSeconds - 0.2 - fall + rise;
        activity = gap > 0.0 ? 1.0 - gap / (onSeconds + offSeconds) : 1.0;
        const auto resultDb = 10.0 * std::log10(onSeconds / (onSeconds + offSeconds) / activity);
        (resultDb > levelDb ? low : high) = levelDb;
    }
    return { low, activity };
}

/** P.56 method B by its definition, on the whole recording: envelope into an array, then bisection of the threshold. Shares no
    code and no threshold with the class under test. */
std::pair<double, double> offline(const std::vector<float>& signal, double rateHz)
{
    const auto g = std::exp(-1.0 / (0.03 * rateHz));
    std::vector<double> envelope(signal.size());
    double p = 0.0, q = 0.0, energy = 0.0;
    for (size_t i = 0; i < signal.size(); ++i)
    {
        const auto x = static_cast<double>(signal[i]);
        energy += x * x;
        p = g * p + (1.0 - g) * std::abs(x);
        q = g * q + (1.0 - g) * p;
        envelope[i] = q;
    }
    const auto hang = static_cast<size_t>(std::ceil(0.2 * rateHz));
    double low = -120.0, high = 0.0, levelDb = 0.0;
    size_t active = 0;
    for (int round = 0; round < 60; ++round)
    {
        const auto thresholdDb = (low + high) / 2.0;
        const auto threshold = std::pow(10.0, thresholdDb / 20.0);
        active = 0;
        size_t left = 0;
        for (const auto value : envelope)
        {
            if (value >= threshold)
                left = hang + 1;
            if (left > 0)
            {
                ++active;
                --left;
            }
        }
        levelDb = active > 0 ? 10.0 * std::log10(energy / static_cast<double>(active)) : 1000.0;
        (active > 0 && levelDb - thresholdDb > 15.9 ? low : high) = thresholdDb;
    }
    return { levelDb, static_cast<double>(active) / static_cast<double>(signal.size()) };
}

} // namespace

TEST(ActiveSpeechLevel, ASteadyToneReadsItsRmsAndFullActivity)
{
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
        for (double level = -60.0; level <= 3.0; level += 9.0)
        {
            const auto reading = meterOf(sine(rate, 1004.0, mw::sineAmplitudeFromDbm0(level, Law::mu), 8.0), rate).reading();
            ASSERT_TRUE(reading.has_value()) << level;
            EXPECT_NEAR(reading->levelDbm0(Law::mu), level, 0.05) << rate;
            EXPECT_GT(reading->activity, 0.995);
        }
}

TEST(ActiveSpeechLevel, BurstsOfAKnownDutyCycleReadWhatMethodBMustSay)
{
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
        for (const auto level : { -60.0, -45.0, -26.0, -16.0, -10.0 })
            for (const auto& [on, off] : std::vector<std::pair<double, double>> { { 1.0, 1.0 }, { 2.0, 0.5 }, { 0.4, 1.6 }, { 0.3, 0.15 } })
            {
                const auto count = static_cast<int>(std::ceil(12.0 / (on + off)));
                const auto reading = meterOf(bursts(rate, level, on, off, count, 77), rate).reading();
                ASSERT_TRUE(reading.has_value());
                const auto [aboveDb, activity] = methodBOnPaper(on, off);
                EXPECT_NEAR(reading->levelDbm0(Law::mu), level + aboveDb, 0.2) << rate << " Hz, " << on << " s on, " << off << " s off";
                EXPECT_NEAR(reading->activity, activity, 0.02);
            }
}

TEST(ActiveSpeechLevel, LongBurstsReadTheirOwnLevelWhateverThePausesShare)
{
    // With 8 s of sound each time, hangover and decay are 3 % of the active time: the level of the sound itself, within 0.2 dB.
    const auto reading = meterOf(bursts(8000.0, -20.0, 8.0, 24.0, 2, 5), 8000.0).reading();
    ASSERT_TRUE(reading.has_value());
    EXPECT_NEAR(reading->levelDbm0(Law::mu), -20.0, 0.2);
    EXPECT_NEAR(reading->activity, 0.25, 0.015);
}

TEST(ActiveSpeechLevel, SpeechReadsWhatTheDefinitionSaysOffline)
{
    const auto prompts = debianPrompts(24);
    ASSERT_EQ(prompts.size(), 24u) << "package asterisk-core-sounds-en-wav";
    double worstDb = 0.0;
    for (size_t i = 0; i < prompts.size(); ++i)
    {
        const auto speech = readWav8k(prompts[i]);
        const auto reading = meterOf(speech, 8000.0, cuts(speech.size(), 0, static_cast<uint32_t>(i + 1))).reading();
        ASSERT_TRUE(reading.has_value()) << prompts[i];
        const auto [levelDbov, activity] = offline(speech, 8000.0);
        EXPECT_NEAR(mw::dbovFromRms(reading->rms), levelDbov, 0.1) << prompts[i];
        EXPECT_NEAR(reading->activity, activity, 0.02) << prompts[i];
        worstDb = std::max(worstDb, std::abs(mw::dbovFromRms(reading->rms) - levelDbov));
    }
    RecordProperty("worstDb", std::to_string(worstDb));
}

TEST(ActiveSpeechLevel, LevelFollowsTheGainAndActivityDoesNot)
{
    const auto prompts = debianPrompts(1);
    ASSERT_FALSE(prompts.empty());
    auto speech = readWav8k(prompts.front());
    const auto loud = meterOf(speech, 8000.0).reading();
    for (auto& sample : speech)
        sample *= 0.1f;
    const auto quiet = meterOf(speech, 8000.0).reading();
    ASSERT_TRUE(loud.has_value() && quiet.has_value());
    EXPECT_NEAR(loud->levelDbm0(Law::mu) - quiet->levelDbm0(Law::mu), 20.0, 0.05);
    EXPECT_NEAR(loud->activity, quiet->activity, 0.01);
}

TEST(ActiveSpeechLevel, NoiseInThePausesIsMeasuredWhereThereArePauses)
{
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
        for (const auto floorDbm0 : { -75.0, -60.0, -45.0 })
        {
            auto signal = bursts(rate, -20.0, 1.0, 1.0, 6, 3);
            const auto noise = whiteNoise(signal.size(), mw::rmsFromDbm0(floorDbm0, Law::mu), 99);
            for (size_t i = 0; i < signal.size(); ++i)
                signal[i] += noise[i];
            const auto pauses = meterOf(signal, rate).pauses();
            ASSERT_TRUE(pauses.has_value()) << floorDbm0;
            EXPECT_NEAR(mw::dbm0FromRms(pauses->rms, Law::mu), floorDbm0, 0.2) << rate;
            EXPECT_GT(pauses->seconds, 2.5);
            EXPECT_LT(pauses->seconds, 6.0);
        }
}

TEST(ActiveSpeechLevel, WithoutPausesThereIsNoNoiseFloor)
{
    EXPECT_FALSE(meterOf(sine(8000.0, 1000.0, 0.1, 10.0), 8000.0).pauses().has_value()) << "a tone that never pauses";
    EXPECT_FALSE(meterOf(whiteNoise(80000, 0.01, 4), 8000.0).pauses().has_value()) << "noise that never pauses";
    EXPECT_FALSE(meterOf(bursts(8000.0, -20.0, 1.0, 0.6, 1, 3), 8000.0).pauses().has_value()) << "less than half a second of it";

    const auto silent = meterOf(bursts(8000.0, -20.0, 1.0, 1.0, 4, 3), 8000.0).pauses();
    ASSERT_TRUE(silent.has_value());
    EXPECT_EQ(silent->rms, 0.0) << "digital silence";
}

TEST(ActiveSpeechLevel, NothingIsMeasuredOfNothing)
{
    ActiveSpeechLevel meter;
    EXPECT_FALSE(meter.prepare(100.0));
    meter.process(std::vector<float>(100, 0.5f));
    EXPECT_FALSE(meter.reading().has_value()) << "not prepared";
    ASSERT_TRUE(meter.prepare(8000.0));
    EXPECT_FALSE(meter.reading().has_value());
    meter.process(std::vector<float>(8000, 0.0f));
    EXPECT_FALSE(meter.reading().has_value()) << "silence";
    meter.process(std::vector<float>(80000, 1e-6f));
    EXPECT_FALSE(meter.reading().has_value()) << "below the lowest threshold";
    EXPECT_EQ(meter.samples(), 88000u);
}

TEST(ActiveSpeechLevel, TheSameHoweverItIsCut)
{
    auto signal = bursts(16000.0, -18.0, 0.5, 0.6, 3, 12);
    const auto noise = whiteNoise(signal.size(), 0.0003, 8);
    for (size_t i = 0; i < signal.size(); ++i)
        signal[i] += noise[i];
    const auto whole = meterOf(signal, 16000.0);
    for (const auto& lengths : allCuts(signal.size()))
    {
        const auto cut = meterOf(signal, 16000.0, lengths);
        EXPECT_EQ(cut.reading()->rms, whole.reading()->rms);
        EXPECT_EQ(cut.reading()->activity, whole.reading()->activity);
        EXPECT_EQ(cut.pauses()->rms, whole.pauses()->rms);
        EXPECT_EQ(cut.pauses()->seconds, whole.pauses()->seconds);
    }
}
