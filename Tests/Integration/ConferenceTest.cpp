#include "SupportBench.h"
#include "SupportSipp.h"

#include <cmath>

using namespace std::chrono_literals;

/** SIPp calls in with G.711 streams, one tone a leg. */
class Conference : public Bench, public ::testing::WithParamInterface<int>
{
};

namespace
{

struct Plan
{
    std::chrono::seconds talk;
    double windowSeconds, hopSeconds;
    double ownToneDb;  ///< relative to what the leg sent; see below
};

// What a leg hears of itself is buried in the coding noise of what it hears of the others: G.711's distance of some 35 dB
// to the sum of all, spread over 4 kHz. Over a window of T seconds this noise stands, at one frequency, about
// 35 + 10·log10(4000·T / 1.5) dB below the sum. For 8 legs and 8 s that is −69 dB relative to one leg. For 32 legs no window
// of bearable length shows a single leg below −60 dB for certain, but the mean over all 32 does.
Plan planFor(int legs)
{
    if (legs == 1)
        return { 10s, 4.0, 1.0, -60.0 };
    if (legs <= 8)
        return { 16s, 8.0, 1.0, -60.0 };
    return { 24s, 14.0, 1.0, -50.0 };
}

} // namespace

TEST_P(Conference, EveryToneIsMixedAtItsLevelAndNobodyHearsThemselves)
{
    const auto legs = static_cast<size_t>(GetParam());
    const auto plan = planFor(GetParam());
    const auto frequencies = sound::separateFrequencies(legs);
    ASSERT_EQ(frequencies.size(), legs);

    // All tones together stay below full scale, so that no limiter acts; each has a level of its own.
    const double highest = 20.0 * std::log10(std::min(0.25, 0.8 / static_cast<double>(legs)));
    SippCall call;
    call.talk = plan.talk;
    for (size_t i = 0; i < legs; ++i)
        call.sounds.push_back(g711::encode(sound::makeSine(frequencies[i], highest - 0.5 * static_cast<double>(i % 4),
                                                           static_cast<double>(plan.talk.count()) + 10.0, 8000),
                                           g711::Law::mu));

    ListeningProgram mixer(folder(), "mixer", { "--rate", "8000", "--legs", "40", "--mode", "conference", "--jitter-buffer", "200",
                                         "--max-backlog", "1000", "--record", "mix.wav" });
    auto heard = capture(mixer);
    call.targetPort = mixer.sipPort();
    SippCaller caller(folder(), call);
    ASSERT_EQ(caller.finish(plan.talk + 90s), 0) << caller.log() << mixer.log();
    ASSERT_EQ(mixer.interrupt(), 0) << mixer.log();
    heard->finish();

    const auto inner = [](std::span<const float> samples, double cutSeconds)
    {
        const auto span = activeSpan(samples, 8000, -70.0);
        const auto cut = static_cast<size_t>(cutSeconds * 8000);
        return span.end - span.begin > 2 * cut ? samples.subspan(span.begin + cut, span.end - span.begin - 2 * cut)
                                               : std::span<const float>();
    };

    // The recording holds every tone at the level at which it was sent.
    const auto recording = WavFile::read(file("mix.wav"));
    ASSERT_EQ(recording.rateHz, 8000);
    const auto mix = inner(recording.samples, 3.0);
    std::vector<double> sentDb(legs);
    for (size_t i = 0; i < legs; ++i)
    {
        const auto decoded = g711::decode(call.sounds[i], g711::Law::mu);
        sentDb[i] = sound::toneLevelDbfs(decoded, frequencies[i], 8000);
        const auto level = sound::medianToneLevelDbfs(mix, frequencies[i], 8000, 2.0, 2.0);
        ASSERT_TRUE(level.has_value()) << mix.size();
        EXPECT_NEAR(*level, sentDb[i], 0.2) << "recorded tone of leg " << i + 1 << " at " << frequencies[i] << " Hz";
    }

    // Each leg was sent all the others at unity, and nothing of itself. Its own tone tells whose stream it is.
    ASSERT_EQ(heard->sentTo(caller.rtpPort()).size(), legs);
    std::vector<int> seen(legs, 0);
    double ownPower = 0.0;
    for (const auto* stream : heard->sentTo(caller.rtpPort()))
    {
        const auto* incoming = heard->answerTo(*stream);
        ASSERT_NE(incoming, nullptr);
        const auto spoken = g711::decode(incoming->octets(0), g711::Law::mu);
        const auto spokenPart = inner(spoken, 1.0);
        size_t own = 0;
        double best = -200.0;
        for (size_t i = 0; i < legs; ++i)
            if (const auto level = sound::medianToneLevelDbfs(spokenPart, frequencies[i], 8000, 1.0, 4.0).value_or(-300.0); level > best)
            {
                best = level;
                own = i;
            }
        ++seen[own];

        const auto received = g711::decode(stream->octets(0), g711::Law::mu);
        const auto part = legs == 1 ? std::span<const float>(received) : inner(received, 3.0);
        for (size_t i = 0; i < legs; ++i)
        {
            if (i == own)
                continue;
            const auto level = sound::medianToneLevelDbfs(part, frequencies[i], 8000, 2.0, 2.0);
            ASSERT_TRUE(level.has_value()) << part.size();
            EXPECT_NEAR(*level, sentDb[i], 0.3) << "leg " << own + 1 << " hears leg " << i + 1;
        }
        const auto ownLevel = sound::leastToneLevelDbfs(part, frequencies[own], 8000, plan.windowSeconds, plan.hopSeconds);
        ASSERT_TRUE(ownLevel.has_value()) << part.size();
        EXPECT_LT(*ownLevel - sentDb[own], plan.ownToneDb) << "leg " << own + 1 << " hears itself";
        ownPower += std::pow(10.0, (*ownLevel - sentDb[own]) / 10.0);
    }
    EXPECT_EQ(seen, std::vector<int>(legs, 1));
    const auto meanOwnDb = 10.0 * std::log10(ownPower / static_cast<double>(legs) + 1e-30);
    EXPECT_LT(meanOwnDb, -60.0) << "all legs together hear themselves";
    RecordProperty("meanOwnToneDb", std::to_string(meanOwnDb));
    std::cout << "own tone, mean over the legs: " << meanOwnDb << " dB\n";
}

INSTANTIATE_TEST_SUITE_P(Sipp, Conference, ::testing::Values(1, 8, 32), [](const auto& chosen)
{
    return std::to_string(chosen.param) + (chosen.param == 1 ? "Leg" : "Legs");
});
