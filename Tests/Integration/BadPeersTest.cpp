#include "SupportBaresip.h"
#include "SupportBench.h"
#include "SupportSipp.h"

#include <csignal>
#include <thread>

using namespace std::chrono_literals;

/** Peers that misbehave, and that the others' sound goes on meanwhile. */
class BadPeers : public Bench
{
protected:
    static constexpr double goodHz = 701.37, goodDbfs = -13.0, badHz = 2203.21;

    [[nodiscard]] static std::vector<unsigned char> tone(double frequencyHz)
    {
        return g711::encode(sound::makeSine(frequencyHz, goodDbfs, 150.0, 8000), g711::Law::mu);
    }

    [[nodiscard]] static std::vector<std::string> mixerOptions(std::vector<std::string> more = {})
    {
        std::vector<std::string> options { "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000", "--record", "mix.wav",
                                           "--metrics", "metrics.jsonl", "--metrics-interval", "0.2" };
        options.insert(options.end(), more.begin(), more.end());
        return options;
    }

    [[nodiscard]] SippCall goodCall(const ListeningProgram& mixer, std::chrono::seconds talk) const
    {
        SippCall call;
        call.targetPort = mixer.sipPort();
        call.sounds = { tone(goodHz) };
        call.talk = talk;
        return call;
    }

    [[nodiscard]] bool waitForEstablished(int count) const
    {
        return waitForMetrics(file("metrics.jsonl"), [&](const juce::var& line)
        {
            return callsWhere(line, [](const juce::var& call)
            {
                return call["state"] == "established" && static_cast<int>(call["media"]["received"]["packets"]) > 25;
            }).size() >= static_cast<size_t>(count);
        });
    }

    [[nodiscard]] bool waitForClosed(const std::string& reasonPart, int sipCode = 0) const
    {
        return waitForMetrics(file("metrics.jsonl"), [&](const juce::var& line)
        {
            return ! callsWhere(line, [&](const juce::var& call)
            {
                return call["state"] == "closed" && call["reason"].toString().contains(reasonPart.c_str())
                    && (sipCode == 0 || static_cast<int>(call["sipCode"]) == sipCode);
            }).empty();
        });
    }

    /** The good leg's tone is in every half second of the recording between its first and its last sound. */
    void expectGoodToneUninterrupted(double atLeastSeconds) const
    {
        const auto recording = WavFile::read(file("mix.wav"));
        const auto span = activeSpan(recording.samples, 8000);
        const auto part = std::span<const float>(recording.samples).subspan(span.begin, span.end - span.begin);
        EXPECT_GT(static_cast<double>(part.size()) / 8000.0, atLeastSeconds);
        ASSERT_TRUE(sound::leastToneLevelDbfs(part, goodHz, 8000, 0.5, 0.1).has_value());
        EXPECT_NEAR(*sound::medianToneLevelDbfs(part, goodHz, 8000, 0.5, 0.1), goodDbfs, 0.2);
        EXPECT_GT(*sound::leastToneLevelDbfs(part, goodHz, 8000, 0.5, 0.1), goodDbfs - 3.0);
    }

    /** Whether another leg's tone was ever in the recording. */
    [[nodiscard]] double greatestBadToneDbfs() const
    {
        const auto recording = WavFile::read(file("mix.wav"));
        return sound::greatestToneLevelDbfs(recording.samples, badHz, 8000, 0.5, 0.25).value_or(-300.0);
    }
};

TEST_F(BadPeers, CalleeThatRejectsIsNamedWithItsCodeAndTheOthersGoOn)
{
    SippCallee busy(folder(), SippAnswer::busy);
    ListeningProgram mixer(folder(), "mixer", mixerOptions({ "--dial", busy.uri() }));
    SippCaller good(folder(), goodCall(mixer, 5s));
    EXPECT_EQ(busy.finish(60s), 0) << busy.log();
    EXPECT_TRUE(waitForClosed("Busy Here", 486)) << readText(file("metrics.jsonl"));
    ASSERT_EQ(good.finish(60s), 0) << good.log() << mixer.log();
    EXPECT_EQ(mixer.interrupt(), 4) << mixer.log();
    EXPECT_NE(mixer.log().find("486"), std::string::npos) << mixer.log();
    expectGoodToneUninterrupted(3.0);
}

TEST_F(BadPeers, SourceThatIsRejectedEndsWithCodeFour)
{
    SippCallee busy(folder(), SippAnswer::busy);
    Milliwatt source(folder(), { "source", "--call", busy.uri(), "--play", "tone:1000@-10" });
    EXPECT_EQ(source.finish(), 4) << source.log();
    EXPECT_NE(source.log().find("486 Busy Here"), std::string::npos) << source.log();
    EXPECT_EQ(busy.finish(30s), 0) << busy.log();
}

TEST_F(BadPeers, CalleeThatNeverAnswersIsGivenUpWithCancel)
{
    SippCallee silent(folder(), SippAnswer::ringsForEver);
    Milliwatt source(folder(), { "source", "--call", silent.uri(), "--play", "tone:1000@-10", "--answer-timeout", "3" });
    EXPECT_EQ(source.finish(), 4) << source.log();
    EXPECT_EQ(silent.finish(30s), 0) << "a CANCEL is to come: " << silent.log();
}

