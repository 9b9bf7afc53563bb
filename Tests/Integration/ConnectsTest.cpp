#include "SupportBench.h"
#include "SupportProcessFigures.h"
#include "SupportSipp.h"
#include "SupportSteadyLegs.h"
#include "SupportToneWatch.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>
#include <thread>

using namespace std::chrono_literals;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool isSanitized = true;  // its own bookkeeping grows with every call
#else
constexpr bool isSanitized = false;
#endif

namespace
{

constexpr size_t steadyLegs = 8;
constexpr double toneAmplitude = 0.08;  ///< eight of them stay below full scale

/** Below a tone that is missing for a millisecond (0.057), above what coding and the callers' noise leave (0.01). */
constexpr double restLimit = 0.025;

ToneWatch watchFor(const std::vector<double>& frequencies)
{
    return { .frequenciesHz = frequencies, .amplitude = toneAmplitude, .restLimit = restLimit };
}

int numberFromEnvironment(const char* name, int otherwise)
{
    const char* text = std::getenv(name);
    return text != nullptr ? std::atoi(text) : otherwise;
}

/** Quiet noise: sound that is mixed like any other, and that no tone can be mistaken for. */
std::vector<unsigned char> quietNoise(double seconds)
{
    std::mt19937 generator(711);
    std::uniform_real_distribution<float> any(-0.0015f, 0.0015f);
    std::vector<float> samples(static_cast<size_t>(seconds * 8000));
    for (auto& sample : samples)
        sample = any(generator);
    return g711::encode(samples, g711::Law::mu);
}

} // namespace

// ---- the judge is judged first ---------------------------------------------------------------------------------------

class ToneWatchSees : public ::testing::Test
{
protected:
    ToneWatchSees() : frequencies(sound::separateFrequencies(steadyLegs)), samples(4 * 8000)
    {
        for (size_t leg = 0; leg < steadyLegs; ++leg)
            add(leg, 0, samples.size(), toneAmplitude);
    }

    /** Adds a leg's tone, or takes it away with a negative amplitude. */
    void add(size_t leg, size_t begin, size_t end, double amplitude)
    {
        for (size_t i = begin; i < end; ++i)
            samples[i] += static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * frequencies[leg] * static_cast<double>(i) / 8000.0));
    }

    [[nodiscard]] ToneWatch::Verdict verdict() const
    {
        const auto coded = g711::decode(g711::encode(samples, g711::Law::mu), g711::Law::mu);
        return watchFor(frequencies).judge(coded);
    }

    std::vector<double> frequencies;
    std::vector<float> samples;
};

TEST_F(ToneWatchSees, NothingWhereThereIsNothing) { EXPECT_TRUE(verdict().isUnbroken()) << verdict().text(); }

TEST_F(ToneWatchSees, AnyLegMissingForTwoMilliseconds)
{
    const auto whole = samples;
    for (size_t leg = 0; leg < steadyLegs; ++leg)
    {
        samples = whole;
        add(leg, 12345, 12345 + 16, -toneAmplitude);
        EXPECT_FALSE(verdict().isUnbroken()) << "leg " << leg << ": " << verdict().text();
    }
}

TEST_F(ToneWatchSees, AFrameDroppedAFrameDoubledAndOneSampleSlipped)
{
    const auto whole = samples;
    for (const long at : { 12345L, 16000L })  // within a window, and at the seam of two
    {
        samples.erase(samples.begin() + at, samples.begin() + at + 160);
        EXPECT_FALSE(verdict().isUnbroken()) << "dropped at " << at << ": " << verdict().text();
        samples = whole;
        samples.insert(samples.begin() + at, whole.begin() + at - 160, whole.begin() + at);
        EXPECT_FALSE(verdict().isUnbroken()) << "doubled at " << at << ": " << verdict().text();
        samples = whole;
        samples.erase(samples.begin() + at);
        EXPECT_FALSE(verdict().isUnbroken()) << "slipped at " << at << ": " << verdict().text();
        samples = whole;
    }
}

