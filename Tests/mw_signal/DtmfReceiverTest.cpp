#include "SignalTools.h"

#include <gtest/gtest.h>

#include <limits>

using namespace signaltest;
using mw::DtmfBackground;
using mw::DtmfDetection;
using mw::DtmfReceiver;
using mw::DtmfStandard;
using mw::Law;

namespace
{

const std::string keys = "0123456789ABCD*#";

/** A burst as a stranger may send it: hard edges, any phase, any deviation. */
struct Burst
{
    double onMs = 40.0;
    double lowDbm0 = -11.0;
    double twistDb = 0.0;
    double lowDeviation = 0.0, highDeviation = 0.0;
    double leadMs = 50.0, trailMs = 60.0;
};

std::vector<float> burst(char digit, const Burst& shape, double rateHz)
{
    const auto tones = mw::dtmfTonesOf(digit);
    const auto samplesOf = [rateHz](double ms) { return static_cast<size_t>(std::lround(ms * rateHz / 1000.0)); };
    std::vector<float> signal(samplesOf(shape.leadMs + shape.onMs + shape.trailMs), 0.0f);
    const auto low = mw::sineAmplitudeFromDbm0(shape.lowDbm0, Law::mu), high = mw::sineAmplitudeFromDbm0(shape.lowDbm0 + shape.twistDb, Law::mu);
    for (size_t i = 0; i < samplesOf(shape.onMs); ++i)
    {
        const auto t = 2.0 * std::numbers::pi * static_cast<double>(i) / rateHz;
        signal[samplesOf(shape.leadMs) + i] = static_cast<float>(low * std::sin(t * tones.lowHz * (1.0 + shape.lowDeviation) + 0.7 * digit)
                                                                 + high * std::sin(t * tones.highHz * (1.0 + shape.highDeviation) + 1.9 * digit));
    }
    return signal;
}

std::vector<DtmfDetection> received(const std::vector<float>& signal, double rateHz, const DtmfReceiver::Config& config = {},
                                    const std::vector<size_t>& lengths = {})
{
    DtmfReceiver receiver;
    EXPECT_TRUE(receiver.prepare(rateHz, config));
    std::vector<DtmfDetection> digits;
    DtmfDetection digit;
    size_t at = 0;
    for (const auto length : lengths.empty() ? std::vector<size_t> { signal.size() } : lengths)
    {
        receiver.process(std::span(signal).subspan(at, length));
        at += length;
        while (receiver.take(digit))
            digits.push_back(digit);
    }
    receiver.flush();
    while (receiver.take(digit))
        digits.push_back(digit);
    EXPECT_EQ(receiver.lostDigits(), 0u);
    EXPECT_EQ(receiver.samplePosition(), signal.size());
    return digits;
}

std::string textOf(const std::vector<DtmfDetection>& digits)
{
    std::string text;
    for (const auto& digit : digits)
        text += digit.digit;
    return text;
}

/** How many of the 16 keys, each at four places relative to the receiver's frames, are received as that key alone. */
int heardOf64(const Burst& shape, double rateHz, const DtmfReceiver::Config& config = {})
{
    int heard = 0;
    for (const auto key : keys)
        for (int place = 0; place < 4; ++place)
        {
            auto placed = shape;
            placed.leadMs += 0.55 * place;
            if (textOf(received(burst(key, placed, rateHz), rateHz, config)) == std::string(1, key))
                ++heard;
        }
    return heard;
}

void addNoise(std::vector<float>& signal, double levelDbm0, uint32_t seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<double> noise(0.0, mw::rmsFromDbm0(levelDbm0, Law::mu));
    for (auto& sample : signal)
        sample += static_cast<float>(noise(random));
}

std::vector<float> sequence(const mw::DtmfSettings& settings, double rateHz, double seconds)
{
    mw::DtmfOscillator oscillator;
    EXPECT_TRUE(oscillator.prepare(rateHz));
    EXPECT_TRUE(oscillator.play(settings));
    std::vector<float> signal(static_cast<size_t>(rateHz * seconds));
    oscillator.render(signal);
    return signal;
}

const std::filesystem::path prompts = "/usr/share/asterisk/sounds/en_US_f_Allison";

/** Recorded human speech, `seconds` of it, always the same: prompts in the order of their names. */
std::vector<float> speech(double seconds)
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(prompts))
        if (entry.path().extension() == ".wav"
            && ! entry.path().filename().string().starts_with("tt-monkeys")  // animal cries
            && ! entry.path().filename().string().starts_with("beep"))       // a tone
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<float> signal;
    for (const auto& file : files)
    {
        const auto prompt = readWav8k(file);
        signal.insert(signal.end(), prompt.begin(), prompt.end());
        if (static_cast<double>(signal.size()) >= seconds * 8000.0)
            break;
    }
    return signal;
}

} // namespace

