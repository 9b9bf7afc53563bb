#include "SupportBaresip.h"
#include "SupportBench.h"
#include "SupportDtmf.h"
#include "SupportSipp.h"

#include <cmath>
#include <thread>

using namespace std::chrono_literals;

namespace
{

const std::string allDigits = "1234567890*#ABCD";

std::vector<float> scaled(std::vector<float> samples, double gainDb)
{
    for (auto& sample : samples)
        sample *= static_cast<float>(std::pow(10.0, gainDb / 20.0));
    return samples;
}

} // namespace

/** Our digits, read by strangers. */
class DtmfSent : public Bench
{
};

/** Strangers' digits, read by our sink. */
class DtmfHeard : public Bench
{
protected:
    /** One second of silence, all sixteen digits by sox, ten seconds of silence. */
    [[nodiscard]] std::vector<float> digitsBySox() const
    {
        auto all = std::vector<float>(8000, 0.0f);
        const auto made = dtmf::madeBySox(folder(), allDigits, 80, 80, -14.0, -12.0);
        all.insert(all.end(), made.begin(), made.end());
        all.resize(all.size() + 80000, 0.0f);
        return all;
    }

    [[nodiscard]] static std::vector<std::string> sinkOptions()
    {
        return { "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000", "--expect-dtmf", allDigits, "--calls", "1",
                 "--report", "sink.json", "--record", "sink.wav" };
    }

    /** What the sink recorded holds the digits for a stranger as well, and the report holds each of them. */
    void expectDigitsArrived(const std::string& digits = allDigits)
    {
        EXPECT_EQ(dtmf::readByMultimon(file("sink.wav")), digits);
        const auto report = json(file("sink.json"));
        EXPECT_NE(readText(file("sink.json")).find("\"" + digits + "\""), std::string::npos)
            << juce::JSON::toString(report).toStdString();
    }
};

TEST_F(DtmfSent, MultimonReadsAllDigitsOfARecordedMix)
{
    ListeningProgram mixer(folder(), "mixer", { "--rate", "8000", "--record", "mix.wav", "--dtmf", allDigits, "--dtmf-on", "80",
                                         "--dtmf-off", "80" });
    const auto heard = capture(mixer);
    SippCall call;
    call.targetPort = mixer.sipPort();
    call.sounds = { std::vector<unsigned char>(8000, 0xff) };
    call.talk = 7s;
    SippCaller caller(folder(), call);
    ASSERT_EQ(caller.finish(90s), 0) << caller.log() << mixer.log();
    ASSERT_EQ(mixer.interrupt(), 0) << mixer.log();
    heard->finish();
    EXPECT_EQ(dtmf::readByMultimon(file("mix.wav")), allDigits);

    // The leg was sent them too.
    const auto streams = heard->sentTo(caller.rtpPort());
    ASSERT_EQ(streams.size(), 1u);
    WavFile::write(file("leg.wav"), g711::decode(streams.front()->octets(0), g711::Law::mu), 8000);
    EXPECT_EQ(dtmf::readByMultimon(file("leg.wav")), allDigits);

    // Default levels: low tone −11 dBm0, high tone 2 dB above, a full-scale sine at +3.17 dBm0 (µ-law).
    const auto recording = WavFile::read(file("mix.wav"));
    const auto span = activeSpan(recording.samples, 8000);
    const auto first = std::span<const float>(recording.samples).subspan(span.begin + 160, 480);
    EXPECT_NEAR(sound::toneLevelDbfs(first, 697.0, 8000), -11.0 - 3.17, 0.3);
    EXPECT_NEAR(sound::toneLevelDbfs(first, 1209.0, 8000), -9.0 - 3.17, 0.3);
}

