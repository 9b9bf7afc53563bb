#include "Program.h"

#include <demo/DemoMeasure.h>
#include <demo/DemoPlan.h>
#include <demo/DemoSpeech.h>
#include <demo/DemoVerdict.h>

#include <mw_lab/mw_lab.h>
#include <mw_signal/mw_signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <numbers>

using mw::demo::DemoPlan;
using ::testing::HasSubstr;

namespace
{
constexpr double rateHz = 8000.0;
constexpr size_t second = 8000;

std::vector<float> silence(size_t samples) { return std::vector<float>(samples, 0.0f); }

void addTone(std::vector<float>& target, size_t from, size_t samples, double hz, double dbm0)
{
    const auto amplitude = mw::sineAmplitudeFromDbm0(dbm0, mw::Law::mu);
    for (size_t i = 0; i < samples; ++i)
        target[from + i] += static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / rateHz));
}

/** Noise whose loudness moves like speech; the same for the same seed. */
std::vector<float> babble(size_t samples, double dbm0, uint32_t seed)
{
    auto sound = silence(samples);
    double low = 0.0, power = 0.0;
    for (size_t i = 0; i < samples; ++i)
    {
        seed = seed * 1664525u + 1013904223u;
        low = 0.8 * low + (static_cast<double>(seed >> 8) / (1 << 24) - 0.5);
        const auto loudness = 0.4 + 0.6 * std::abs(std::sin(static_cast<double>(i) * 0.0009));
        sound[i] = static_cast<float>(low * loudness);
        power += static_cast<double>(sound[i]) * static_cast<double>(sound[i]);
    }
    const auto gain = mw::rmsFromDbm0(dbm0, mw::Law::mu) / std::sqrt(power / static_cast<double>(samples));
    for (auto& sample : sound)
        sample = static_cast<float>(sample * gain);
    return sound;
}

void add(std::vector<float>& target, size_t from, const std::vector<float>& sound, double gainDb = 0.0)
{
    for (size_t i = 0; i < sound.size(); ++i)
        target[from + i] += static_cast<float>(static_cast<double>(sound[i]) * mw::gainFromDb(gainDb));
}
} // namespace

TEST(DemoMeasure, FindsAToneWhereItIsAloneWithItsLevelAndFrequency)
{
    auto recording = silence(6 * second);
    addTone(recording, second, 4 * second, 1000.3, -20.0);
    add(recording, 4 * second, babble(2 * second, -26.0, 1));
    const auto found = mw::demo::findTone(recording, rateHz, 1000.0);
    ASSERT_TRUE(found.has_value());
    EXPECT_NEAR(found->levelDbm0, -20.0, 0.05);
    EXPECT_NEAR(found->frequencyHz, 1000.3, 0.05);
    EXPECT_NEAR(found->seconds, 3.0, 0.3);
}

TEST(DemoMeasure, FindsNoToneInSilenceNoiseOrAnotherTone)
{
    EXPECT_FALSE(mw::demo::findTone(silence(3 * second), rateHz, 1000.0).has_value());
    EXPECT_FALSE(mw::demo::findTone(babble(3 * second, -20.0, 2), rateHz, 1000.0).has_value());
    auto other = silence(3 * second);
    addTone(other, 0, other.size(), 1100.0, -20.0);
    EXPECT_FALSE(mw::demo::findTone(other, rateHz, 1000.0).has_value());
    EXPECT_FALSE(mw::demo::findTone({}, rateHz, 1000.0).has_value());
}