TEST(DtmfReceiver, ReadsEveryKeyAndMeasuresIt)
{
    for (const auto rate : rates)
        for (const auto background : { DtmfBackground::quiet, DtmfBackground::mixed })
        {
            auto settings = settingsFor(keys, 80, 80);
            settings.lowDbm0 = -14.5;
            settings.twistDb = 1.5;
            const auto digits = received(sequence(settings, rate, 2.7), rate, { DtmfStandard::q24UnitedStates, background, Law::mu });
            ASSERT_EQ(textOf(digits), keys) << rate;
            for (size_t i = 0; i < digits.size(); ++i)
            {
                const auto tones = mw::dtmfTonesOf(keys[i]);
                EXPECT_NEAR(digits[i].lowHz, tones.lowHz, 0.3);
                EXPECT_NEAR(digits[i].highHz, tones.highHz, 0.3);
                EXPECT_NEAR(digits[i].lowDbm0, -14.5, 0.05);
                EXPECT_NEAR(digits[i].highDbm0, -13.0, 0.05);
                EXPECT_NEAR(digits[i].twistDb, 1.5, 0.05);
                EXPECT_GT(digits[i].toneShare, 0.99);
                // Half amplitude of an edge of 2 ms is reached 1 ms inside the on time.
                const auto begin = static_cast<double>(i) * 0.16 * rate;
                EXPECT_NEAR(static_cast<double>(digits[i].startSample), begin + 0.001 * rate, 0.0015 * rate);
                EXPECT_NEAR(static_cast<double>(digits[i].endSample), begin + 0.079 * rate, 0.0015 * rate);
            }
        }
}

TEST(DtmfReceiver, LengthAcceptedFrom40MsRefusedBelow23Ms)
{
    for (const auto rate : rates)
    {
        for (const auto onMs : { 40.0, 45.0, 70.0, 500.0 })
            EXPECT_EQ(heardOf64({ .onMs = onMs }, rate), 64) << onMs << " ms at " << rate;
        for (const auto onMs : { 5.0, 15.0, 20.0, 22.9 })
            EXPECT_EQ(heardOf64({ .onMs = onMs }, rate), 0) << onMs << " ms at " << rate;
    }
}

TEST(DtmfReceiver, FrequencyAcceptedTo1p5PercentRefusedFrom3p5Percent)
{
    for (const auto rate : rates)
    {
        for (const auto deviation : { -0.015, 0.015 })
        {
            EXPECT_EQ(heardOf64({ .lowDeviation = deviation, .highDeviation = deviation }, rate), 64) << deviation;
            EXPECT_EQ(heardOf64({ .lowDeviation = deviation, .highDeviation = -deviation }, rate), 64) << deviation;
        }
        for (const auto deviation : { -0.035, 0.035 })
        {
            EXPECT_EQ(heardOf64({ .onMs = 100.0, .lowDeviation = deviation }, rate), 0) << deviation;
            EXPECT_EQ(heardOf64({ .onMs = 100.0, .highDeviation = deviation }, rate), 0) << deviation;
        }
    }
}

