#include "SupportBench.h"

#include <Support/FaultyNetwork.h>

/** What came against what was sent, in real calls. */
class Reference : public Bench
{
};

TEST_F(Reference, SpeechOverALossyNetworkIsFartherFromWhatWasSent)
{
    WavFile::write(file("speech.wav"), recordedSpeech(7.0), 8000);
    const std::vector<std::string> common { "--codecs", "PCMU", "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000" };
    const auto with = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), common.begin(), common.end());
        return arguments;
    };
    ListeningProgram sink(folder(), "sink", with({ "--calls", "2", "--report", "sink.json", "--reference", "speech.wav",
                                                   "--expect", "score: { gain_db: 0 ± 1.5, compared_s: > 4 }" }));
    mw::test::FaultyNetwork::Config lossy;
    lossy.toCallee.lossProbability = 0.15;
    mw::test::FaultyNetwork network(sink.sipPort(), lossy);
    Milliwatt whole(folder(), with({ "source", "--user", "whole", "--call", sink.uri(), "--play", "speech.wav" }));
    Milliwatt torn(folder(), with({ "source", "--user", "torn", "--call", network.uri(), "--play", "speech.wav" }));
    EXPECT_EQ(whole.finish(), 0) << whole.log();
    EXPECT_EQ(torn.finish(), 0) << torn.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();

    const auto calls = json(file("sink.json"))["calls"];
    ASSERT_EQ(calls.size(), 2);
    double distance[2] {}, mos[2] {};
    auto stoodStill = false;
    for (int i = 0; i < 2; ++i)
    {
        const auto which = calls[i]["peerUri"].toString().startsWith("sip:torn@") ? 1 : 0;
        const auto figures = calls[i]["figures"];
        distance[which] = static_cast<double>(figures["score.distance_db"]["value"]);
        const auto faults = figures["faults.names"]["value"].toString();
        stoodStill = stoodStill || faults.contains("stall") || (which == 0 && faults.contains("late packets"));
        mos[which] = static_cast<double>(figures["score.mos_estimate"]["value"]);
    }
    std::cout << "distance " << distance[0] << " and " << distance[1] << " dB, MOS " << mos[0] << " and " << mos[1] << "\n";
    // What G.711 does, and little else; where a busy machine stood still, it says so, and the call was no whole one.
    EXPECT_LT(distance[0], stoodStill ? distance[1] - 0.4 : 0.7);
    EXPECT_GT(distance[1], distance[0] + 0.4);
    EXPECT_LT(mos[1], mos[0] - 0.4);
}
