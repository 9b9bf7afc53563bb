#include "GapSignals.h"

#include <gtest/gtest.h>

#include <limits>

using namespace signaltest;
using mw::Gap;
using mw::GapKind;
using mw::Law;
using mw::ToneGapDetector;

namespace
{

ToneGapDetector detectorOf(std::vector<float> signal, double rateHz, const std::vector<size_t>& lengths, ToneGapDetector::Config config = {})
{
    ToneGapDetector detector;
    EXPECT_TRUE(detector.prepare(rateHz, config));
    inBlocks(signal, lengths, [&](std::span<float> block) { detector.process(block); });
    return detector;
}

ToneGapDetector detectorOf(const std::vector<float>& signal, double rateHz, ToneGapDetector::Config config = {})
{
    return detectorOf(signal, rateHz, { signal.size() }, config);
}

std::string textOf(std::span<const Gap> gaps)
{
    std::string text;
    for (const auto& gap : gaps)
        text += std::string(mw::nameOf(gap.kind)) + " at " + std::to_string(gap.startS) + " s, " + std::to_string(gap.durationMs) + " ms, "
                + std::to_string(gap.depthDb) + " dB, " + std::to_string(gap.phaseJumpDeg) + "°\n";
    return text;
}

/** One break in 2 s of tone is found, alone, with its kind, start and duration to 0.5 ms. */
void expectFound(const std::vector<float>& signal, double rateHz, const MadeGap& made, const std::string& what)
{
    const auto detector = detectorOf(signal, rateHz);
    ASSERT_EQ(detector.count(), 1u) << what << "\n" << textOf(detector.gaps());
    const auto& gap = detector.gaps().front();
    EXPECT_EQ(gap.kind, made.kind) << what << "\n" << textOf(detector.gaps());
    EXPECT_NEAR(gap.startS, made.startS, 0.0005) << what << "\n" << textOf(detector.gaps());
    EXPECT_NEAR(gap.durationMs, made.durationMs, 0.5) << what << "\n" << textOf(detector.gaps());
}

enum class Carrier { none, l16, mu, a };

void carry(std::vector<float>& signal, Carrier carrier)
{
    if (carrier == Carrier::l16)
        throughL16(signal);
    if (carrier == Carrier::mu || carrier == Carrier::a)
        throughG711(signal, carrier == Carrier::mu ? Law::mu : Law::a);
}

const std::vector<Carrier> carriers { Carrier::none, Carrier::l16, Carrier::mu, Carrier::a };

} // namespace

TEST(ToneGapDetector, SilencesOfOneMillisecondAndMoreAreFound)
{
    std::mt19937 random(31);
    std::uniform_real_distribution<double> when(0.6, 1.2), phase(0.0, 6.28);
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
        for (const auto hz : { 300.0, 440.0, 1004.0, 3000.0 })
            for (const auto carrier : carriers)
                for (const auto ms : { 1.0, 1.5, 2.0, 3.0, 5.0, 20.0, 200.0 })
                {
                    auto signal = sine(rate, hz, mw::sineAmplitudeFromDbm0(-10.0, Law::mu), 2.0, phase(random));
                    const auto made = attenuate(signal, rate, when(random), ms, 0.0f);
                    carry(signal, carrier);
                    expectFound(signal, rate, made, std::to_string(rate) + " Hz, tone " + std::to_string(hz) + ", " + std::to_string(ms) + " ms, carrier "
                                                        + std::to_string(static_cast<int>(carrier)));
                }
}

TEST(ToneGapDetector, AtEveryLevelThatACallCanHave)
{
    for (const auto level : { -40.0, -30.0, -20.0, 0.0, 3.0 })
        for (const auto carrier : carriers)
            for (const auto ms : { 1.0, 4.0, 20.0 })
            {
                auto signal = sine(8000.0, 1004.0, mw::sineAmplitudeFromDbm0(level, Law::mu), 2.0);
                const auto made = attenuate(signal, 8000.0, 0.8131, ms, 0.0f);
                carry(signal, carrier);
                expectFound(signal, 8000.0, made, std::to_string(level) + " dBm0, " + std::to_string(ms) + " ms, carrier " + std::to_string(static_cast<int>(carrier)));
            }
}