// ---- and then judges -------------------------------------------------------------------------------------------------

/** SIPp connects and disconnects against a running mixer in which eight legs stay. MILLIWATT_CONNECTS sets the number of
    calls; Scripts/soak connects runs ten thousand. */
class Connects : public Bench
{
protected:
    /** So many calls, one after the other and some at a time, each with sound of its own. */
    void churn(const ListeningProgram& mixer, int calls, double rate, std::chrono::milliseconds talk)
    {
        SippCall call;
        call.targetPort = mixer.sipPort();
        call.sounds = { quietNoise(3.0) };
        call.calls = calls;
        call.atOnce = 24;
        call.callsPerSecond = rate;
        call.talk = talk;
        call.talksAtRandom = true;
        SippCaller caller(folder(), call);
        ASSERT_EQ(caller.finish(std::chrono::seconds(60 + calls)), 0) << caller.log() << mixer.log();
    }

    /** Timers of the SIP stack, as of the last line of the metrics. */
    [[nodiscard]] int timersNow() const
    {
        int timers = -1;
        EXPECT_FALSE(waitForMetrics(file("metrics.jsonl"), [&timers](const juce::var& line) {
            timers = static_cast<int>(line["signalling"]["timers"]);
            return false;
        }, 1ms));
        return timers;
    }

    /** Waits until the mixer holds what it held before, and nothing more. */
    static ProcessFigures settled(mw::test::Process& mixer, const ProcessFigures& before)
    {
        const auto end = std::chrono::steady_clock::now() + deadline::finish;
        auto now = ProcessFigures::of(mixer.pid());
        while (! now.holdsTheSameAs(before) && std::chrono::steady_clock::now() < end)
        {
            std::this_thread::sleep_for(50ms);  // sleeps: the other program does not tell what it holds
            now = ProcessFigures::of(mixer.pid());
        }
        return now;
    }

    /** The part between the first and the last second in which all steady legs were there. */
    static std::span<const float> inner(std::span<const float> samples)
    {
        const auto span = activeSpan(samples, 8000);
        constexpr size_t cut = 8000;
        return span.end - span.begin > 3 * cut ? samples.subspan(span.begin + cut, span.end - span.begin - 2 * cut) : std::span<const float>();
    }
};

