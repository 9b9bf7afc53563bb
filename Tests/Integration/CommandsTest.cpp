#include "SupportBench.h"
#include "SupportEngineHere.h"

#include <mw_lab/flight/MixerLog.h>

using namespace mw;

/** What a mixer is told, and what of it a sink hears, in the sink's report. */
class Commands : public Bench
{
};

TEST_F(Commands, AGainAMuteAndAMasterGainStandBesideWhatWasHeardOfThem)
{
    ListeningProgram sink(folder(), "sink",
                          { "--codecs", "L16", "--rate", std::to_string(EngineHere::rateHz), "--jitter-buffer", std::to_string(here::depthMs), "--max-backlog",
                            std::to_string(here::backlogMs), "--pilot-names", "1=alice", "--mixer-log", "commands.jsonl", "--report", "sink.json", "--calls", "1",
                            "--expect", "commands.count: 4", "--expect", "commands.answered: 4", "--expect", "commands.worst_error_db: < 0.2" });
    EngineHere mixer(2);
    ASSERT_TRUE(mixer.engine.start().ok());
    auto log = MixerLog::open(mixer.engine, *mixer.clock, juce::File(file("commands.jsonl").string()));
    ASSERT_TRUE(log.ok());
    // A source has no account of its own: its address names no pilot, so that the nearest step answers.
    Milliwatt source(folder(), { "source", "--call", mixer.engine.localUri(), "--codecs", "L16", "--rate", std::to_string(EngineHere::rateHz), "--jitter-buffer",
                                 std::to_string(here::depthMs), "--max-backlog", std::to_string(here::backlogMs), "--pilot", "1@-20", "--duration", "13" });
    ASSERT_TRUE(mixer.waitUntil([&] { return mixer.established() == 1; })) << source.log();
    ASSERT_TRUE(mixer.engine.dial(sink.uri(), "").ok());
    ASSERT_TRUE(mixer.waitUntil([&] { return mixer.established() == 2; })) << sink.log();

    auto& target = mixer.engine.mixer();
    ASSERT_TRUE(mixer.waitForSound(3.5));
    target.setStripGainDb(0, -6.0);
    ASSERT_TRUE(mixer.waitForSound(2.0));
    target.setMasterInGainDb(3.0);
    ASSERT_TRUE(mixer.waitForSound(2.0));
    target.setStripMuted(0, true);
    ASSERT_TRUE(mixer.waitForSound(1.5));
    target.setStripMuted(0, false);
    ASSERT_TRUE(mixer.waitForSound(2.0));
    for (const auto& call : mixer.engine.snapshot().calls)
        if (call.outgoing)
            mixer.engine.hangUp(call.leg);
    ASSERT_TRUE(mixer.waitUntil([&] { return mixer.established() == 1; }));
    EXPECT_EQ(sink.finish(), 0) << sink.log();
    EXPECT_EQ(source.finish(), 0) << source.log();
    mixer.engine.handleEvents();

    const auto call = json(file("sink.json"))["calls"][0];
    const auto rows = call["tables"]["commands"]["rows"];
    ASSERT_EQ(rows.size(), 4);
    for (int i = 0; i < rows.size(); ++i)
    {
        // A block at most until it is taken, half of the ramp, and the jitter buffer of the sink.
        EXPECT_GE(static_cast<double>(rows[i][7]), here::depthMs - 25.0) << i;
        EXPECT_LE(static_cast<double>(rows[i][7]), here::backlogMs + 100.0) << i;
        std::cout << rows[i][1].toString() << " " << rows[i][4].toString() << " dB: " << rows[i][5].toString() << " dB after " << rows[i][7].toString() << " ms, "
                  << rows[i][8].toString() << "\n";
    }
    EXPECT_NEAR(static_cast<double>(rows[0][5]), -6.0, 0.2);
    EXPECT_NEAR(static_cast<double>(rows[1][5]), 3.0, 0.2);
    EXPECT_EQ(rows[2][8].toString(), "silent");
    EXPECT_EQ(rows[3][8].toString(), "heard again");
}