TEST(ToneGapDetector, DipsAreToldFromSilence)
{
    for (const auto rate : { 8000.0, 48000.0 })
        for (const auto carrier : carriers)
            for (const auto ms : { 3.0, 8.0, 20.0, 150.0 })
                for (const auto factor : { 0.15f, 0.3f, 0.6f })
                {
                    auto signal = sine(rate, 1020.0, 0.2, 2.0);
                    const auto made = attenuate(signal, rate, 0.9, ms, factor);
                    carry(signal, carrier);
                    expectFound(signal, rate, made, std::to_string(ms) + " ms, factor " + std::to_string(factor));
                    const auto detector = detectorOf(signal, rate);
                    EXPECT_NEAR(detector.gaps().front().depthDb, 20.0 * std::log10(factor), ms < 5.0 ? 3.0 : 1.0);
                }
}

TEST(ToneGapDetector, SoundLeftOutIsAPhaseJump)
{
    std::mt19937 random(7);
    std::uniform_real_distribution<double> when(0.6, 1.2), phase(0.0, 6.28);
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
        for (const auto carrier : carriers)
            for (const auto ms : { 0.25, 0.625, 1.25, 5.125, 20.0, 30.0 })
            {
                const auto hz = 1020.0;
                auto signal = sine(rate, hz, 0.2, 2.0, phase(random));
                const auto made = cutOut(signal, rate, when(random), ms);
                carry(signal, carrier);
                expectFound(signal, rate, made, std::to_string(rate) + " Hz, " + std::to_string(ms) + " ms left out");
                const auto cycles = hz * ms / 1000.0;
                const auto expected = 360.0 * (cycles - std::round(cycles));
                EXPECT_NEAR(detectorOf(signal, rate).gaps().front().phaseJumpDeg, expected, 3.0);
            }
}

TEST(ToneGapDetector, ConcealmentByRepetitionIsFoundFadingOrNot)
{
    std::mt19937 random(17);
    std::uniform_real_distribution<double> when(0.6, 1.2), phase(0.0, 6.28);
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
        for (const auto carrier : carriers)
            for (const auto fadeMs : { 0.0, 60.0 })
                for (const auto ms : { 10.0, 20.0, 30.0 })
                {
                    auto signal = sine(rate, 1015.0, 0.2, 2.0, phase(random));
                    const auto made = repeatLast(signal, rate, when(random), ms, fadeMs);
                    carry(signal, carrier);
                    expectFound(signal, rate, made, std::to_string(rate) + " Hz, " + std::to_string(ms) + " ms repeated, fade " + std::to_string(fadeMs));
                }
}

TEST(ToneGapDetector, ARepetitionOfWholeCyclesShowsByItsFadeAlone)
{
    // 1000 Hz is the same 20 ms later: nothing to be seen of a repetition that does not fade; one that does is a dip.
    auto signal = sine(8000.0, 1000.0, 0.2, 2.0);
    repeatLast(signal, 8000.0, 0.9, 20.0);
    throughG711(signal, Law::mu);
    EXPECT_EQ(detectorOf(signal, 8000.0).count(), 0u);

    auto fading = sine(8000.0, 1000.0, 0.2, 2.0);
    auto made = repeatLast(fading, 8000.0, 0.9, 20.0, 60.0);
    made.kind = GapKind::dip;
    auto carried = fading;
    throughL16(carried);
    expectFound(carried, 8000.0, made, "a fading repetition of whole cycles");

    // G.711's steps are as large as the first milliseconds of such a fade: where it began is known to 1 ms.
    throughG711(fading, Law::mu);
    const auto detector = detectorOf(fading, 8000.0);
    ASSERT_EQ(detector.count(), 1u) << textOf(detector.gaps());
    EXPECT_EQ(detector.gaps().front().kind, GapKind::dip);
    EXPECT_NEAR(detector.gaps().front().startS, made.startS, 0.001);
    EXPECT_NEAR(detector.gaps().front().durationMs, made.durationMs, 1.0);
}