TEST(DtmfReceiver, LevelAndTwistWindow)
{
    for (const auto rate : rates)
    {
        EXPECT_EQ(heardOf64({ .lowDbm0 = 0.0 }, rate), 64);
        EXPECT_EQ(heardOf64({ .lowDbm0 = -25.0 }, rate), 64);
        EXPECT_EQ(heardOf64({ .lowDbm0 = -21.0, .twistDb = -4.0 }, rate), 64);
        EXPECT_EQ(heardOf64({ .lowDbm0 = -10.0, .twistDb = 4.0 }, rate), 64);
        EXPECT_EQ(heardOf64({ .lowDbm0 = -10.0, .twistDb = -8.0 }, rate), 64);
        EXPECT_EQ(heardOf64({ .onMs = 100.0, .lowDbm0 = -10.0, .twistDb = 7.0 }, rate), 0);
        EXPECT_EQ(heardOf64({ .onMs = 100.0, .lowDbm0 = -10.0, .twistDb = -11.0 }, rate), 0);
        EXPECT_EQ(heardOf64({ .onMs = 100.0, .lowDbm0 = -30.0 }, rate), 0);
    }
}

TEST(DtmfReceiver, NttColumn)
{
    const DtmfReceiver::Config ntt { .standard = DtmfStandard::q24Ntt };
    EXPECT_EQ(heardOf64({}, 8000.0, ntt), 64);
    EXPECT_EQ(heardOf64({ .lowDbm0 = -24.0 }, 8000.0, ntt), 64);
    EXPECT_EQ(heardOf64({ .twistDb = 5.0 }, 8000.0, ntt), 64);
    EXPECT_EQ(heardOf64({ .twistDb = -5.0 }, 8000.0, ntt), 64);
    EXPECT_EQ(heardOf64({ .twistDb = -8.0 }, 8000.0, ntt), 0);
    EXPECT_EQ(heardOf64({ .lowDeviation = 0.018, .highDeviation = -0.018 }, 8000.0, ntt), 64);
    EXPECT_EQ(heardOf64({ .lowDeviation = 0.03 }, 8000.0, ntt), 0);
    EXPECT_EQ(heardOf64({ .onMs = 23.9 }, 8000.0, ntt), 0);
    auto settings = settingsFor("5555", 40, 30);
    EXPECT_EQ(textOf(received(sequence(settings, 8000.0, 0.4), 8000.0, ntt)), "5555");
}

TEST(DtmfReceiver, PauseOf40MsSeparatesInterruptionOf10MsDoesNot)
{
    for (const auto rate : rates)
        for (const auto key : keys)
        {
            EXPECT_EQ(textOf(received(sequence(settingsFor(std::string(4, key), 40, 40), rate, 0.5), rate)), std::string(4, key)) << rate;
            for (const auto atMs : { 45.0, 50.0, 60.0, 70.0 })
                for (const auto lengthMs : { 2.0, 5.0, 10.0 })
                {
                    auto signal = burst(key, { .onMs = 100.0, .leadMs = 30.0 }, rate);
                    for (auto i = static_cast<size_t>((30.0 + atMs) * rate / 1000.0); i < static_cast<size_t>((30.0 + atMs + lengthMs) * rate / 1000.0); ++i)
                        signal[i] = 0.0f;
                    ASSERT_EQ(textOf(received(signal, rate)), std::string(1, key)) << lengthMs << " ms at " << atMs;
                }
        }
}

TEST(DtmfReceiver, Noise15DbBelowATone)
{
    for (const auto rate : rates)
    {
        // 40 ms, deviation 1.5 %, the noise 15 dB below the weaker tone.
        int heard = 0;
        for (uint32_t round = 0; round < 4; ++round)
            for (const auto key : keys)
            {
                auto signal = burst(key, { .lowDbm0 = -15.0, .twistDb = -4.0, .lowDeviation = 0.015, .highDeviation = -0.015 }, rate);
                addNoise(signal, -34.0, round * 100 + static_cast<uint32_t>(key));
                heard += textOf(received(signal, rate)) == std::string(1, key) ? 1 : 0;
            }
        EXPECT_EQ(heard, 64) << rate;

        std::vector<float> hiss(static_cast<size_t>(rate * 10.0));
        addNoise(hiss, -10.0, 99);
        EXPECT_EQ(textOf(received(hiss, rate)), "") << "noise alone is no digit";
    }
}

