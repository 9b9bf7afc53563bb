#include "SignalTools.h"

#include <gtest/gtest.h>

#include <limits>

using namespace signaltest;
using mw::DtmfOscillator;
using mw::Law;

namespace
{

const std::string allDigits = "0123456789ABCD*#";

std::vector<float> rendered(const mw::DtmfSettings& settings, double rateHz, size_t samples)
{
    DtmfOscillator oscillator;
    EXPECT_TRUE(oscillator.prepare(rateHz));
    EXPECT_TRUE(oscillator.play(settings));
    std::vector<float> signal(samples, 99.0f);
    oscillator.render(signal);
    return signal;
}

/** The nearest sample to a time, from integers only. */
size_t sampleAt(uint64_t ms, double rateHz) { return static_cast<size_t>((ms * static_cast<uint64_t>(rateHz) + 500) / 1000); }

} // namespace

TEST(DtmfOscillator, Finding16_BadRatesAreRefused)
{
    DtmfOscillator oscillator;
    for (const auto rate : { 0.0, -8000.0, 7999.9, 192000.1, 1e300, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN() })
    {
        EXPECT_FALSE(oscillator.prepare(rate)) << rate;
        EXPECT_FALSE(oscillator.play(settingsFor("1")));
    }
    std::vector<float> block(100, 1.0f);
    oscillator.render(block);
    EXPECT_EQ(block, std::vector<float>(100, 0.0f)) << "unprepared is silent";
    EXPECT_TRUE(oscillator.prepare(8000.0));
    EXPECT_TRUE(oscillator.play(settingsFor("1")));
    EXPECT_FALSE(oscillator.prepare(1.0));
    EXPECT_TRUE(oscillator.isPlaying()) << "a refused rate changes nothing";
}

TEST(DtmfOscillator, Finding02_EmptySequenceIsSilence)
{
    for (const auto loop : { false, true })
    {
        DtmfOscillator oscillator;
        ASSERT_TRUE(oscillator.prepare(8000.0));
        auto settings = settingsFor("");
        settings.loop = loop;
        ASSERT_TRUE(oscillator.play(settings));
        std::vector<float> signal(20000, 1.0f);
        oscillator.render(signal);
        EXPECT_EQ(signal, std::vector<float>(20000, 0.0f));
        EXPECT_FALSE(oscillator.isPlaying());
        EXPECT_EQ(oscillator.digitsStarted(), 0u);
    }
}

TEST(DtmfOscillator, Finding02_EveryLengthPlaysThatManyDigits)
{
    DtmfOscillator oscillator;
    ASSERT_TRUE(oscillator.prepare(8000.0));
    uint32_t expected = 0;
    for (size_t length = 0; length <= mw::DtmfSequence::maxLength; ++length)
    {
        std::string digits;
        for (size_t i = 0; i < length; ++i)
            digits += allDigits[i % allDigits.size()];
        ASSERT_TRUE(oscillator.play(settingsFor(digits, 10, 10)));
        std::vector<float> signal(length * 160 + 400);
        oscillator.render(signal);
        expected += static_cast<uint32_t>(length);
        EXPECT_EQ(oscillator.digitsStarted(), expected) << length;
        EXPECT_FALSE(oscillator.isPlaying());
        for (size_t i = 0; i < length; ++i)
        {
            EXPECT_GT(rmsOf(std::span(signal).subspan(i * 160 + 16, 48)), 0.05);
            EXPECT_EQ(rmsOf(std::span(signal).subspan(i * 160 + 80, 80)), 0.0);
        }
    }
}

TEST(DtmfOscillator, Finding02_EveryLengthLoopsWithoutADivisionByIt)
{
    // Three rounds of each length, rendered and skipped, at a rate at which no duration is a whole number of samples.
    for (size_t length = 0; length <= mw::DtmfSequence::maxLength; ++length)
    {
        std::string digits;
        for (size_t i = 0; i < length; ++i)
            digits += allDigits[(i * 7 + length) % allDigits.size()];
        auto settings = settingsFor(digits, 11, 13);
        settings.loop = true;
        settings.gapMs = 7;
        DtmfOscillator rendering, skipping;
        for (auto* each : { &rendering, &skipping })
        {
            ASSERT_TRUE(each->prepare(11025.0));
            ASSERT_TRUE(each->play(settings));
        }
        const auto rounds = sampleAt(3 * (24 * length + (length > 0 ? 7 : 0)), 11025.0);
        std::vector<float> signal(rounds + 1);
        rendering.render(std::span(signal).first(rounds));
        skipping.skip(rounds);
        EXPECT_EQ(rendering.digitsStarted(), 3 * length);
        EXPECT_EQ(skipping.digitsStarted(), 3 * length);
        EXPECT_EQ(rendering.isPlaying(), length > 0) << "a loop of nothing has nothing to play";
        rendering.render(std::span(signal).last(1));
        EXPECT_EQ(rendering.currentDigit(), length > 0 ? digits.front() : 0) << "the fourth round begins on this sample";
        EXPECT_EQ(rmsOf(signal) > 0.0, length > 0);
    }
}