TEST_F(BadPeers, CalleeWithoutACommonCodecIsNamedAsSuch)
{
    SippCallee other(folder(), SippAnswer::notAcceptable);
    Milliwatt source(folder(), { "source", "--call", other.uri(), "--play", "tone:1000@-10" });
    EXPECT_EQ(source.finish(), 4) << source.log();
    EXPECT_NE(source.log().find("488"), std::string::npos) << source.log();

    WavFile::write(file("tone.wav"), sound::makeSine(goodHz, goodDbfs, 5.0, 8000), 8000);
    StockBaresip stock(folder(), { .sound = file("tone.wav") });  // PCMU alone
    Milliwatt second(folder(), { "source", "--call", stock.uri(), "--play", "tone:1000@-10", "--codecs", "G722" });
    EXPECT_EQ(second.finish(), 4) << second.log() << stock.log();
}

TEST_F(BadPeers, CallerWithoutACommonCodecIsRefusedWith488AndTheOthersGoOn)
{
    ListeningProgram mixer(folder(), "mixer", mixerOptions());
    SippCaller good(folder(), goodCall(mixer, 6s));
    ASSERT_TRUE(waitForEstablished(1)) << mixer.log() << good.log();
    SippCall odd;
    odd.targetPort = mixer.sipPort();
    odd.mediaLine = "99\na=rtpmap:99 X-MADE-UP/8000";
    odd.expectedRefusal = 488;
    SippCaller caller(folder(), odd);
    EXPECT_EQ(caller.finish(60s), 0) << caller.log();
    ASSERT_EQ(good.finish(60s), 0) << good.log() << mixer.log();
    EXPECT_EQ(mixer.interrupt(), 0) << mixer.log();
    expectGoodToneUninterrupted(4.0);
}

TEST_F(BadPeers, LegBeyondTheLimitIsRefusedWith486AndTheOthersGoOn)
{
    ListeningProgram mixer(folder(), "mixer", mixerOptions({ "--legs", "1" }));
    SippCaller good(folder(), goodCall(mixer, 12s));
    ASSERT_TRUE(waitForEstablished(1)) << mixer.log() << good.log();
    SippCall extra;
    extra.targetPort = mixer.sipPort();
    extra.sounds = { tone(badHz), tone(badHz), tone(badHz) };
    extra.expectedRefusal = 486;
    SippCaller caller(folder(), extra);
    EXPECT_EQ(caller.finish(60s), 0) << caller.log();
    ASSERT_EQ(good.finish(60s), 0) << good.log() << mixer.log();

    // There is room again now.
    auto next = extra;
    next.sounds = { tone(goodHz) };
    next.expectedRefusal = 0;
    next.talk = 2s;
    SippCaller later(folder(), next);
    EXPECT_EQ(later.finish(60s), 0) << later.log();
    EXPECT_EQ(mixer.interrupt(), 0) << mixer.log();
    const auto lines = jsonLines(file("metrics.jsonl"));
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(static_cast<int>(lines.back()["legsRefused"]), 3);
    EXPECT_LT(greatestBadToneDbfs(), -75.0);
}

TEST_F(BadPeers, PeerThatVanishesIsEndedByItsRtpTimeoutAndTheOthersGoOn)
{
    ListeningProgram mixer(folder(), "mixer", mixerOptions({ "--rtp-timeout", "3" }));
    SippCaller good(folder(), goodCall(mixer, 10s));
    ASSERT_TRUE(waitForEstablished(1)) << mixer.log() << good.log();
    SippCall doomed;
    doomed.targetPort = mixer.sipPort();
    doomed.sounds = { tone(badHz) };
    doomed.talk = 120s;
    SippCaller vanishing(folder(), doomed);
    ASSERT_TRUE(waitForEstablished(2)) << mixer.log() << vanishing.log();
    std::this_thread::sleep_for(1s);
    vanishing.process().signal(SIGKILL);
    EXPECT_TRUE(waitForClosed("RTP timeout")) << mixer.log() << readText(file("metrics.jsonl"));
    ASSERT_EQ(good.finish(60s), 0) << good.log() << mixer.log();
    EXPECT_EQ(mixer.interrupt(), 0) << mixer.log();
    expectGoodToneUninterrupted(7.0);
    EXPECT_NEAR(greatestBadToneDbfs(), goodDbfs, 0.5) << "it was heard while it was there";
}

TEST_F(BadPeers, InterruptDuringCallsHangsUpWithBye)
{
    ListeningProgram mixer(folder(), "mixer", mixerOptions());
    const auto heard = capture(mixer);
    auto call = goodCall(mixer, 120s);
    call.sounds = { tone(goodHz), tone(badHz), tone(1501.1) };
    call.peerHangsUp = true;
    SippCaller caller(folder(), call);
    ASSERT_TRUE(waitForEstablished(3)) << mixer.log() << caller.log();
    std::this_thread::sleep_for(2s);
    EXPECT_EQ(mixer.interrupt(), 0) << mixer.log();
    EXPECT_EQ(caller.finish(30s), 0) << "every call is to get a BYE: " << caller.log();
    heard->finish();
    EXPECT_GE(heard->count("BYE", mixer.sipPort()), 3);
    expectGoodToneUninterrupted(1.5);
    EXPECT_NEAR(greatestBadToneDbfs(), goodDbfs, 0.5);
}