TEST(DtmfReceiver, FastestSequenceOfTheStandard)
{
    // 93 ms a digit: 45 ms on, 48 ms off; and digits that follow each other with the least pause.
    for (const auto rate : rates)
    {
        EXPECT_EQ(textOf(received(sequence(settingsFor(keys + keys, 45, 48), rate, 3.1), rate)), keys + keys);
        EXPECT_EQ(textOf(received(sequence(settingsFor(keys + keys, 40, 40), rate, 2.7), rate)), keys + keys);
    }
}

TEST(DtmfReceiver, DigitsThatFollowWithoutPauseAreTwo)
{
    for (const auto rate : rates)
    {
        auto signal = burst('1', { .onMs = 80.0, .trailMs = 0.0 }, rate);
        for (const auto next : { '2', '9' })  // one with a tone in common
        {
            const auto more = burst(next, { .onMs = 80.0, .leadMs = 0.0, .trailMs = 0.0 }, rate);
            signal.insert(signal.end(), more.begin(), more.end());
        }
        const auto digits = received(signal, rate);
        ASSERT_EQ(textOf(digits), "129") << rate;
        EXPECT_NEAR(static_cast<double>(digits[1].startSample), 0.130 * rate, 0.004 * rate);
        EXPECT_NEAR(static_cast<double>(digits[1].endSample), 0.210 * rate, 0.004 * rate);
    }
}

TEST(DtmfReceiver, FlushDecidesOnADigitThatStillSounds)
{
    for (const auto rate : rates)
    {
        const auto digits = received(burst('8', { .onMs = 60.0, .trailMs = 0.0 }, rate), rate);
        ASSERT_EQ(textOf(digits), "8");
        EXPECT_NEAR(static_cast<double>(digits[0].endSample), 0.110 * rate, 0.002 * rate);
        EXPECT_EQ(textOf(received(burst('8', { .onMs = 20.0, .trailMs = 0.0 }, rate), rate)), "");
    }
    DtmfReceiver receiver;
    DtmfDetection digit;
    ASSERT_TRUE(receiver.prepare(8000.0));
    const auto one = burst('4', { .onMs = 60.0, .leadMs = 10.0, .trailMs = 0.0 }, 8000.0);
    for (uint64_t round = 0; round < 3; ++round)  // and goes on afterwards
    {
        receiver.process(one);
        receiver.flush();
        ASSERT_TRUE(receiver.take(digit));
        EXPECT_EQ(digit.digit, '4');
        EXPECT_NEAR(static_cast<double>(digit.startSample), static_cast<double>(round * one.size() + 80), 12.0);
        EXPECT_FALSE(receiver.take(digit));
    }
}

TEST(DtmfReceiver, ResultsDoNotDependOnBlocks)
{
    for (const auto rate : rates)
    {
        auto signal = sequence(settingsFor("0A1*", 45, 50), rate, 0.42);
        addNoise(signal, -35.0, 7);
        const auto whole = received(signal, rate);
        ASSERT_EQ(textOf(whole), "0A1*");
        for (const auto& lengths : allCuts(signal.size()))
        {
            const auto digits = received(signal, rate, {}, lengths);
            ASSERT_EQ(digits.size(), whole.size());
            for (size_t i = 0; i < digits.size(); ++i)
            {
                EXPECT_EQ(digits[i].startSample, whole[i].startSample);
                EXPECT_EQ(digits[i].endSample, whole[i].endSample);
                EXPECT_EQ(digits[i].lowHz, whole[i].lowHz);
                EXPECT_EQ(digits[i].highDbm0, whole[i].highDbm0);
            }
        }
    }
}