TEST(DtmfOscillator, OutputIsBitIdenticalForAnyBlocks)
{
    for (const auto rate : rates)
    {
        auto settings = settingsFor("12,A#9", 37, 23);
        settings.loop = true;
        settings.gapMs = 41;
        const auto total = static_cast<size_t>(rate * 1.1);
        const auto whole = rendered(settings, rate, total);
        for (const auto& lengths : allCuts(total))
        {
            DtmfOscillator oscillator;
            ASSERT_TRUE(oscillator.prepare(rate));
            ASSERT_TRUE(oscillator.play(settings));
            std::vector<float> signal(total);
            inBlocks(signal, lengths, [&](auto block) { oscillator.render(block); });
            ASSERT_EQ(signal, whole) << rate << " Hz, blocks of " << lengths.front();
        }
    }
}

TEST(DtmfOscillator, AddAddsWhatRenderWrites)
{
    const auto settings = settingsFor("159D", 30, 20);
    const auto whole = rendered(settings, 16000.0, 4000);
    DtmfOscillator oscillator;
    ASSERT_TRUE(oscillator.prepare(16000.0));
    ASSERT_TRUE(oscillator.play(settings));
    std::vector<float> signal(4000, 0.25f);
    inBlocks(signal, cuts(4000, 0, 7), [&](auto block) { oscillator.add(block); });
    for (size_t i = 0; i < signal.size(); ++i)
        ASSERT_EQ(signal[i], 0.25f + whole[i]);
}

TEST(DtmfOscillator, BoundariesFallOnTheNearestSample)
{
    for (const auto rate : { 8000.0, 11025.0, 16000.0, 22050.0, 32000.0, 44100.0, 48000.0 })
    {
        const std::string digits = "1,5#,,D";
        const auto signal = rendered(settingsFor(digits, 33, 17), rate, sampleAt(50 * digits.size() + 20, rate));
        uint64_t ms = 0;
        size_t checkedUpTo = 0;
        for (const auto digit : digits)
        {
            if (digit != ',')
            {
                const auto begin = sampleAt(ms, rate), end = sampleAt(ms + 33, rate);
                for (auto i = checkedUpTo; i < begin; ++i)
                    ASSERT_EQ(signal[i], 0.0f) << rate << ": silence before sample " << begin;
                // Phase 0 makes the first sample zero; the edge makes its neighbours small, but not zero.
                EXPECT_NE(signal[begin + 1], 0.0f) << rate;
                EXPECT_NE(signal[end - 1], 0.0f) << rate;
                checkedUpTo = end;
            }
            ms += 50;
        }
        for (auto i = checkedUpTo; i < signal.size(); ++i)
            ASSERT_EQ(signal[i], 0.0f);
    }
}

TEST(DtmfOscillator, FrequenciesAreWithinOneThousandthOfAPercent)
{
    for (const auto rate : rates)
        for (const auto digit : allDigits)
        {
            const auto signal = rendered(settingsFor(std::string(1, digit), 1000, 10), rate, static_cast<size_t>(rate));
            const auto steady = std::span(signal).subspan(static_cast<size_t>(rate * 0.01), static_cast<size_t>(rate * 0.98));
            const auto tones = mw::dtmfTonesOf(digit);
            EXPECT_NEAR(frequencyNear(steady, tones.lowHz, rate) / tones.lowHz, 1.0, 1e-5) << digit << rate;
            EXPECT_NEAR(frequencyNear(steady, tones.highHz, rate) / tones.highHz, 1.0, 1e-5) << digit << rate;
        }
}

