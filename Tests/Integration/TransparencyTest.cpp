#include "SupportBench.h"
#include "SupportSipp.h"

#include <random>

using namespace std::chrono_literals;

/** One G.711 leg at unity gain leaves the mixer with the octets that came in. */
class Transparency : public Bench
{
protected:
    /** Two seconds of octets drawn at random, all 256 among them, then four of recorded speech. µ-law has two zeros; librem
        decodes them to different samples, so that both survive. */
    [[nodiscard]] static std::vector<unsigned char> octets(g711::Law law)
    {
        std::mt19937 generator(20260101);
        std::uniform_int_distribution<int> any(0, 255);
        std::vector<unsigned char> all;
        while (all.size() < 16000)
            all.push_back(static_cast<unsigned char>(any(generator)));
        const auto speech = g711::encode(recordedSpeech(4.0), law);
        all.insert(all.end(), speech.begin(), speech.end());
        return all;
    }

    static void expectUnchanged(const std::vector<unsigned char>& sent, const CapturedStream& stream, g711::Law law)
    {
        const auto received = stream.octets(g711::payloadType(law));
        const auto run = sound::longestCommonRun(sent, received);
        const auto packets = sound::findPieces(sent, received, 160);
        // A packet that came too late on a loaded machine is concealed; everything else is bit by bit the same.
        EXPECT_GE(run.length, 8000u) << "longest unchanged run [octets] of " << received.size();
        EXPECT_GE(static_cast<double>(packets.found), 0.95 * static_cast<double>(packets.pieces))
            << packets.found << " of " << packets.pieces << " packets unchanged";
        std::cout << packets.found << " of " << packets.pieces << " packets unchanged, longest run " << run.length << " octets\n";
    }

    void conferenceOfTwo(g711::Law law)
    {
        ListeningProgram mixer(folder(), "mixer", { "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000",
                                             "--codecs", g711::encodingName(law), "--law", law == g711::Law::mu ? "mu" : "a" });
        const auto heard = capture(mixer);
        const auto sent = octets(law);
        SippCall call;
        call.targetPort = mixer.sipPort();
        call.law = law;
        call.sounds = { sent, std::vector<unsigned char>(8000, law == g711::Law::mu ? 0xff : 0xd5) };
        call.talk = 9s;
        SippCaller caller(folder(), call);
        ASSERT_EQ(caller.finish(call.talk + 60s), 0) << caller.log() << mixer.log();
        ASSERT_EQ(mixer.interrupt(), 0) << mixer.log();
        heard->finish();

        const CapturedStream* listener = nullptr;
        ASSERT_EQ(heard->sentTo(caller.rtpPort()).size(), 2u);
        for (const auto* stream : heard->sentTo(caller.rtpPort()))
        {
            const auto* spoken = heard->answerTo(*stream);
            ASSERT_NE(spoken, nullptr);
            if (sound::longestCommonRun(sent, spoken->octets(g711::payloadType(law))).length == 0)
                listener = stream;
        }
        ASSERT_NE(listener, nullptr);
        expectUnchanged(sent, *listener, law);
    }
};

TEST_F(Transparency, PcmuLegOfAConferenceLeavesItsOctetsUnchanged) { conferenceOfTwo(g711::Law::mu); }

TEST_F(Transparency, PcmaLegOfAConferenceLeavesItsOctetsUnchanged) { conferenceOfTwo(g711::Law::a); }

TEST_F(Transparency, FunnelHandsTheOctetsToTheSinkUnchanged)
{
    SippCallee sink(folder(), SippAnswer::answersAndTalks, std::vector<unsigned char>(8000, 0xff));
    ListeningProgram mixer(folder(), "mixer", { "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000",
                                         "--codecs", "PCMU", "--mode", "funnel", "--sink", sink.uri() });
    const auto heard = capture(mixer);
    const auto sent = octets(g711::Law::mu);
    SippCall call;
    call.targetPort = mixer.sipPort();
    call.sounds = { sent };
    call.talk = 9s;
    SippCaller caller(folder(), call);
    ASSERT_EQ(caller.finish(call.talk + 60s), 0) << caller.log() << mixer.log();
    ASSERT_EQ(mixer.interrupt(), 0) << mixer.log();
    EXPECT_EQ(sink.finish(30s), 0) << sink.log();
    heard->finish();

    ASSERT_EQ(heard->sentTo(sink.rtpPort()).size(), 1u);
    expectUnchanged(sent, *heard->sentTo(sink.rtpPort()).front(), g711::Law::mu);

    // Without --funnel-return the source is sent silence.
    for (const auto* stream : heard->sentTo(caller.rtpPort()))
        EXPECT_LT(sound::rmsDbfs(g711::decode(stream->octets(0), g711::Law::mu)), -80.0);
}