TEST(ToneGapDetector, EveryGapOfALongCallIsFoundAndNothingElse)
{
    auto signal = sine(8000.0, 1004.0, mw::sineAmplitudeFromDbm0(-10.0, Law::mu), 120.0);
    std::vector<MadeGap> made;
    for (double at = 5.0; at < 115.0; at += 10.0)
        made.push_back(attenuate(signal, 8000.0, at, 20.0, 0.0f));
    throughG711(signal, Law::a);
    const auto detector = detectorOf(signal, 8000.0);
    ASSERT_EQ(detector.count(), made.size()) << textOf(detector.gaps());
    for (size_t i = 0; i < made.size(); ++i)
    {
        EXPECT_NEAR(detector.gaps()[i].startS, made[i].startS, 0.0005);
        EXPECT_NEAR(detector.gaps()[i].durationMs, 20.0, 0.5);
        EXPECT_EQ(detector.gaps()[i].kind, GapKind::silence);
    }
    EXPECT_NEAR(detector.watchedSeconds(), 120.0, 0.4);
    EXPECT_NEAR(detector.frequencyHz(), 1004.0, 0.05);
}

TEST(ToneGapDetector, AnUnbrokenToneHasNone)
{
    std::mt19937 random(3);
    std::normal_distribution<float> noise(0.0f, 1.0f);
    for (const auto rate : { 8000.0, 16000.0, 48000.0 })
        for (const auto hz : { 100.5, 300.0, 1000.0, 3399.0 })
            for (const auto snrDb : { 18.0, 30.0, 200.0 })
            {
                auto signal = sine(rate, hz, 0.2, 10.0);
                const auto rms = static_cast<float>(0.2 / std::sqrt(2.0) * std::pow(10.0, -snrDb / 20.0));
                for (auto& sample : signal)
                    sample += rms * noise(random);
                throughG711(signal, Law::mu);
                const auto detector = detectorOf(signal, rate);
                EXPECT_EQ(detector.count(), 0u) << rate << " Hz, tone " << hz << ", SNR " << snrDb << "\n" << textOf(detector.gaps());
                EXPECT_NEAR(detector.watchedSeconds(), 10.0, 0.4) << rate << " Hz, tone " << hz << ", SNR " << snrDb;
            }
}

TEST(ToneGapDetector, AClockThatDriftsAndAGainThatMovesAreNoGaps)
{
    std::vector<float> signal(8000 * 30);
    double phase = 0.0;
    for (size_t i = 0; i < signal.size(); ++i)
    {
        const auto t = static_cast<double>(i) / 8000.0;
        const auto ppm = 100.0 * t / 30.0;  // 0 to 100 ppm within the call
        phase += 2.0 * std::numbers::pi * 1004.0 * (1.0 + ppm * 1e-6) / 8000.0;
        const auto gain = t < 10.0 ? 1.0 : t < 10.02 ? 1.0 - 0.5 * (t - 10.0) / 0.02 : t < 20.0 ? 0.5 : 1.0;
        signal[i] = static_cast<float>(0.3 * gain * std::sin(phase));
    }
    throughG711(signal, Law::mu);
    const auto detector = detectorOf(signal, 8000.0);
    EXPECT_EQ(detector.count(), 0u) << textOf(detector.gaps());
    EXPECT_NEAR(detector.watchedSeconds(), 30.0, 0.7);
}