TEST(DtmfOscillator, LevelsFollowTheLawAndTheTwist)
{
    for (const auto law : { Law::mu, Law::a })
        for (const auto& [lowDbm0, twistDb] : std::vector<std::pair<double, double>> { { -11, 2 }, { 0, -8 }, { -25, 4 }, { -60, -20 }, { -20, 20 } })
        {
            auto settings = settingsFor("6", 500, 10);
            settings.lowDbm0 = lowDbm0;
            settings.twistDb = twistDb;
            settings.law = law;
            const auto signal = rendered(settings, 16000.0, 8000);
            const auto steady = std::span(signal).subspan(100, 7800);
            const auto levelOf = [&](double hz) { return 20.0 * std::log10(amplitudeAt(steady, hz, 16000.0)) + (law == Law::mu ? 3.17 : 3.14); };
            EXPECT_NEAR(levelOf(770.0), lowDbm0, 0.005);
            EXPECT_NEAR(levelOf(1477.0), lowDbm0 + twistDb, 0.005);
        }
}

TEST(DtmfOscillator, UnwantedProductsAreBelowMinus60Db)
{
    for (const auto rate : rates)
        for (const auto digit : { '1', '8', 'D' })
        {
            const auto signal = rendered(settingsFor(std::string(1, digit), 300, 10), rate, static_cast<size_t>(rate * 0.3));
            const auto steady = std::span(signal).subspan(static_cast<size_t>(rate * 0.02), static_cast<size_t>(rate * 0.1));
            const auto tones = mw::dtmfTonesOf(digit);
            const auto lower = std::min(amplitudeAt(steady, tones.lowHz, rate), amplitudeAt(steady, tones.highHz, rate));
            for (double hz = 60.0; hz < rate / 2.0; hz += 20.0)  // the window is wider than that: nothing falls between
                if (std::abs(hz - tones.lowHz) > 50.0 && std::abs(hz - tones.highHz) > 50.0)
                {
                    ASSERT_LT(amplitudeAt(steady, hz, rate), lower * 1e-3) << hz << " Hz at " << rate;
                }
        }
}

TEST(DtmfOscillator, EdgesAreTwoMillisecondsOfRaisedCosineInsideTheOnTime)
{
    for (const auto rate : rates)
    {
        const auto signal = rendered(settingsFor("5", 20, 10), rate, static_cast<size_t>(rate * 0.03));
        const auto on = static_cast<size_t>(rate * 0.02), edge = static_cast<size_t>(rate * 0.002);
        const auto low = mw::sineAmplitudeFromDbm0(-11.0, Law::mu), high = mw::sineAmplitudeFromDbm0(-9.0, Law::mu);
        for (size_t i = 0; i < on; ++i)
        {
            const auto t = 2.0 * std::numbers::pi * static_cast<double>(i) / rate;
            const auto toEdge = std::min(i, on - 1 - i);
            const auto shape = toEdge < edge ? 0.5 - 0.5 * std::cos(std::numbers::pi * (static_cast<double>(toEdge) + 0.5) / static_cast<double>(edge)) : 1.0;
            ASSERT_NEAR(signal[i], shape * (low * std::sin(770.0 * t) + high * std::sin(1336.0 * t)), 2e-7) << i;
        }
        EXPECT_EQ(rmsOf(std::span(signal).subspan(on)), 0.0);
    }
}

TEST(DtmfOscillator, Finding16_ADayOfALoopDoesNotDrift)
{
    for (const auto rate : everyRate)
    {
        auto settings = settingsFor("159D", 33, 34);
        settings.loop = true;
        settings.gapMs = 41;  // one round is 309 ms, no whole number of samples at 22 050 or 44 100 Hz
        DtmfOscillator oscillator;
        ASSERT_TRUE(oscillator.prepare(rate));
        ASSERT_TRUE(oscillator.play(settings));

        const uint64_t rounds = 24ull * 3600 * 1000 / 309;
        const auto start = sampleAt(rounds * 309, rate);
        uint64_t left = start;
        oscillator.skip(left / 3);  // in parts that do not meet the boundaries
        left -= left / 3;
        oscillator.skip(left);
        EXPECT_EQ(oscillator.digitsStarted(), rounds * 4);

        std::vector<float> day(static_cast<size_t>(rate * 0.03));
        oscillator.render(day);
        EXPECT_EQ(oscillator.digitsStarted(), rounds * 4 + 1) << "the round begins on this very sample";
        EXPECT_EQ(day, rendered(settings, rate, day.size())) << "and sounds as the first one did";
        EXPECT_EQ(oscillator.currentDigit(), '1');
    }
}

