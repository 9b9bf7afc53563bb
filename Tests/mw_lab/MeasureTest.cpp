#include "LabBench.h"

#include <mw_lab/measure/Expectations.h>
#include <mw_lab/measure/LegAnalyser.h>

#include <gtest/gtest.h>

#include <random>

namespace mw::lab_test
{

namespace
{

std::vector<float> dtmfSound(const std::string& digits, int onMs, int offMs, int rateHz = 8000)
{
    DtmfSettings settings;
    settings.sequence = DtmfSequence::parse(digits).value();
    settings.onMs = onMs;
    settings.offMs = offMs;
    DtmfOscillator oscillator;
    oscillator.prepare(rateHz);
    oscillator.play(settings);
    std::vector<float> sound(static_cast<size_t>(digits.size()) * static_cast<size_t>((onMs + offMs) * rateHz / 1000));
    oscillator.render(sound);
    return sound;
}

void append(std::vector<float>& to, const std::vector<float>& what) { to.insert(to.end(), what.begin(), what.end()); }

LegAnalysis analyse(const std::vector<float>& sound, int rateHz = 8000)
{
    Background background(Background::Mode::byHand);
    LegAnalyser analyser(rateHz, Law::mu, nullptr, background);
    EXPECT_TRUE(analyser.start().ok());
    for (size_t at = 0; at < sound.size(); at += 160)
    {
        analyser.fifo()->write(std::span(sound).subspan(at, std::min<size_t>(160, sound.size() - at)));
        background.runByHand();
    }
    return analyser.finish();
}

} // namespace

TEST(ActiveLevel, ASteadyToneReadsItsLevel)
{
    for (const auto level : { 0.0, -10.0, -30.0, -49.0 })
        for (const auto law : { Law::mu, Law::a })
        {
            ActiveLevel meter(8000, law);
            std::vector<float> sound(16000);
            for (size_t i = 0; i < sound.size(); ++i)
                sound[i] = static_cast<float>(sineAmplitudeFromDbm0(level, law) * std::sin(0.25 * 3.14159265358979 * static_cast<double>(i)));
            meter.process(sound);
            ASSERT_TRUE(meter.levelDbm0().has_value());
            EXPECT_NEAR(*meter.levelDbm0(), level, 0.001);
            EXPECT_DOUBLE_EQ(meter.activeSeconds(), 2.0);
        }
}

TEST(ActiveLevel, PausesAreNotCounted)
{
    ActiveLevel meter(8000, Law::mu);
    std::vector<float> sound;
    for (int i = 0; i < 5; ++i)
    {
        append(sound, sine(1000.0, -20.0, 0.2));
        append(sound, std::vector<float>(1600, 0.0f));
    }
    std::mt19937 random(1);
    for (size_t at = 0; at < sound.size();)
    {
        const auto count = std::min<size_t>(1 + random() % 500, sound.size() - at);
        meter.process(std::span(sound).subspan(at, count));
        at += count;
    }
    EXPECT_NEAR(*meter.levelDbm0(), -20.0, 0.01);
    EXPECT_NEAR(meter.activeSeconds(), 1.0, 1e-9);
    EXPECT_EQ(meter.samples(), sound.size());
    EXPECT_NEAR(meter.peak(), sineAmplitudeFromDbm0(-20.0, Law::mu), 1e-4);
}

TEST(ActiveLevel, NothingAboveTheFloorIsNoLevel)
{
    ActiveLevel meter(8000, Law::mu);
    EXPECT_FALSE(meter.levelDbm0().has_value());
    meter.process(sine(1000.0, -51.0, 1.0));
    meter.process(std::vector<float>(8000, 0.0f));
    EXPECT_FALSE(meter.levelDbm0().has_value());
    EXPECT_EQ(meter.activeSeconds(), 0.0);
    EXPECT_EQ(meter.clippedSamples(), 0u);
    meter.process(std::vector<float>(3, -1.0f));
    EXPECT_EQ(meter.clippedSamples(), 3u);
}

TEST(LegAnalyser, ReadsToneLevelAndDigits)
{
    for (const auto rate : { 8000, 16000 })
    {
        std::vector<float> sound(static_cast<size_t>(rate / 2), 0.0f);
        append(sound, sine(1000.0, -13.0, 3.0, rate));
        append(sound, std::vector<float>(static_cast<size_t>(rate / 2), 0.0f));
        append(sound, dtmfSound("159D*", 80, 80, rate));
        const auto heard = analyse(sound, rate);

        EXPECT_NEAR(heard.seconds, 4.8, 1e-6);
        EXPECT_EQ(heard.missedSamples, 0u);
        EXPECT_EQ(LegAnalysis::textOf(heard.digits), "159D*") << rate;
        EXPECT_EQ(LegAnalysis::textOf(heard.digitsInMix), "159D*") << rate;
        const auto* tone = heard.mainTone();
        ASSERT_NE(tone, nullptr);
        EXPECT_NEAR(tone->frequencyHz, 1000.0, 0.01);
        EXPECT_NEAR(tone->levelDbm0, -13.0, 0.01);
        EXPECT_NEAR(tone->startS, 0.5, 0.501);
        EXPECT_GE(tone->endS - tone->startS, 2.0);
        ASSERT_EQ(heard.digits.size(), 5u);
        EXPECT_NEAR(static_cast<double>(heard.digits[0].startSample) / rate, 4.0, 0.005);
        EXPECT_NEAR(heard.digits[0].lowDbm0, -11.0, 0.3);
        EXPECT_NEAR(heard.digits[0].twistDb, 2.0, 0.3);
    }
}

TEST(LegAnalyser, DigitsStandOnTheEnginesClockBehindAStallToo)
{
    constexpr int rateHz = 8000;
    constexpr int64_t startNs = 7'000'000'000, stallNs = 300'000'000;
    std::vector<float> sound(rateHz / 2, 0.0f);
    append(sound, dtmfSound("15", 80, 420));
    Background background(Background::Mode::byHand);
    LegAnalyser analyser(rateHz, Law::mu, nullptr, background);
    ASSERT_TRUE(analyser.start().ok());
    for (size_t at = 0; at < sound.size(); at += 160)
    {
        const auto lateNs = at >= 6400 ? stallNs : 0;  // in the pause between the two
        analyser.fifo()->write(std::span(sound).subspan(at, 160), startNs + static_cast<int64_t>(at) * 1'000'000'000 / rateHz + lateNs);
        if (at % 960 == 0)
            background.runByHand();
    }
    const auto& heard = analyser.finish();
    ASSERT_EQ(heard.digitTimes.size(), 2u);
    EXPECT_EQ(heard.digitTimes[1].digit, '5');
    EXPECT_NEAR(static_cast<double>(heard.digitTimes[0].startNs - startNs) * 1e-6, 500.0, 2.0);
    EXPECT_NEAR(static_cast<double>(heard.digitTimes[1].startNs - startNs) * 1e-6, 1300.0, 2.0);
    EXPECT_NEAR(heard.digitTimes[0].durationMs, 80.0, 2.0);
    EXPECT_EQ(analyse(sound).digitTimes.at(0).startNs, 0) << "sound without a time";
}

TEST(LegAnalyser, SilenceMeasuresNothing)
{
    const auto heard = analyse(std::vector<float>(16000, 0.0f));
    EXPECT_NEAR(heard.seconds, 2.0, 1e-9);
    EXPECT_FALSE(heard.levelDbm0.has_value());
    EXPECT_EQ(heard.mainTone(), nullptr);
    EXPECT_TRUE(heard.digits.empty());
    EXPECT_EQ(heard.activeSeconds, 0.0);
}

TEST(Expectations, HoldFailAndAreNotMeasured)
{
    SinkRoleConfig config;
    config.expectDtmf = DtmfSequence::parse("1,23").value();
    config.expectLevel = SinkRoleConfig::Level { -10.0, 0.5 };
    config.expectTone = SinkRoleConfig::Tone { 1000.0, 1.0 };
    config.minSeconds = 2.0;

    const auto nothing = evaluate(config, LegAnalysis {}, {});
    ASSERT_EQ(nothing.size(), 4u);
    EXPECT_EQ(nothing[0].outcome, ExpectationOutcome::notMeasured);
    EXPECT_EQ(nothing[1].outcome, ExpectationOutcome::notMeasured);
    EXPECT_EQ(nothing[2].outcome, ExpectationOutcome::notMeasured);
    EXPECT_EQ(nothing[3].outcome, ExpectationOutcome::failed);
    EXPECT_FALSE(nothing[1].measuredValue.has_value());

    LegAnalysis heard;
    heard.seconds = 5.0;
    heard.activeSeconds = 2.5;
    heard.levelDbm0 = -10.5;
    heard.tones.push_back({ 0.0, 1.0, 1000.9, -10.0 });
    for (const auto digit : std::string("123"))
    {
        heard.digits.emplace_back();
        heard.digits.back().digit = digit;
    }
    for (const auto& result : evaluate(config, heard, {}))
        EXPECT_EQ(result.outcome, ExpectationOutcome::held) << result.line();

    heard.levelDbm0 = -10.51;
    heard.tones[0].frequencyHz = 998.9;
    heard.activeSeconds = 1.99;
    heard.digits.pop_back();
    heard.digitsInMix = heard.digits;
    for (const auto& result : evaluate(config, heard, {}))
        EXPECT_EQ(result.outcome, ExpectationOutcome::failed) << result.line();
    EXPECT_EQ(evaluate(config, heard, {})[1].line(), "level: expected −10.00 ± 0.50 dBm0, measured −10.51 dBm0: failed");

    // No other digit, and in this order.
    heard.digits.clear();
    heard.digitsInMix.clear();
    for (const auto digit : std::string("132"))
    {
        heard.digits.emplace_back();
        heard.digits.back().digit = digit;
    }
    EXPECT_EQ(evaluate(config, heard, {})[0].outcome, ExpectationOutcome::failed);
    config.expectDtmf = DtmfSequence {};
    EXPECT_EQ(evaluate(config, heard, {})[0].outcome, ExpectationOutcome::failed) << "digits where none were expected";
}

TEST(Expectations, TheReadingBesideOtherSoundCountsOnlyForDigitsThatWereMasked)
{
    SinkRoleConfig config;
    config.expectDtmf = DtmfSequence::parse("123").value();
    const auto outcomeOf = [&config](const std::string& quiet, const std::string& inMix) {
        LegAnalysis heard;
        heard.seconds = 5.0;
        for (const auto digit : quiet)
            heard.digits.emplace_back().digit = digit;
        for (const auto digit : inMix)
            heard.digitsInMix.emplace_back().digit = digit;
        return evaluate(config, heard, {})[0].outcome;
    };
    EXPECT_EQ(outcomeOf("13", "123"), ExpectationOutcome::held) << "2 was masked";
    EXPECT_EQ(outcomeOf("", "123"), ExpectationOutcome::held);
    EXPECT_EQ(outcomeOf("1123", "123"), ExpectationOutcome::failed) << "a short 1 came before";
    EXPECT_EQ(outcomeOf("143", "123"), ExpectationOutcome::failed);
    EXPECT_EQ(outcomeOf("12", "1223"), ExpectationOutcome::failed);
}

} // namespace mw::lab_test