TEST(DemoMeasure, FindsDigitsBesideToneAndSpeechWithTheirLevels)
{
    const std::pair<double, double> pairs[] = { { 697, 1209 }, { 852, 1477 }, { 941, 1336 }, { 697, 1633 } };
    auto recording = silence(4 * second);
    addTone(recording, 0, recording.size(), 1000.0, -20.0);
    add(recording, 0, babble(recording.size(), -26.0, 3));
    size_t at = second;
    for (const auto& [low, high] : pairs)
    {
        addTone(recording, at, second / 10, low, -10.0);
        addTone(recording, at, second / 10, high, -8.0);
        at += second / 5;
    }
    const auto found = mw::demo::findDigits(recording, rateHz, 100, 1000.0);
    std::string digits;
    for (const auto& digit : found)
    {
        digits += digit.digit;
        EXPECT_NEAR(digit.lowDbm0, -10.0, 0.6);
        EXPECT_NEAR(digit.highDbm0, -8.0, 0.6);
    }
    EXPECT_EQ(digits, "190A");
}

TEST(DemoMeasure, FindsSentSoundUnderAToneWithItsLevelWhateverTheDelay)
{
    const auto sent = babble(6 * second, -26.0, 4);
    for (const auto gainDb : { 0.0, -1.0, 3.0 })
    {
        auto recording = silence(10 * second);
        addTone(recording, 0, recording.size(), 1000.0, -20.0);
        add(recording, 2 * second + 37, sent, gainDb);
        const auto found = mw::demo::findSound(recording, sent, rateHz, 1000.0);
        ASSERT_TRUE(found.has_value());
        EXPECT_NEAR(found->heardDbm0 - found->sentDbm0, gainDb, 0.05);
        EXPECT_GT(found->seconds, 4.9);
        EXPECT_NEAR(found->delayS, 2.0 + 37.0 / rateHz, 1e-6);
    }
}

TEST(DemoMeasure, GoesOnAfterAFrameHasSlipped)
{
    const auto sent = babble(6 * second, -26.0, 5);
    auto recording = silence(10 * second);
    add(recording, second, { sent.begin(), sent.begin() + 3 * second });
    add(recording, 4 * second + 160, { sent.begin() + 3 * second, sent.end() });
    const auto found = mw::demo::findSound(recording, sent, rateHz, 1000.0);
    ASSERT_TRUE(found.has_value());
    EXPECT_GT(found->seconds, 4.9);
    EXPECT_NEAR(found->heardDbm0, found->sentDbm0, 0.05);
}

TEST(DemoMeasure, DoesNotTakeOtherSoundForWhatWasSent)
{
    EXPECT_FALSE(mw::demo::findSound(babble(6 * second, -26.0, 6), babble(4 * second, -26.0, 7), rateHz, 1000.0).has_value());
    EXPECT_FALSE(mw::demo::findSound(silence(6 * second), babble(4 * second, -26.0, 7), rateHz, 1000.0).has_value());
}

TEST(DemoSpeech, IsAsLoudAndAsLongAsAsked)
{
    const program::Folder folder;
    const juce::File file(folder.file("speech.wav"));
    const auto speech = mw::demo::writeSpeech(DemoPlan::speechSeconds, DemoPlan::speechDbm0, file);
    ASSERT_TRUE(speech.ok()) << speech.error().message();
    EXPECT_EQ(speech.value().size(), static_cast<size_t>(DemoPlan::speechSeconds * rateHz));
    mw::ActiveLevel meter(8000, mw::Law::mu);
    meter.process(speech.value());
    ASSERT_TRUE(meter.levelDbm0().has_value());
    EXPECT_NEAR(*meter.levelDbm0(), DemoPlan::speechDbm0, 0.1);
    // With digits and tone on top the sum must stay below full scale.
    const auto others = mw::sineAmplitudeFromDbm0(DemoPlan::toneDbm0, mw::Law::mu) + mw::sineAmplitudeFromDbm0(DemoPlan::lowDbm0, mw::Law::mu)
                      + mw::sineAmplitudeFromDbm0(DemoPlan::lowDbm0 + DemoPlan::twistDb, mw::Law::mu);
    EXPECT_LT(meter.peak() + others, 1.0);

    const auto back = mw::demo::readRecording(file);
    ASSERT_TRUE(back.ok());
    ASSERT_EQ(back.value().samples.size(), speech.value().size());
    EXPECT_DOUBLE_EQ(back.value().sampleRateHz, rateHz);
}