TEST_F(DtmfSent, MultimonReadsAllDigitsWhileALegSpeaks)
{
    ListeningProgram mixer(folder(), "mixer", { "--rate", "16000", "--record", "mix.wav", "--dtmf", allDigits, "--dtmf-on", "100",
                                         "--dtmf-off", "100", "--jitter-buffer", "200" });
    const auto speech = scaled(recordedSpeech(20.0), -20.0);
    SippCall call;
    call.targetPort = mixer.sipPort();
    call.sounds = { g711::encode(speech, g711::Law::mu) };
    call.talk = 8s;
    SippCaller caller(folder(), call);
    ASSERT_EQ(caller.finish(90s), 0) << caller.log() << mixer.log();
    ASSERT_EQ(mixer.interrupt(), 0) << mixer.log();
    EXPECT_EQ(dtmf::readByMultimon(file("mix.wav")), allDigits);

    // After the digits the speech is still there, at its level.
    const auto recording = WavFile::read(file("mix.wav"));
    const auto span = activeSpan(recording.samples, recording.rateHz, -60.0);
    const auto after = std::span<const float>(recording.samples).subspan(span.begin + static_cast<size_t>(4 * recording.rateHz));
    ASSERT_GT(span.end - span.begin, static_cast<size_t>(6 * recording.rateHz));
    EXPECT_NEAR(sound::rmsDbfs(after.first(static_cast<size_t>(2 * recording.rateHz))),
                sound::rmsDbfs(std::span<const float>(speech).subspan(4 * 8000, 2 * 8000)), 3.0);
}

TEST_F(DtmfHeard, SinkReadsDigitsMadeBySoxAndPlayedBySipp)
{
    ListeningProgram sink(folder(), "sink", sinkOptions());
    SippCall call;
    call.targetPort = sink.sipPort();
    call.sounds = { g711::encode(digitsBySox(), g711::Law::mu) };
    call.talk = 7s;
    SippCaller caller(folder(), call);
    ASSERT_EQ(caller.finish(90s), 0) << caller.log() << sink.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();
    expectDigitsArrived();
}

TEST_F(DtmfHeard, SinkReadsDigitsMadeBySoxAndPlayedByStockBaresip)
{
    WavFile::write(file("digits.wav"), digitsBySox(), 8000);
    ListeningProgram sink(folder(), "sink", sinkOptions());
    StockBaresip stock(folder(), { .sound = file("digits.wav"), .dial = sink.uri() });
    ASSERT_TRUE(stock.waitUntilEstablished(deadline::start)) << stock.log() << sink.log();
    std::this_thread::sleep_for(7s);
    EXPECT_EQ(stock.hangUpAndEnd(30s), 0) << stock.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();
    expectDigitsArrived();
}

TEST_F(DtmfHeard, SinkReadsDigitsOfOurSource)
{
    ListeningProgram sink(folder(), "sink", sinkOptions());
    Milliwatt source(folder(), { "source", "--call", sink.uri(), "--play", "dtmf:" + allDigits, "--rate", "8000" });
    EXPECT_EQ(source.finish(), 0) << source.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();
    expectDigitsArrived();
}

TEST_F(DtmfHeard, SinkReadsDigitsOfAFileThatOurSourcePlays)
{
    WavFile::write(file("digits.wav"), digitsBySox(), 8000);
    ListeningProgram sink(folder(), "sink", sinkOptions());
    Milliwatt source(folder(), { "source", "--call", sink.uri(), "--play", file("digits.wav"), "--rate", "8000" });
    EXPECT_EQ(source.finish(), 0) << source.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();
    expectDigitsArrived();
}

TEST_F(DtmfHeard, SinkDoesNotPassWhenADigitIsMissing)
{
    ListeningProgram sink(folder(), "sink", sinkOptions());
    Milliwatt source(folder(), { "source", "--call", sink.uri(), "--play", "dtmf:123456789", "--rate", "8000" });
    EXPECT_EQ(source.finish(), 0) << source.log();
    EXPECT_EQ(sink.finish(), 1) << sink.log();
    expectDigitsArrived("123456789");
}

/** Digits beside the sound: telephone-event and SIP INFO. */
class DtmfEvents : public Bench
{
protected:
    static constexpr double toneHz = 1111.37, toneDbfs = -15.0;

    [[nodiscard]] static std::vector<std::string> mixerOptions()
    {
        return { "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000", "--record", "mix.wav",
                 "--metrics", "metrics.jsonl", "--metrics-interval", "0.2" };
    }