TEST(DtmfOscillator, SkipIsTheSameAsRendering)
{
    auto settings = settingsFor("1,9", 31, 17);
    settings.loop = true;
    settings.gapMs = 13;
    for (const auto rate : { 8000.0, 44100.0 })
        for (const size_t length : { 1, 79, 500, 4321, 44100 })
        {
            DtmfOscillator skipping, rendering;
            for (auto* each : { &skipping, &rendering })
            {
                ASSERT_TRUE(each->prepare(rate));
                ASSERT_TRUE(each->play(settings));
            }
            std::vector<float> thrownAway(length), a(2000), b(2000);
            rendering.render(thrownAway);
            skipping.skip(length);
            EXPECT_EQ(skipping.currentDigit(), rendering.currentDigit()) << length;
            EXPECT_EQ(skipping.digitsStarted(), rendering.digitsStarted());
            rendering.render(a);
            skipping.render(b);
            EXPECT_EQ(a, b) << length;
        }
}

TEST(DtmfOscillator, ANewSequenceReplacesTheOldOneWholeAndStartsOnTheSample)
{
    for (const auto rate : rates)
    {
        DtmfOscillator oscillator;
        ASSERT_TRUE(oscillator.prepare(rate));
        ASSERT_TRUE(oscillator.play(settingsFor("1111")));
        const auto before = static_cast<size_t>(rate * 0.0503), edge = static_cast<size_t>(rate * 0.002);
        std::vector<float> signal(static_cast<size_t>(rate * 0.2));
        oscillator.render(std::span(signal).first(before));
        ASSERT_TRUE(oscillator.play(settingsFor("9", 60, 40)));
        oscillator.render(std::span(signal).subspan(before));

        const auto alone = rendered(settingsFor("9", 60, 40), rate, signal.size() - before);
        for (size_t i = edge; i < alone.size(); ++i)
            ASSERT_EQ(signal[before + i], alone[i]) << "after the fade of 2 ms only the new sequence sounds";
        EXPECT_FALSE(oscillator.isPlaying());

        // The steepest bend of the two tones at full level, with a margin for the edges; a step would be far above.
        const auto tones = mw::sineAmplitudeFromDbm0(-9.0, Law::mu) * 2.0 * std::pow(2.0 * std::numbers::pi * 1477.0 / rate, 2.0);
        EXPECT_LT(sharpestBend(signal), 2.0 * tones);
    }
}

TEST(DtmfOscillator, StopFadesOutInTwoMilliseconds)
{
    DtmfOscillator oscillator;
    ASSERT_TRUE(oscillator.prepare(48000.0));
    ASSERT_TRUE(oscillator.play(settingsFor("3")));
    std::vector<float> signal(4800);
    oscillator.render(std::span(signal).first(2400));
    oscillator.stop();
    EXPECT_TRUE(oscillator.isPlaying()) << "the fade sounds";
    oscillator.render(std::span(signal).subspan(2400));
    EXPECT_NE(signal[2400 + 10], 0.0f);
    EXPECT_EQ(rmsOf(std::span(signal).subspan(2496)), 0.0);
    EXPECT_EQ(oscillator.currentDigit(), 0);
    EXPECT_FALSE(oscillator.isPlaying());
    EXPECT_LT(sharpestBend(signal), 0.04);
}

TEST(DtmfOscillator, AReleasedKeySoundsAtLeastItsTimeAndEndsWithItsEdge)
{
    for (const auto rate : rates)
        for (const auto heldMs : { 0, 30, 99, 100, 250 })
        {
            DtmfOscillator oscillator;
            ASSERT_TRUE(oscillator.prepare(rate));
            auto settings = settingsFor("55", 10000, 40);
            settings.loop = true;
            ASSERT_TRUE(oscillator.play(settings));
            std::vector<float> signal(static_cast<size_t>(rate * 0.6));
            const auto held = sampleAt(static_cast<uint64_t>(heldMs), rate);
            oscillator.render(std::span(signal).first(held));
            oscillator.release(100);
            oscillator.render(std::span(signal).subspan(held));

            const auto edge = static_cast<size_t>(std::lround(rate * 0.002));
            const auto end = std::max(sampleAt(100, rate), held + edge);
            EXPECT_EQ(rmsOf(std::span(signal).subspan(end)), 0.0) << "no second digit, no loop";
            EXPECT_GT(rmsOf(std::span(signal).subspan(end - 3 * edge, edge)), 0.05) << heldMs << " ms at " << rate << " Hz";
            EXPECT_FALSE(oscillator.isPlaying());
            const auto tones = mw::sineAmplitudeFromDbm0(-9.0, Law::mu) * 2.0 * std::pow(2.0 * std::numbers::pi * 1477.0 / rate, 2.0);
            EXPECT_LT(sharpestBend(signal), 2.0 * tones) << "it ends without a step";
        }
    DtmfOscillator oscillator;
    ASSERT_TRUE(oscillator.prepare(8000.0));
    oscillator.release(100);
    EXPECT_FALSE(oscillator.isPlaying()) << "nothing to end";
    ASSERT_TRUE(oscillator.play(settingsFor("5", 60, 40)));
    oscillator.release(100);
    std::vector<float> signal(1600);
    oscillator.render(signal);
    EXPECT_EQ(rmsOf(std::span(signal).subspan(480)), 0.0) << "not beyond the digit's own time";
}

