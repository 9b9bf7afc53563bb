#include "SupportBaresip.h"
#include "SupportBench.h"
#include "SupportSipp.h"

using namespace std::chrono_literals;

/** Debian's own baresip and a SIPp leg in one conference: each hears the other and not itself. */
class StockBaresipPeer : public Bench
{
protected:
    struct Tone { double hz, dbfs; };
    static constexpr Tone baresipTone { 641.37, -14.0 }, sippTone { 1873.21, -17.0 };

    [[nodiscard]] std::filesystem::path baresipSound() const
    {
        const auto wav = file("baresip.wav");
        WavFile::write(wav, sound::makeSine(baresipTone.hz, baresipTone.dbfs, 90.0, 8000), 8000);
        return wav;
    }

    [[nodiscard]] static SippCall sippCall(const ListeningProgram& mixer)
    {
        SippCall call;
        call.targetPort = mixer.sipPort();
        call.sounds = { g711::encode(sound::makeSine(sippTone.hz, sippTone.dbfs, 90.0, 8000), g711::Law::mu) };
        call.talk = 12s;
        return call;
    }

    [[nodiscard]] static std::vector<std::string> mixerOptions(std::vector<std::string> more = {})
    {
        std::vector<std::string> options { "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000", "--record", "mix.wav",
                                           "--metrics", "metrics.jsonl", "--metrics-interval", "0.2" };
        options.insert(options.end(), more.begin(), more.end());
        return options;
    }

    /** @param octets of one direction; the middle, where both legs were there, is measured */
    static void expectTones(std::span<const float> samples, Tone present, Tone absent, const std::string& who)
    {
        const auto span = activeSpan(samples, 8000);
        ASSERT_GT(span.end, span.begin + 8 * 8000) << who << " heard " << samples.size() << " samples";
        const auto part = samples.subspan(span.begin + 8000, span.end - span.begin - 2 * 8000);
        EXPECT_NEAR(*sound::medianToneLevelDbfs(part, present.hz, 8000, 1.0, 0.5), present.dbfs, 0.2) << who;
        EXPECT_LT(*sound::leastToneLevelDbfs(part, absent.hz, 8000, 4.0, 1.0), absent.dbfs - 60.0) << who << " hears itself";
    }

    void expectBothHeardEachOther(RtpCapture& heard, const StockBaresip& stock, const SippCaller& sipp) const
    {
        std::vector<const CapturedStream*> toBaresip;
        for (int i = 0; i < StockBaresip::rtpPortCount && toBaresip.empty(); i += 2)
            toBaresip = heard.sentTo(static_cast<uint16_t>(stock.firstRtpPort() + i));
        const auto toSipp = heard.sentTo(sipp.rtpPort());
        ASSERT_EQ(toBaresip.size(), 1u);
        ASSERT_EQ(toSipp.size(), 1u);
        expectTones(g711::decode(toBaresip.front()->octets(0), g711::Law::mu), sippTone, baresipTone, "baresip");
        expectTones(g711::decode(toSipp.front()->octets(0), g711::Law::mu), baresipTone, sippTone, "SIPp");

        const auto recording = WavFile::read(file("mix.wav"));
        const auto span = activeSpan(recording.samples, recording.rateHz);
        const auto whole = std::span<const float>(recording.samples).subspan(span.begin, span.end - span.begin);
        EXPECT_NEAR(*sound::medianToneLevelDbfs(whole, baresipTone.hz, 8000, 1.0, 0.5), baresipTone.dbfs, 0.2) << "recorded baresip";
        EXPECT_NEAR(*sound::medianToneLevelDbfs(whole, sippTone.hz, 8000, 1.0, 0.5), sippTone.dbfs, 0.2) << "recorded SIPp";
    }

    [[nodiscard]] bool waitForSound(const std::string& media) const
    {
        return waitForMetrics(file("metrics.jsonl"), [&](const juce::var& line)
        {
            return ! callsWhere(line, [&](const juce::var& call)
            {
                return call["state"] == "established" && static_cast<int>(call["media"][media.c_str()]["packets"]) > 25;
            }).empty();
        });
    }
};

TEST_F(StockBaresipPeer, CallsInAndIsMixedWithSipp)
{
    ListeningProgram mixer(folder(), "mixer", mixerOptions());
    const auto heard = capture(mixer);
    StockBaresip stock(folder(), { .sound = baresipSound(), .dial = mixer.uri() });
    ASSERT_TRUE(stock.waitUntilEstablished(deadline::start)) << stock.log() << mixer.log();
    ASSERT_TRUE(waitForSound("received")) << stock.log() << mixer.log();
    SippCaller sipp(folder(), sippCall(mixer));
    ASSERT_EQ(sipp.finish(90s), 0) << sipp.log() << mixer.log();

    // baresip hangs up: the mixer answers its BYE and goes on.
    EXPECT_EQ(stock.hangUpAndEnd(30s), 0) << stock.log();
    ASSERT_EQ(mixer.interrupt(), 0) << mixer.log();
    heard->finish();
    EXPECT_GE(heard->count("BYE", stock.sipPort()), 1);
    expectBothHeardEachOther(*heard, stock, sipp);
}

TEST_F(StockBaresipPeer, IsCalledByTheMixerAndHeardAndHungUp)
{
    StockBaresip stock(folder(), { .sound = baresipSound() });
    ListeningProgram mixer(folder(), "mixer", mixerOptions({ "--dial", stock.uri() }));
    const auto heard = capture(mixer);
    ASSERT_TRUE(stock.waitUntilEstablished(deadline::start)) << stock.log() << mixer.log();
    ASSERT_TRUE(waitForSound("received")) << stock.log() << mixer.log();
    SippCaller sipp(folder(), sippCall(mixer));
    ASSERT_EQ(sipp.finish(90s), 0) << sipp.log() << mixer.log();
    ASSERT_EQ(mixer.interrupt(), 0) << mixer.log();
    EXPECT_TRUE(stock.process().waitForOutput("terminated", 30s)) << stock.log();
    heard->finish();
    EXPECT_EQ(heard->count("BYE", mixer.sipPort()), 1) << "the mixer ends its own call with BYE";
    expectBothHeardEachOther(*heard, stock, sipp);
}
