#include "Program.h"

#include <Support/Sweep.h>

#include <mw_sip/mw_sip.h>
#include <run/RoleRunner.h>

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>

// Each role started, ended by a signal during a live call, and started again, in this one process and with the same objects;
// its peer is a process of its own, which ends only when BYE reaches it. MILLIWATT_CYCLES sets how often: the form "valgrind" of
// Scripts/soak runs fifty.

namespace
{

int cyclesWanted()
{
    const auto* text = std::getenv("MILLIWATT_CYCLES");
    return text == nullptr ? 3 : std::max(2, std::atoi(text));
}

class RestartTest : public ::testing::Test
{
protected:
    static void SetUpTestSuite() { const mw::run::Signals settled({}, {}); }  // the handlers and their pipe stay

    static mw::SipConfig sipConfig()
    {
        mw::SipConfig config;
        config.listen = "127.0.0.1:0";
        config.rtpPortMin = 20000;
        config.rtpPortMax = 49999;
        config.rtpTimeoutMs = 0;
        config.maxLegs = 4;
        config.port.engineRateHz = 8000;
        return config;
    }

    static mw::Engine::Config engineConfig()
    {
        mw::Engine::Config config;
        config.sampleRateHz = 8000;
        config.mixer.maxLegs = 4;
        config.realtimePriority = false;
        config.hangUpGraceMs = 60000;
        return config;
    }

    static bool hasLiveCall(mw::Role& role)
    {
        const auto snapshot = role.engine().snapshot();
        return std::any_of(snapshot.legs.begin(), snapshot.legs.end(), [](const mw::LegRow& row) { return row.media.playout.packets > 0; });
    }

    /** @param call brings the call about once the role runs @param peerEnded whether the peer was reached by BYE */
    template <typename Call, typename PeerEnded>
    void cycle(mw::Role& role, Call call, PeerEnded peerEnded)
    {
        auto before = mw::test::ProcessState::now();
        mw::test::HeapCount afterSecond, last;
        const auto cycles = cyclesWanted();
        for (int round = 0; round < cycles; ++round)
        {
            std::optional<mw::ExitCode> ended;
            mw::run::RunnerOptions options;
            options.name = "test";
            options.quiet = true;
            {
                mw::run::RoleRunner runner(role, options, [&ended](mw::ExitCode code) { ended = code; });
                const auto started = runner.start();
                ASSERT_TRUE(started.ok()) << "round " << round << ": " << started.error().message();
                call();
                ASSERT_TRUE(program::loopUntil([&] { return hasLiveCall(role); })) << "round " << round << ": no packet came";
                ASSERT_EQ(std::raise(round % 2 == 0 ? SIGINT : SIGTERM), 0);
                ASSERT_TRUE(program::loopUntil([&] { return ended.has_value(); })) << "round " << round << ": the signal did not end it";
            }
            EXPECT_FALSE(role.engine().isRunning());
            EXPECT_TRUE(peerEnded()) << "round " << round << ": no BYE arrived";
            // The recorder thread of a role may stay with it: what there is after the first round is what there is.
            if (round == 0)
                before = mw::test::ProcessState::now();
            else
                mw::test::expectNothingLeft(before, "round " + std::to_string(round));
            last = mw::test::HeapCount::now();
            if (round == 1)
                afterSecond = last;
        }
        std::cout << cycles << " cycles, heap after the second " << afterSecond.blocks << " blocks, " << afterSecond.bytes
                  << " bytes, after the last " << last.blocks << " blocks, " << last.bytes << " bytes\n";
        // What changes from round to round: the length of texts, what the peers said. A leak would be blocks in each round.
        EXPECT_LE(last.blocks - afterSecond.blocks, 10) << "a cycle leaves memory";
        EXPECT_LE(last.bytes - afterSecond.bytes, 65536) << "a cycle leaves memory";
    }

    /** cycle() with a source that calls the role in each round and ends only when BYE reaches it. */
    void cycleWithCaller(mw::Role& role)
    {
        std::unique_ptr<mw::test::Process> peer;
        cycle(
            role,
            [&] {
                peer = std::make_unique<mw::test::Process>(program::commandOf(
                    { "source", "--call", role.engine().localUri(), "--play", "tone:1000@-10", "--rtp-timeout", "0" }));
            },
            [&] { return peer->wait(program::patience).has_value() && peer->output().find("ended by the peer") != std::string::npos; });
    }

    program::Folder folder;
};

} // namespace

TEST_F(RestartTest, Finding05_Finding08_AMixerIsEndedBySignalsAndRestartedInOneProcess)
{
    const auto stack = makeSipStack(sipConfig());
    mw::MixerRoleConfig config;
    config.engine = engineConfig();
    config.record = juce::File(folder.file("mix.wav"));
    config.metrics = juce::File(folder.file("metrics.jsonl"));
    const auto role = makeMixerRole(config, *stack);
    cycleWithCaller(*role);
}

TEST_F(RestartTest, Finding05_Finding08_ASinkIsEndedBySignalsAndRestartedInOneProcess)
{
    const auto stack = makeSipStack(sipConfig());
    mw::SinkRoleConfig config;
    config.engine = engineConfig();
    config.calls = 1000;
    config.reports.json = juce::File(folder.file("sink.json"));
    config.record = juce::File(folder.file("heard.wav"));
    const auto role = makeSinkRole(config, *stack);
    cycleWithCaller(*role);
}

TEST_F(RestartTest, Finding05_Finding08_ASourceIsEndedBySignalsAndRestartedInOneProcess)
{
    const auto stack = makeSipStack(sipConfig());
    // One sink for all rounds, on one address, which a role is told once; it ends when as many calls have come and gone.
    program::Listener peer(folder, "sink", { "sink", "--calls", std::to_string(cyclesWanted()), "--rtp-timeout", "0" });
    ASSERT_FALSE(peer.address.empty()) << peer.process->output();
    mw::SourceRoleConfig config;
    config.engine = engineConfig();
    config.callUri = peer.address;
    config.play = mw::PlaySpec::parse("tone:1000@-10").value();
    const auto role = makeSourceRole(config, *stack);
    auto rounds = 0;
    cycle(
        *role, [] {},
        [&] { return ++rounds < cyclesWanted() || peer.end().code == 0; });
}

TEST(Restart, Finding08_ASecondSignalLeavesAtOnceWhicheverRoleRuns)
{
    for (const std::string role : { "mixer", "sink" })
    {
        const program::Folder folder;
        program::Listener run(folder, role, { role });
        ASSERT_FALSE(run.address.empty()) << run.process->output();
        // A caller that stands still answers no BYE: the first signal's end takes its time, and the second comes within it.
        mw::test::Process caller(program::commandOf({ "source", "--call", run.address, "--play", "tone:1000@-10", "--rtp-timeout", "0" }));
        ASSERT_TRUE(run.process->waitForOutput("established", program::patience)) << run.process->output() << caller.output();
        caller.signal(SIGSTOP);
        run.process->signal(SIGSTOP);
        run.process->signal(SIGINT);
        run.process->signal(SIGTERM);
        run.process->signal(SIGCONT);
        const auto outcome = run.end();
        caller.signal(SIGKILL);
        EXPECT_TRUE(outcome.code == 130 || outcome.code == 143) << outcome.all();
    }
}