TEST(DtmfOscillator, Finding01_AStormOfReplacementsStaysBoundedAndSmooth)
{
    DtmfOscillator oscillator;
    ASSERT_TRUE(oscillator.prepare(48000.0));
    std::mt19937 random(3);
    std::vector<float> signal(48000);
    size_t at = 0;
    while (at < signal.size())
    {
        const auto length = std::min<size_t>(signal.size() - at, 1 + random() % 60);
        ASSERT_TRUE(oscillator.play(settingsFor(std::string(1, allDigits[random() % 16]), 10, 10)));
        oscillator.render(std::span(signal).subspan(at, length));
        at += length;
    }
    const auto peak = mw::sineAmplitudeFromDbm0(-11.0, Law::mu) + mw::sineAmplitudeFromDbm0(-9.0, Law::mu);
    for (const auto sample : signal)
        ASSERT_LE(std::abs(static_cast<double>(sample)), 2.0 * peak);
    EXPECT_LT(sharpestBend(signal), 0.05);
}

TEST(DtmfOscillator, Finding21_SettingsOutOfRangeLeaveTheRunningSequenceUntouched)
{
    DtmfOscillator disturbed, left;
    for (auto* each : { &disturbed, &left })
    {
        ASSERT_TRUE(each->prepare(8000.0));
        ASSERT_TRUE(each->play(settingsFor("147")));
    }
    std::vector<float> a(4000), b(4000);
    disturbed.render(std::span(a).first(333));
    auto bad = settingsFor("2");
    bad.onMs = 0;
    EXPECT_FALSE(disturbed.play(bad));
    bad = settingsFor("2");
    bad.sequence.symbols[0] = '!';
    EXPECT_FALSE(disturbed.play(bad));
    disturbed.render(std::span(a).subspan(333));
    left.render(b);
    EXPECT_EQ(a, b);
}

TEST(DtmfOscillator, SaysWhichDigitSounds)
{
    DtmfOscillator oscillator;
    ASSERT_TRUE(oscillator.prepare(8000.0));
    ASSERT_TRUE(oscillator.play(settingsFor("7,#", 20, 10)));
    std::string heard;
    std::vector<float> sample(1);
    for (int i = 0; i < 8 * 100; ++i)
    {
        oscillator.render(sample);
        heard += oscillator.currentDigit() == 0 ? '.' : oscillator.currentDigit();
    }
    EXPECT_EQ(heard, std::string(160, '7') + std::string(80 + 240, '.') + std::string(160, '#') + std::string(160, '.'));
    EXPECT_EQ(oscillator.digitsStarted(), 2u);
}

TEST(DtmfOscillator, KeypadIsThatOfQ23)
{
    EXPECT_EQ(mw::dtmfTonesOf('1').lowHz, 697.0);
    EXPECT_EQ(mw::dtmfTonesOf('1').highHz, 1209.0);
    EXPECT_EQ(mw::dtmfTonesOf('0').lowHz, 941.0);
    EXPECT_EQ(mw::dtmfTonesOf('0').highHz, 1336.0);
    EXPECT_EQ(mw::dtmfTonesOf('D').lowHz, 941.0);
    EXPECT_EQ(mw::dtmfTonesOf('D').highHz, 1633.0);
    EXPECT_EQ(mw::dtmfTonesOf('*').highHz, 1209.0);
    EXPECT_EQ(mw::dtmfTonesOf('#').highHz, 1477.0);
    EXPECT_EQ(mw::dtmfTonesOf(',').lowHz, 0.0);
    EXPECT_EQ(mw::dtmfTonesOf('\0').lowHz, 0.0);
    for (const auto digit : allDigits)
    {
        int row = 0, column = 0;
        while (mw::dtmfLowGroupHz[row] != mw::dtmfTonesOf(digit).lowHz)
            ++row;
        while (mw::dtmfHighGroupHz[column] != mw::dtmfTonesOf(digit).highHz)
            ++column;
        EXPECT_EQ(mw::dtmfDigitAt(row, column), digit);
    }
    EXPECT_EQ(mw::dtmfDigitAt(4, 0), 0);
}