TEST_F(Connects, StayingLegsHearNoGapAndNothingGrows)
{
    const auto calls = numberFromEnvironment("MILLIWATT_CONNECTS", isSanitized ? 60 : 160);
    const auto isLong = calls >= 1000;
    // In the long form the warm-up lasts longer than those 32 s (below), so that memory has reached its height.
    const auto rate = isLong ? 12.0 : isSanitized ? 20.0 : 50.0;
    const auto talk = isLong ? 1200ms : 400ms;
    const auto warmUp = isLong ? 500 : calls / 3;
    // Answered transactions stay for 32 s, as RFC 3261 wants it (timer J), and with them their memory: the short form cannot wait
    // for that and sees coarse leaks alone, a port or a leg that stays.
    const auto forget = isLong ? 35s : 0s;

    ListeningProgram mixer(folder(), "mixer", { "--rate", "8000", "--legs", "60", "--jitter-buffer", "400", "--max-backlog", "2000",
                                         "--codecs", "PCMU", "--record", "mix.wav", "--metrics", "metrics.jsonl",
                                         "--metrics-interval", isLong ? "10" : "0.5" });
    EXPECT_TRUE(waitForMetrics(file("metrics.jsonl"), [](const juce::var& line) { return static_cast<int>(line["signalling"]["timers"]) > 0; }));
    const auto timersAtFirst = timersNow();
    const auto frequencies = sound::separateFrequencies(steadyLegs);
    SteadyLegs steady(mixer.sipPort(), frequencies, toneAmplitude);
    const auto alone = ProcessFigures::of(mixer.process().pid());

    churn(mixer, warmUp, rate, talk);
    std::this_thread::sleep_for(forget);
    const auto before = settled(mixer.process(), alone);
    EXPECT_TRUE(before.holdsTheSameAs(alone)) << "before: " << alone.text() << "; after the warm-up: " << before.text();

    churn(mixer, calls - warmUp, rate, talk);
    std::this_thread::sleep_for(forget);
    const auto after = settled(mixer.process(), alone);
    EXPECT_TRUE(after.holdsTheSameAs(alone)) << "before: " << alone.text() << "; at the end: " << after.text();
    const auto grownKiB = static_cast<double>(after.residentKiB - before.residentKiB) / (calls - warmUp);
    if (! isSanitized)
    {
        EXPECT_LT(grownKiB, isLong ? 1.0 : 64.0) << "KiB a call; before: " << before.text() << "; after: " << after.text();
    }

    std::this_thread::sleep_for(1s);
    EXPECT_EQ(steady.hangUp(), steadyLegs);
    if (isLong)
    {
        EXPECT_TRUE(waitForMetrics(file("metrics.jsonl"), [this, timersAtFirst](const juce::var&) { return timersNow() == timersAtFirst; }, 90s))
            << timersNow() << " timers run, at first " << timersAtFirst;
    }
    const auto timersAtLast = timersNow();
    ASSERT_EQ(mixer.interrupt(), 0) << mixer.log();

    const auto last = jsonLines(file("metrics.jsonl")).back();
    EXPECT_EQ(static_cast<int>(last["callsTotal"]), calls + static_cast<int>(steadyLegs));
    EXPECT_EQ(static_cast<int>(last["callsFailed"]), 0);
    EXPECT_EQ(static_cast<int>(last["legsRefused"]), 0);
    const auto silent = callsWhere(last, [](const juce::var& call) { return static_cast<int>(call["media"]["received"]["packets"]) < 5; });
    EXPECT_TRUE(silent.empty()) << silent.size() << " calls without sound";

    const auto ticks = "; the mixer skipped " + last["ticks"]["skipped"].toString().toStdString() + " ticks, the test was late by "
                     + std::to_string(steady.worstLatenessMs()) + " ms at most";
    size_t milliseconds = 0, bad = 0;
    for (size_t leg = 0; leg < steadyLegs; ++leg)
    {
        auto others = frequencies;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(leg));
        const auto heard = steady.heard(leg);
        EXPECT_EQ(heard.missingPackets, 0u) << "leg " << leg;
        EXPECT_EQ(heard.brokenTimestamps, 0u) << "leg " << leg << ticks;
        EXPECT_EQ(heard.foreignPackets, 0u) << "leg " << leg;
        const auto verdict = watchFor(others).judge(inner(heard.samples));
        EXPECT_TRUE(verdict.isUnbroken()) << "what leg " << leg << " heard: " << verdict.text() << ticks;
        milliseconds += verdict.milliseconds;
        bad += verdict.badMilliseconds + 100 * verdict.badWindows;
    }
    const auto recording = WavFile::read(file("mix.wav"));
    const auto verdict = watchFor(frequencies).judge(inner(recording.samples));
    EXPECT_TRUE(verdict.isUnbroken()) << "the recording: " << verdict.text() << ticks;

    std::cout << "connects: " << calls << " calls, " << warmUp << " of them warm-up; resident memory " << before.residentKiB << " -> "
              << after.residentKiB << " KiB, " << grownKiB << " KiB a call; " << after.descriptors << " descriptors, " << after.threads
              << " threads and " << after.udpPorts << " UDP ports as before, timers "
              << timersAtFirst << " -> " << timersAtLast << "; " << steadyLegs << " staying legs: " << bad << " of "
              << milliseconds + verdict.milliseconds << " ms broken" << ticks << "\n";
}