    [[nodiscard]] bool waitForDigits(const std::string& digits) const
    {
        return waitForMetrics(file("metrics.jsonl"), [&](const juce::var& line)
        {
            return ! callsWhere(line, [&](const juce::var& call)
            {
                return call["digitsReceived"].toString().startsWith(digits.c_str());
            }).empty();
        }, 30s);
    }

    void expectToneRecorded() const
    {
        const auto recording = WavFile::read(file("mix.wav"));
        const auto span = activeSpan(recording.samples, 8000);
        const auto part = std::span<const float>(recording.samples).subspan(span.begin, span.end - span.begin);
        ASSERT_TRUE(sound::medianToneLevelDbfs(part, toneHz, 8000, 0.5, 0.25).has_value()) << part.size();
        EXPECT_NEAR(*sound::medianToneLevelDbfs(part, toneHz, 8000, 0.5, 0.25), toneDbfs, 0.2);
    }
};

TEST_F(DtmfEvents, SipInfoFromSippIsCountedWithItsCallWhileSoundGoesOn)
{
    ListeningProgram mixer(folder(), "mixer", mixerOptions());
    SippCall call;
    call.targetPort = mixer.sipPort();
    call.sounds = { g711::encode(sound::makeSine(toneHz, toneDbfs, 60.0, 8000), g711::Law::mu) };
    call.talk = 6s;
    call.infoDigits = "159#D";
    SippCaller caller(folder(), call);
    ASSERT_EQ(caller.finish(90s), 0) << caller.log() << mixer.log();
    EXPECT_TRUE(waitForDigits("159#D")) << mixer.log();
    ASSERT_EQ(mixer.interrupt(), 0) << mixer.log();
    expectToneRecorded();
}

TEST_F(DtmfEvents, TelephoneEventsFromStockBaresipAreCountedWithTheirCall)
{
    WavFile::write(file("tone.wav"), sound::makeSine(toneHz, toneDbfs, 120.0, 8000), 8000);
    ListeningProgram mixer(folder(), "mixer", mixerOptions());
    StockBaresip stock(folder(), { .sound = file("tone.wav"), .dial = mixer.uri() });
    ASSERT_TRUE(stock.waitUntilEstablished(deadline::start)) << stock.log() << mixer.log();
    std::this_thread::sleep_for(1s);
    // This baresip's console never lets a key go: a digit ends when the next one begins, and the last one with the call.
    for (const char digit : std::string("5#0*91"))
        ASSERT_TRUE(stock.press(digit)) << digit << ": " << stock.log();
    EXPECT_TRUE(waitForDigits("5#0*9")) << mixer.log() << readText(file("metrics.jsonl"));
    EXPECT_EQ(stock.hangUpAndEnd(30s), 0) << stock.log();
    ASSERT_EQ(mixer.interrupt(), 0) << mixer.log();
    expectToneRecorded();
}

TEST_F(DtmfEvents, SinkMeasuresEventsOfStockBaresipAndWhatTheSoundHoldsAsWell)
{
    WavFile::write(file("sevens.wav"), dtmf::madeBySox(folder(), std::string(60, '7'), 80, 80, -14.0, -12.0), 8000);
    ListeningProgram sink(folder(), "sink", { "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000", "--calls", "1", "--report", "sink.json",
                                              "--expect", "events.digits: \"79\"", "--expect", "events.leaks: 1", "--expect", "events.longest_leak_ms: 80 ± 3",
                                              "--expect", "events: { lost: 0, without_marker: 0, not_growing: 0, doubled: 0 }" });
    StockBaresip stock(folder(), { .sound = file("sevens.wav"), .dial = sink.uri() });
    ASSERT_TRUE(stock.waitUntilEstablished(deadline::start)) << stock.log() << sink.log();
    std::this_thread::sleep_for(1s);
    for (const char digit : std::string("79"))
        ASSERT_TRUE(stock.press(digit)) << digit << ": " << stock.log();
    EXPECT_EQ(stock.hangUpAndEnd(30s), 0) << stock.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log() << readText(file("sink.json"));
}