TEST(DemoVerdict, NamesTheFileThatIsMissing)
{
    const program::Folder folder;
    const mw::demo::DemoFiles files { juce::File(folder.path.string()) };
    const auto judged = mw::demo::judge(files, {});
    ASSERT_FALSE(judged.ok());
    EXPECT_THAT(judged.error().message(), HasSubstr("sink.json"));
}

TEST(DemoCommand, AFolderThatCannotBeMadeIsTheEnvironmentsFault)
{
    const program::Folder folder;
    folder.write("file", "in the way");
    const auto outcome = program::run({ "demo", "--out", folder.file("file/out") });
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_THAT(outcome.err, HasSubstr("file/out"));
}

TEST(DemoCommand, AnInterruptEndsAllItsProcesses)
{
    const program::Folder folder;
    mw::test::Process demo(program::commandOf({ "demo", "--out", folder.file("out"), "--time-limit", "300" }));
    ASSERT_TRUE(demo.waitForOutput("tone@", program::patience)) << demo.output();  // sink, mixer and the first source are up
    demo.signal(SIGINT);
    EXPECT_EQ(demo.wait(program::patience), 1) << demo.output();
    EXPECT_THAT(demo.standardError(), HasSubstr("interrupted"));

    // Their logs end with a verdict: they were told, and they ended by themselves.
    EXPECT_THAT(folder.read("out/sink.log"), HasSubstr("milliwatt sink: "));
    EXPECT_THAT(folder.read("out/tone.log"), HasSubstr("milliwatt source: "));
    mw::test::Process survivors({ "pgrep", "-f", folder.file("out") });
    EXPECT_EQ(survivors.wait(program::patience), 1) << "still running: " << survivors.output();
}

TEST(DemoCommand, PassesAndJudgesEveryClaim)
{
    const program::Folder folder;
    const auto outcome = program::run({ "demo", "--out", folder.file("out"), "--time-limit", "300" });
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    for (const auto* part : { "3 of 3 sources heard at the far end", "sent '1234567890*#ABCD'", "tone heard at the sink", "speech heard at the sink",
                              "the limiter changed 0 samples", "levels at the sink: ", "report.html shows the sink's verdict", "6 of 6 pairs hear each other",
                              "3 of 3 do not hear themselves", "one-way delay from source to source: p50 ", "\n  carol       ", "passed, all 14 claims hold" })
        EXPECT_THAT(outcome.out, HasSubstr(part));

    // The same files with other speech, and with a louder tone in the recording, must not pass: the verdict looks.
    const mw::demo::DemoFiles files { juce::File(folder.file("out")) };
    const auto failures = [&files](const std::vector<float>& sent) {
        const auto judged = mw::demo::judge(files, sent);
        if (! judged)
            return -1;
        return static_cast<int>(std::count_if(judged.value().begin(), judged.value().end(), [](const auto& claim) { return ! claim.holds; }));
    };
    const auto sent = mw::demo::readRecording(files.speech());
    ASSERT_TRUE(sent.ok());
    EXPECT_EQ(failures(sent.value().samples), 0);
    auto turned = sent.value().samples;
    std::reverse(turned.begin(), turned.end());
    EXPECT_EQ(failures(turned), 2) << "other speech was taken for what was sent";
    auto louder = sent.value().samples;
    for (auto& sample : louder)
        sample *= static_cast<float>(mw::gainFromDb(1.0));
    EXPECT_EQ(failures(louder), 2) << "a decibel was not noticed";

    // Nor with what one of the conference heard in place of another, who does not hear itself.
    ASSERT_TRUE(files.hearing(0).copyFileTo(files.hearing(1)));
    EXPECT_EQ(failures(sent.value().samples), 3) << "alice's report was taken for bob's: levels, delays and the page differ";
}