TEST(ToneGapDetector, WhatIsNoGapOfAToneIsNone)
{
    const auto quiet = std::vector<float>(8000 * 3, 0.0f);
    auto signal = quiet;
    const auto tone = sine(8000.0, 1004.0, 0.2, 2.0);
    signal.insert(signal.end(), tone.begin(), tone.end());
    signal.insert(signal.end(), quiet.begin(), quiet.end());
    EXPECT_EQ(detectorOf(signal, 8000.0).count(), 0u) << "silence before and after: the sound began and ended";
    signal.insert(signal.end(), tone.begin(), tone.end());
    EXPECT_EQ(detectorOf(signal, 8000.0).count(), 0u) << "3 s of silence are a pause";

    auto two = sine(8000.0, 700.0, 0.2, 2.0);
    const auto other = sine(8000.0, 1500.0, 0.2, 2.0);
    two.insert(two.end(), other.begin(), other.end());
    EXPECT_EQ(detectorOf(two, 8000.0).count(), 0u) << "another tone";
    EXPECT_GT(detectorOf(two, 8000.0).watchedSeconds(), 3.0) << "and it is watched as well";

    for (const auto& path : debianPrompts(3))
        EXPECT_EQ(detectorOf(readWav8k(path), 8000.0).count(), 0u) << path;
    EXPECT_EQ(detectorOf(whiteNoise(80000, 0.1, 3), 8000.0).watchedSeconds(), 0.0) << "noise is no tone";
}

TEST(ToneGapDetector, TheSameHoweverItIsCut)
{
    auto signal = sine(16000.0, 1015.0, 0.2, 3.0);
    attenuate(signal, 16000.0, 0.7, 3.0, 0.0f);
    repeatLast(signal, 16000.0, 1.3, 20.0);
    cutOut(signal, 16000.0, 2.0, 0.5);
    throughL16(signal);
    const auto whole = detectorOf(signal, 16000.0);
    ASSERT_EQ(whole.count(), 3u) << textOf(whole.gaps());
    for (const auto& lengths : allCuts(signal.size()))
    {
        const auto cut = detectorOf(signal, 16000.0, lengths);
        ASSERT_EQ(cut.count(), whole.count());
        EXPECT_EQ(textOf(cut.gaps()), textOf(whole.gaps()));
    }
}

TEST(ToneGapDetector, WrongSettingsAreRefusedAndFullListsGoOnCounting)
{
    ToneGapDetector detector;
    EXPECT_FALSE(detector.prepare(std::numeric_limits<double>::quiet_NaN(), {}));
    EXPECT_FALSE(detector.prepare(8000.0, { .frequencyHz = 3900.0 }));
    EXPECT_FALSE(detector.prepare(8000.0, { .minGapMs = 0.5 }));
    EXPECT_FALSE(detector.prepare(8000.0, { .maxGapMs = 5000.0 }));
    detector.process(std::vector<float>(8000, 0.1f));
    EXPECT_EQ(detector.count(), 0u);

    auto signal = sine(8000.0, 1004.0, 0.2, 4.0);
    for (double at = 0.6; at < 3.5; at += 0.1)
        attenuate(signal, 8000.0, at, 5.0, 0.0f);
    const auto small = detectorOf(signal, 8000.0, ToneGapDetector::Config { .maxGaps = 3 });
    EXPECT_EQ(small.gaps().size(), 3u);
    EXPECT_EQ(small.count(), 29u);
}

TEST(ToneGapDetector, OtherSoundOnTopOfTheToneIsNoGap)
{
    std::mt19937 random(5);
    for (const auto rate : { 8000.0, 48000.0 })
        for (const auto relativeDb : { -8.0, -3.0, 3.0 })
        {
            auto signal = sine(rate, 1004.0, 0.1, 6.0);
            std::normal_distribution<double> noise(0.0, 0.1 / std::sqrt(2.0) * std::pow(10.0, relativeDb / 20.0));
            for (size_t i = 0; i < signal.size(); ++i)
                if (const auto t = static_cast<double>(i) / rate; t > 1.0 && std::fmod(t, 0.5) < 0.15)
                    signal[i] += static_cast<float>(noise(random));
            const auto detector = detectorOf(signal, rate);
            EXPECT_EQ(detector.count(), 0u) << relativeDb << " dB\n" << textOf(detector.gaps());
            EXPECT_GT(detector.watchedSeconds(), 1.0);
        }
}