TEST(DtmfReceiver, SingleTonesAndSilenceAreNoDigits)
{
    for (const auto rate : rates)
    {
        EXPECT_EQ(textOf(received(std::vector<float>(static_cast<size_t>(rate), 0.0f), rate)), "");
        for (const auto hz : { 697.0, 1000.0, 1209.0, 1633.0 })
        {
            mw::ToneSource tone;
            ASSERT_TRUE(tone.prepare(rate));
            ASSERT_TRUE(tone.set(hz, -10.0));
            std::vector<float> signal(static_cast<size_t>(rate));
            tone.render(signal);
            EXPECT_EQ(textOf(received(signal, rate)), "") << hz;
        }
    }
}

TEST(DtmfReceiver, NonNumbersAndBadRates)
{
    DtmfReceiver receiver;
    EXPECT_FALSE(receiver.prepare(4000.0));
    EXPECT_FALSE(receiver.prepare(std::numeric_limits<double>::quiet_NaN()));
    receiver.process(std::vector<float>(100, 0.1f));
    receiver.flush();
    DtmfDetection digit;
    EXPECT_FALSE(receiver.take(digit));

    auto signal = sequence(settingsFor("123"), 8000.0, 0.7);
    signal[1300] = std::numeric_limits<float>::quiet_NaN();
    signal[1301] = std::numeric_limits<float>::infinity();
    EXPECT_EQ(textOf(received(signal, 8000.0)), "123");
}

TEST(DtmfReceiver, AFullQueueLosesNewDigitsAndCountsThem)
{
    DtmfReceiver receiver;
    ASSERT_TRUE(receiver.prepare(8000.0));
    const auto many = DtmfReceiver::queueLength + 5;
    receiver.process(sequence(settingsFor(std::string(many, '7'), 50, 50), 8000.0, 0.1 * static_cast<double>(many) + 0.1));
    EXPECT_EQ(receiver.lostDigits(), 5u);
    DtmfDetection digit;
    size_t taken = 0;
    while (receiver.take(digit))
        ++taken;
    EXPECT_EQ(taken, DtmfReceiver::queueLength);
}

TEST(DtmfReceiver, TalkOffNoDigitInFiveMinutesOfSpeech)
{
    const auto signal = speech(300.0);
    ASSERT_GE(signal.size(), 300u * 8000u) << "package asterisk-core-sounds-en-wav is needed";
    EXPECT_EQ(textOf(received(signal, 8000.0)), "");
}

TEST(DtmfReceiver, ReadsDigitsMixedUnderSpeechAndAMilliwatt)
{
    // As in the demo: speech, a 1 kHz tone at -10 dBm0, and digits of 100 ms at -12 / -10 dBm0.
    auto signal = speech(60.0);
    ASSERT_GE(signal.size(), 60u * 8000u) << "package asterisk-core-sounds-en-wav is needed";
    signal.resize(60 * 8000);
    const auto gain = mw::rmsFromDbm0(-20.0, Law::mu) / rmsOf(signal);  // mean level; where she speaks it is some dB more
    for (auto& sample : signal)
        sample *= static_cast<float>(gain);

    mw::ToneSource tone;
    ASSERT_TRUE(tone.prepare(8000.0));
    ASSERT_TRUE(tone.set(1000.0, -10.0));
    tone.add(signal);
    auto settings = settingsFor(keys);
    settings.loop = true;
    settings.gapMs = 0;
    settings.lowDbm0 = -12.0;
    mw::DtmfOscillator oscillator;
    ASSERT_TRUE(oscillator.prepare(8000.0));
    ASSERT_TRUE(oscillator.play(settings));
    oscillator.add(signal);

    const auto digits = received(signal, 8000.0, { .background = DtmfBackground::mixed }, cuts(signal.size(), 160));
    size_t right = 0;
    for (const auto& digit : digits)
        right += keys[(digit.startSample + 100) / 1600 % 16] == digit.digit ? 1 : 0;
    EXPECT_EQ(right, digits.size()) << "no digit that was not sent";
    EXPECT_GE(right, 300u * 99 / 100) << "of 300 digits";
    EXPECT_EQ(textOf(received(signal, 8000.0)), "") << "the quiet receiver refuses rather than guesses: the tone masks all";
}
