#include "SupportBench.h"
#include "SupportDtmf.h"
#include "SupportSipp.h"

#include <algorithm>
#include <cmath>
#include <thread>

using namespace std::chrono_literals;

/** The mixer on a terminal: what a key does, seen in the recording sample by sample. The engine runs at 8 kHz with blocks of
    20 ms; the leg's tone of 1000 Hz repeats every 8 samples to the octet, so that any change of gain shows at once. */
class Keys : public Bench
{
protected:
    static constexpr size_t period = 8, block = 160;
    static constexpr size_t ramp = 80;  ///< 10 ms, MixerProcessor::Config::gainRampMs

    /** RMS of one period from a sample on, linear. */
    [[nodiscard]] static double amplitude(std::span<const float> samples, size_t at)
    {
        double sum = 0.0;
        for (size_t i = 0; i < period; ++i)
            sum += static_cast<double>(samples[at + i]) * static_cast<double>(samples[at + i]);
        return std::sqrt(sum / static_cast<double>(period));
    }

    struct Step
    {
        size_t lastBefore = 0;  ///< last period that still had the old amplitude begins here
        size_t firstAfter = 0;  ///< first period with the new amplitude begins here
    };

    /** The first place from `from` on where the amplitude goes from one level to another, both held for 100 ms. */
    [[nodiscard]] static std::optional<Step> findStep(std::span<const float> samples, size_t from, double before, double after)
    {
        const auto isAt = [&](size_t at, double level) { return std::abs(amplitude(samples, at) - level) <= 0.004 * std::max(before, after) + 1e-6; };
        const auto holds = [&](size_t at, double level)
        {
            for (size_t i = 0; i < 800; i += period)
                if (! isAt(at + i, level))
                    return false;
            return true;
        };
        for (size_t at = from + 800; at + 1200 < samples.size(); ++at)
        {
            if (isAt(at, before) || ! holds(at - 800, before))
                continue;
            Step step { at - 1, at };
            while (step.firstAfter < at + 2 * block && ! holds(step.firstAfter, after))
                ++step.firstAfter;
            if (step.firstAfter < at + 2 * block)
                return step;
        }
        return {};
    }

    /** The change began with a block and was over after the ramp. */
    static void expectWithinOneBlock(const Step& step)
    {
        const auto firstChanged = step.lastBefore + period;  // the last sample of the first period that differs
        EXPECT_LT(firstChanged % block, 16u) << "it began " << firstChanged % block << " samples after the block's start";
        EXPECT_LE(step.firstAfter - step.lastBefore, ramp + 2 * period) << "it took " << step.firstAfter - step.lastBefore << " samples";
    }

    /** @returns seconds that the engine has run, from the last line of the metrics */
    [[nodiscard]] double engineSeconds() const
    {
        double seconds = 0.0;
        EXPECT_TRUE(waitForMetrics(file("metrics.jsonl"), [&](const juce::var& line)
        {
            seconds = static_cast<double>(line["mixer"]["samplePosition"]) / 8000.0;
            return false;
        }, 200ms) || seconds > 0.0);
        return seconds;
    }

    /** Lets the engine work on, in its own time. */
    void letPass(double seconds) const
    {
        const auto target = engineSeconds() + seconds;
        EXPECT_TRUE(waitForMetrics(file("metrics.jsonl"), [&](const juce::var& line)
        {
            return static_cast<double>(line["mixer"]["samplePosition"]) / 8000.0 >= target;
        }));
    }
};

TEST_F(Keys, GainMuteAndDigitKeysActAtABlockAndWithinIt)
{
    ListeningProgram mixer(folder(), "mixer",
                    { "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000", "--record", "mix.wav",
                      "--metrics", "metrics.jsonl", "--metrics-interval", "0.1", "--dtmf-on", "200" },
                    { .terminal = true });
    SippCall call;
    call.targetPort = mixer.sipPort();
    call.sounds = { g711::encode(sound::makeSine(1000.0, -12.0, 8.0, 8000), g711::Law::mu) };
    call.talk = 120s;
    call.peerHangsUp = true;
    SippCaller caller(folder(), call);
    ASSERT_TRUE(waitForMetrics(file("metrics.jsonl"), [](const juce::var& line)
    {
        return ! callsWhere(line, [](const juce::var& each) { return static_cast<int>(each["media"]["received"]["packets"]) > 30; }).empty();
    })) << mixer.log() << caller.log();

    letPass(1.0);
    mixer.process().type("+");
    EXPECT_TRUE(mixer.process().waitForOutput("gain in +1 dB", 30s)) << mixer.log();
    letPass(1.0);
    mixer.process().type("m1");
    EXPECT_TRUE(mixer.process().waitForOutput("leg 1 muted", 30s)) << mixer.log();
    letPass(1.0);
    mixer.process().type("5");
    EXPECT_TRUE(mixer.process().waitForOutput("digit 5", 30s)) << mixer.log();
    letPass(1.5);
    mixer.process().type("m1");
    EXPECT_TRUE(mixer.process().waitForOutput("leg 1 heard again", 30s)) << mixer.log();
    letPass(1.0);
    mixer.process().type("q");
    EXPECT_EQ(mixer.finish(), 0) << mixer.log();
    EXPECT_EQ(caller.finish(30s), 0) << "the caller is to get a BYE: " << caller.log();

    const auto recording = WavFile::read(file("mix.wav"));
    const std::span<const float> samples(recording.samples);
    const auto decoded = g711::decode(call.sounds.front(), g711::Law::mu);
    const auto before = amplitude(decoded, 8000);
    const auto louder = before * std::pow(10.0, 1.0 / 20.0);

    const auto gain = findStep(samples, 0, before, louder);
    ASSERT_TRUE(gain.has_value()) << "no step of 1 dB in " << recording.seconds() << " s";
    expectWithinOneBlock(*gain);

    const auto mute = findStep(samples, gain->firstAfter, louder, 0.0);
    ASSERT_TRUE(mute.has_value()) << "the leg was not muted";
    expectWithinOneBlock(*mute);

    // The digit alone, while the leg is muted: 200 ms of 770 and 1336 Hz, begun with a block.
    size_t first = mute->firstAfter, last = first;
    while (first < samples.size() && std::abs(samples[first]) < 1e-4f)
        ++first;
    ASSERT_LT(first, samples.size()) << "no digit";
    EXPECT_LT(first % block, 16u) << "the digit began " << first % block << " samples after the block's start";
    last = first;
    for (size_t i = first; i < first + 2400 && i < samples.size(); ++i)
        if (std::abs(samples[i]) >= 1e-4f)
            last = i;
    EXPECT_NEAR(static_cast<double>(last - first), 1600.0, 32.0) << "length of the digit [samples]";
    const auto digit = samples.subspan(first, 1600);
    EXPECT_NEAR(sound::toneLevelDbfs(digit, 770.0, 8000), -11.0 - 3.17, 0.3);
    EXPECT_NEAR(sound::toneLevelDbfs(digit, 1336.0, 8000), -9.0 - 3.17, 0.3);

    const auto back = findStep(samples, last + 200, 0.0, louder);
    ASSERT_TRUE(back.has_value()) << "the leg was not heard again";
    expectWithinOneBlock(*back);
}
