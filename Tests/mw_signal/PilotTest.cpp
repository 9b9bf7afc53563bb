#include <mw_signal/mw_signal.h>

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <vector>

namespace mw
{

namespace
{
constexpr int64_t someTimeNs = 1'234'567'890'123'456;  ///< two weeks after the machine's start

/** A pilot as it is heard `delayNs` later, its sender's clock fast by so much. */
void addPilot(std::vector<float>& sound, double rateHz, int number, double levelDbm0, int64_t delayNs, double ppm = 0.0)
{
    PilotSource source;
    ASSERT_TRUE(source.prepare(rateHz));
    ASSERT_TRUE(source.set(number, levelDbm0));
    const auto block = static_cast<size_t>(rateHz / 100.0);
    for (size_t at = 0; at < sound.size(); at += block)
    {
        const auto heardNs = static_cast<double>(at) / rateHz * 1e9;
        const auto sentNs = someTimeNs + static_cast<int64_t>(std::llround(heardNs * (1.0 + ppm * 1e-6))) - delayNs;
        source.add(std::span(sound).subspan(at, std::min(block, sound.size() - at)), sentNs);
    }
}

void addNoise(std::vector<float>& sound, double levelDbm0, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<double> normal(0.0, rmsFromDbm0(levelDbm0, Law::mu));
    for (auto& sample : sound)
        sample += static_cast<float>(normal(random));
}

/** All that the receiver makes of a sound, given in blocks of any length. */
PilotReceiver heard(const std::vector<float>& sound, double rateHz, size_t longestBlock = 320)
{
    PilotReceiver receiver;
    EXPECT_TRUE(receiver.prepare(rateHz));
    std::mt19937 random(7);
    for (size_t at = 0; at < sound.size();)
    {
        const auto count = std::min<size_t>(1 + random() % longestBlock, sound.size() - at);
        receiver.process(std::span(sound).subspan(at, count), someTimeNs + static_cast<int64_t>(std::llround(static_cast<double>(at) / rateHz * 1e9)));
        at += count;
    }
    receiver.finish();
    return receiver;
}

std::set<int> numbersIn(const PilotReceiver& receiver)
{
    std::set<int> numbers;
    for (const auto& reading : receiver.readings)
        numbers.insert(reading.number);
    return numbers;
}

std::vector<float> seconds(double length, double rateHz) { return std::vector<float>(static_cast<size_t>(length * rateHz)); }
} // namespace

TEST(PilotPlan, NoTwoPilotsShareALineAndAllStayInTheVoiceBand)
{
    std::set<int> multiples;
    for (int number = 1; number <= PilotPlan::pilotCount; ++number)
        for (const auto& line : PilotPlan::linesOf(number))
        {
            EXPECT_TRUE(multiples.insert(line.multiple).second) << number << ": " << line.multiple;
            EXPECT_GE(PilotPlan::frequencyHz(line.multiple), 312.0);
            EXPECT_LE(PilotPlan::frequencyHz(line.multiple), 3125.0);
        }
    EXPECT_EQ(multiples.size(), static_cast<size_t>(PilotPlan::pilotCount * PilotPlan::lineCount));
}

TEST(PilotSource, HasItsLevelAndIsAFunctionOfTimeAlone)
{
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
        for (const auto number : { 1, 37, 64 })
        {
            auto sound = seconds(1.024, rate);
            addPilot(sound, rate, number, -20.0, 0);
            double sum = 0.0, peak = 0.0;
            for (const auto sample : sound)
            {
                sum += sample * sample;
                peak = std::max(peak, std::abs(static_cast<double>(sample)));
            }
            EXPECT_NEAR(dbm0FromRms(std::sqrt(sum / static_cast<double>(sound.size())), Law::mu), -20.0, 0.01) << rate << " Hz, " << number;
            EXPECT_LT(dbFromGain(peak / std::sqrt(sum / static_cast<double>(sound.size()))), 14.0);

            // One sample, made alone.
            PilotSource alone;
            ASSERT_TRUE(alone.prepare(rate) && alone.set(number, -20.0));
            const auto block = static_cast<size_t>(rate / 100.0);
            float sample = 0.0f;
            alone.render({ &sample, 1 }, someTimeNs + 5 * 10'000'000);
            EXPECT_NEAR(sample, sound[5 * block], 1e-5) << rate << " Hz, " << number;
        }
    PilotSource source;
    EXPECT_FALSE(source.set(1, -20.0)) << "not prepared";
    EXPECT_FALSE(source.prepare(1000.0));
    ASSERT_TRUE(source.prepare(8000.0));
    EXPECT_FALSE(source.set(0, -20.0));
    EXPECT_FALSE(source.set(65, -20.0));
    EXPECT_FALSE(source.set(1, -9.0));
    EXPECT_FALSE(source.set(1, std::nan("")));
}

TEST(PilotReceiver, ReadsLevelAndDelayOfACleanPilot)
{
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
        for (const auto delayMs : { 0.0, 12.345, 150.0, 899.9 })
        {
            const auto number = 1 + static_cast<int>(delayMs) % 64;
            auto sound = seconds(4.0, rate);
            addPilot(sound, rate, number, -40.0, static_cast<int64_t>(delayMs * 1e6));
            const auto receiver = heard(sound, rate, static_cast<size_t>(rate / 20.0));
            EXPECT_EQ(numbersIn(receiver), std::set<int> { number }) << rate << " Hz, " << delayMs << " ms";
            const auto summary = receiver.summary(number);
            ASSERT_TRUE(summary.levelDbm0.has_value() && summary.delayP50Ms.has_value()) << rate << " Hz, " << delayMs << " ms";
            EXPECT_NEAR(*summary.levelDbm0, -40.0, 0.1) << rate << " Hz, " << delayMs << " ms";
            EXPECT_NEAR(*summary.delayP50Ms, delayMs, 0.05) << rate << " Hz";
            EXPECT_NEAR(*summary.delayMaxMs, delayMs, 0.05) << rate << " Hz";
        }
}

TEST(PilotReceiver, HearsPilotsBeneathLouderSound)
{
    auto sound = seconds(8.0, 8000.0);
    addPilot(sound, 8000.0, 5, -45.0, 30'000'000);
    addPilot(sound, 8000.0, 6, -50.0, 80'000'000);
    addNoise(sound, -30.0, 3);
    const auto receiver = heard(sound, 8000.0);
    EXPECT_EQ(numbersIn(receiver), (std::set<int> { 5, 6 }));
    EXPECT_NEAR(receiver.summary(5).levelDbm0.value_or(0.0), -45.0, 1.0);
    EXPECT_NEAR(receiver.summary(5).delayP50Ms.value_or(-1.0), 30.0, 0.5);
    EXPECT_NEAR(receiver.summary(6).levelDbm0.value_or(0.0), -50.0, 1.0);
    EXPECT_NEAR(receiver.summary(6).delayP50Ms.value_or(-1.0), 80.0, 0.5);
}

TEST(PilotReceiver, AllPilotsAtOnceAreToldApart)
{
    auto sound = seconds(12.0, 8000.0);
    for (int number = 1; number <= PilotPlan::pilotCount; ++number)
        addPilot(sound, 8000.0, number, -30.0 - 0.1 * number, number * 5'000'000);
    const auto receiver = heard(sound, 8000.0);
    EXPECT_EQ(numbersIn(receiver).size(), static_cast<size_t>(PilotPlan::pilotCount));
    for (int number = 1; number <= PilotPlan::pilotCount; ++number)
    {
        const auto summary = receiver.summary(number);
        EXPECT_NEAR(summary.levelDbm0.value_or(0.0), -30.0 - 0.1 * number, 0.2) << number;
        EXPECT_NEAR(summary.delayP50Ms.value_or(-1.0), number * 5.0, 0.5) << number;
    }
}

TEST(PilotReceiver, NoiseToneAndSilenceAreNoPilot)
{
    auto noise = seconds(30.0, 8000.0);
    addNoise(noise, -20.0, 11);
    const auto receiver = heard(noise, 8000.0);
    EXPECT_TRUE(receiver.readings.empty());
    EXPECT_TRUE(receiver.steps.empty());
    EXPECT_TRUE(receiver.breaks.empty());
    EXPECT_GT(receiver.windows(), 50u);
    EXPECT_FALSE(receiver.summary(1).levelDbm0.has_value());
    ASSERT_TRUE(receiver.summary(1).hiddenDbm0.has_value()) << "how loud it might have been is said";
    EXPECT_LT(*receiver.summary(1).hiddenDbm0, -25.0);

    auto tone = seconds(5.0, 8000.0);
    for (size_t i = 0; i < tone.size(); ++i)
        tone[i] = static_cast<float>(0.3 * std::sin(2.0 * 3.14159265358979 * 1004.0 * static_cast<double>(i) / 8000.0));
    EXPECT_TRUE(heard(tone, 8000.0).readings.empty());
    EXPECT_TRUE(heard(seconds(5.0, 8000.0), 8000.0).readings.empty());
}

/** The windows in which others come, change and go hide more than the rest; of 20 they are fewer than half, of the six in which a pilot is
    looked for in its turn they may be three. */
TEST(PilotReceiver, OthersThatComeAndGoHideNotWhatIsAlwaysLookedFor)
{
    auto sound = seconds(11.0, 8000.0);
    addPilot(sound, 8000.0, 2, -20.0, 0);
    for (size_t i = 0; i < sound.size(); ++i)
    {
        const auto t = static_cast<double>(i) / 8000.0;
        sound[i] *= t < 0.98 ? 0.0f : t < 6.025 ? 1.0f : t < 8.52 ? 0.5f : 0.0f;
    }
    addPilot(sound, 8000.0, 3, -20.0, 0);
    PilotReceiver receiver;
    receiver.lookAlways(1);
    ASSERT_TRUE(receiver.prepare(8000.0));
    receiver.process(sound, 1'000'000'000);
    receiver.finish();
    EXPECT_EQ(numbersIn(receiver), (std::set<int> { 2, 3 }));
    ASSERT_TRUE(receiver.summary(1).hiddenDbm0.has_value());
    EXPECT_LT(*receiver.summary(1).hiddenDbm0, -80.0);
}

TEST(PilotReceiver, AFullListOfReadingsMakesNobodyDeaf)
{
    auto sound = seconds(12.0, 8000.0);
    addPilot(sound, 8000.0, 3, -30.0, 40'000'000);
    auto later = seconds(6.0, 8000.0);
    addPilot(later, 8000.0, 8, -35.0, 60'000'000);
    for (size_t i = 0; i < later.size(); ++i)
        sound[sound.size() - later.size() + i] += later[i];
    PilotReceiver receiver(6);
    ASSERT_TRUE(receiver.prepare(8000.0));
    receiver.process(sound, someTimeNs);
    receiver.finish();
    EXPECT_EQ(receiver.readings.size(), 6u);
    EXPECT_EQ(numbersIn(receiver), std::set<int> { 3 }) << "the list was full before the other came";
    const auto first = receiver.summary(3), second = receiver.summary(8);
    EXPECT_GE(first.windows, 18);
    EXPECT_GE(second.windows, 6);
    EXPECT_EQ(receiver.readingsLeftOut() + 6u, static_cast<uint64_t>(first.windows + second.windows));
    EXPECT_GT(first.lastNs - someTimeNs, 10'500'000'000);
    EXPECT_GT(second.lastNs - someTimeNs, 10'500'000'000);
    EXPECT_NEAR(second.levelDbm0.value_or(0.0), -35.0, 0.2);
    EXPECT_TRUE(first.driftPpm.has_value()) << "of the last minute, whatever the list holds";
    ASSERT_TRUE(receiver.prepare(8000.0));
    EXPECT_EQ(receiver.summary(3).windows, 0);
    EXPECT_EQ(receiver.readingsLeftOut(), 0u);
}

TEST(PilotHistory, OfAWeekIsBoundedAndKnowsItsEndsAndItsLastMinute)
{
    constexpr int windows = 7 * 24 * 3600 * 2;
    PilotHistory history;
    EXPECT_EQ(history.summary().windows, 0);
    for (int i = 0; i < windows; ++i)
    {
        PilotReading reading;
        reading.number = 5;
        reading.timeNs = someTimeNs + int64_t { i } * 512'000'000;
        reading.levelDbm0 = i < windows / 4 ? -50.0 : -40.0;
        reading.snrDb = 40.0;
        // The delay stands for the week but for one window, and falls in the last two minutes.
        const auto lastS = 0.512 * (i - (windows - 240));
        reading.delayMs = i == 12'345 ? 777.0 : 100.0 - (lastS > 0.0 ? 0.05 * lastS : 0.0);
        history.add(reading);
    }
    EXPECT_LE(history.kept().kept().size(), PilotHistory::mostKept);
    EXPECT_GE(history.kept().kept().size(), PilotHistory::mostKept / 2);
    EXPECT_EQ(history.windows(), static_cast<uint64_t>(windows));
    EXPECT_EQ(history.mostDelayMs(), 777.0);
    EXPECT_NEAR(history.leastDelayMs(), 100.0 - 0.05 * 0.512 * 239, 1e-9);
    const auto summary = history.summary();
    EXPECT_EQ(summary.windows, windows);
    EXPECT_EQ(summary.firstNs, someTimeNs);
    EXPECT_EQ(summary.lastNs, someTimeNs + int64_t { windows - 1 } * 512'000'000);
    EXPECT_EQ(summary.levelDbm0, -40.0);
    EXPECT_EQ(summary.delayP50Ms, 100.0);
    EXPECT_EQ(summary.delayMaxMs, 777.0);
    ASSERT_TRUE(summary.driftPpm.has_value());
    EXPECT_NEAR(*summary.driftPpm, 50.0, 0.01);
    EXPECT_FALSE(history.summary(summary.lastNs + 1).driftPpm.has_value());
}

TEST(PilotReceiver, DriftIsReadWithinFivePpmInAMinute)
{
    for (const auto ppm : { -100.0, 50.0 })
    {
        auto sound = seconds(60.0, 8000.0);
        addPilot(sound, 8000.0, 9, -40.0, 100'000'000, ppm);
        addNoise(sound, -60.0, 5);
        const auto receiver = heard(sound, 8000.0);
        EXPECT_EQ(numbersIn(receiver), std::set<int> { 9 }) << ppm;
        const auto summary = receiver.summary(9);
        ASSERT_TRUE(summary.driftPpm.has_value()) << ppm;
        EXPECT_NEAR(*summary.driftPpm, ppm, 5.0);
        EXPECT_NEAR(summary.levelDbm0.value_or(0.0), -40.0, 0.2) << ppm;
    }
}

TEST(PilotReceiver, AnEchoThirtyDecibelsDownIsSeen)
{
    auto sound = seconds(6.0, 8000.0);
    addPilot(sound, 8000.0, 2, -30.0, 20'000'000);
    addPilot(sound, 8000.0, 3, -60.0, 140'000'000);  // our own, come back
    addNoise(sound, -65.0, 9);
    const auto receiver = heard(sound, 8000.0);
    EXPECT_NEAR(receiver.summary(3).levelDbm0.value_or(0.0), -60.0, 0.2);
    EXPECT_NEAR(receiver.summary(3).delayP50Ms.value_or(-1.0), 140.0, 0.5);
}

TEST(PilotReceiver, LevelStepsAndBreaksAreFoundWithTheirTime)
{
    auto sound = seconds(12.0, 8000.0);
    addPilot(sound, 8000.0, 4, -30.0, 0);
    for (size_t i = 48000; i < sound.size(); ++i)
        sound[i] *= static_cast<float>(gainFromDb(-6.0));
    std::fill_n(sound.begin() + 24000, 160, 0.0f);  // 20 ms at 3 s
    addNoise(sound, -65.0, 13);
    const auto receiver = heard(sound, 8000.0);
    ASSERT_EQ(receiver.steps.size(), 1u);
    EXPECT_EQ(receiver.steps[0].number, 4);
    EXPECT_NEAR(static_cast<double>(receiver.steps[0].timeNs - someTimeNs) * 1e-9, 6.0, 0.01);
    EXPECT_NEAR(dbFromGain(receiver.steps[0].afterRms / receiver.steps[0].beforeRms), -6.0, 0.2);
    ASSERT_EQ(receiver.breaks.size(), 1u);
    EXPECT_NEAR(static_cast<double>(receiver.breaks[0].startNs - someTimeNs) * 1e-9, 3.0, 0.006);
    EXPECT_NEAR(receiver.breaks[0].lengthMs, 20.0, 3.0);
}

} // namespace mw
