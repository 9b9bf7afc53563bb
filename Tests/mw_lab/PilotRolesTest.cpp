#include "RoleBench.h"

#include <cmath>

namespace mw::lab_test
{

namespace
{
constexpr int64_t blockNs = 20'000'000;
constexpr size_t blockFrames = 160;

/** A peer on the engine's own clock: what it says is made packet by packet. */
class PilotRoles : public RoleBench
{
protected:
    /** So many ticks; before each, `say(block, timeNs)` makes what the peer sends in it. */
    template <typename Say>
    void runWith(Role& role, LegId peer, double seconds, Say&& say)
    {
        for (int i = 0; i < static_cast<int>(seconds * 50.0) && ! role.isDone(); ++i)
        {
            auto& call = legs.call(peer);
            if (call.port != nullptr)
            {
                std::vector<float> block(blockFrames, 0.0f);
                say(std::span<float>(block), clock->nowNs() + blockNs);
                const auto octets = muLaw(block);
                call.toFeed.insert(call.toFeed.end(), octets.begin(), octets.end());
            }
            step(*clock, legs, role.engine(), &role);
        }
    }

    static PilotSource pilot(int number, double levelDbm0)
    {
        PilotSource source;
        EXPECT_TRUE(source.prepare(8000.0) && source.set(number, levelDbm0));
        return source;
    }

    static juce::var figure(const juce::var& call, const char* path) { return call["figures"][juce::Identifier(path)]["value"]; }
};

std::vector<FigureExpectation> expectations(const char* text) { return parseExpectations(text, "test").value(); }
} // namespace

TEST_F(PilotRoles, SinkSaysWhomItHearsAndHoldsThemToExpectations)
{
    auto config = sink();
    config.pilotNames = PilotNames::parse("1=alice,2=bob,3=carol").value();
    config.expectations = expectations("hears: {alice: true, bob: false, pilot_9: false}\nhears.alice_dbm0: -30 ± 0.3\n"
                                       "delay.p95_ms: < 80\npilot.heard: \"alice\"");
    const auto role = makeSinkRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    const auto caller = legs.ring("sip:alice@x");
    auto alice = pilot(1, -30.0);
    runWith(*role, caller, 6.0, [&](std::span<float> block, int64_t timeNs) { alice.add(block, timeNs); });
    legs.peerHangsUp(caller, 0, "BYE");
    runUntilDone(*role, 1.0);
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::passed) << all(outcome);
    EXPECT_NE(outcome.verdict.find("6 of 6 expectations held"), std::string::npos) << all(outcome);
    const auto call = report()["calls"][0];
    EXPECT_FALSE(static_cast<bool>(figure(call, "hears.carol")));
    EXPECT_TRUE(figure(call, "hears.self").isVoid());
    // The packet came right before the tick; the jitter buffer of 40 ms holds it for 20 to 40 ms.
    EXPECT_GE(static_cast<double>(figure(call, "delay.min_ms")), 19.9);
    EXPECT_LE(static_cast<double>(figure(call, "delay.max_ms")), 40.1);
    EXPECT_EQ(call["tables"]["pilots"]["rows"].size(), 1);
}

TEST_F(PilotRoles, AnExpectedNameThatNoPilotHasIsWrongUse)
{
    auto config = sink();
    config.expectations = expectations("hears.alice: true");
    const auto started = makeSinkRole(config, legs)->start();
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code, ExitCode::wrongUse);
    EXPECT_NE(started.error().message().find("--pilot-names 1=alice"), std::string::npos) << started.error().message();
    EXPECT_EQ(legs.starts, 0);

    auto caller = source("silence");
    caller.expectations = config.expectations;
    EXPECT_FALSE(makeSourceRole(caller, legs)->start().ok());
}

TEST_F(PilotRoles, SourceSendsItsPilotOnTheMachinesClockBesideWhatItPlays)
{
    for (const auto* play : { "silence", "tone:1000@-10", "FILE" })
    {
        writeWav(folder.file("short.wav"), { std::vector<int16_t>(8000, 3000) }, 8000);
        auto config = source(play == std::string("FILE") ? folder.file("short.wav").getFullPathName().toStdString() : play);
        config.pilot = { 7, -30.0 };
        config.repeat = true;
        const auto role = makeSourceRole(config, legs);
        ASSERT_TRUE(role->start().ok());
        PilotReceiver receiver;
        ASSERT_TRUE(receiver.prepare(8000.0));
        size_t taken = 0;
        for (int i = 0; i < 8 * 50; ++i)
        {
            step(*clock, legs, role->engine(), role.get());
            const auto& sent = legs.call(1).sent;
            if (sent.size() > taken)
            {
                const auto sound = fromMuLaw(std::span(sent).subspan(taken));
                ASSERT_EQ(sound.size(), blockFrames) << "one packet a tick";
                receiver.process(sound, clock->nowNs());
                taken = sent.size();
            }
        }
        receiver.finish();
        const auto summary = receiver.summary(7);
        ASSERT_TRUE(summary.levelDbm0.has_value()) << play;
        EXPECT_NEAR(*summary.levelDbm0, -30.0, 0.2) << play;
        EXPECT_NEAR(*summary.delayP50Ms, 0.0, 0.05) << play << ": what is sent in a tick stands for the tick's time";
        EXPECT_EQ(role->finish(true).code, ExitCode::passed);
    }
}

TEST_F(PilotRoles, SourceWithAFileAndAPilotEndsWhenTheFileHasBeenPlayed)
{
    writeWav(folder.file("second.wav"), { std::vector<int16_t>(8000, 3000) }, 8000);
    auto config = source(folder.file("second.wav").getFullPathName().toStdString());
    config.pilot = { 7, -30.0 };
    const auto role = makeSourceRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    runUntilDone(*role, 5.0);
    EXPECT_TRUE(role->isDone());
    EXPECT_EQ(role->finish(false).code, ExitCode::passed);
}

TEST_F(PilotRoles, SourceReportsWhatComesBackItsOwnEchoIncluded)
{
    auto config = source("silence");
    config.pilot = { 3, -20.0 };
    config.pilotNames = PilotNames::parse("1=alice,2=bob,3=carol").value();
    config.reports.json = folder.file("source.json");
    config.reports.junit = folder.file("source.xml");
    config.reports.csv = folder.file("source.csv");
    config.reports.html = folder.file("source.html");
    config.record = folder.file("back.wav");
    config.durationS = 7.0;
    config.expectations = expectations("hears: {alice: true, bob: false, self: true}\necho.return_db: -30 ± 0.3\nhears.self_delay_ms: 100..200");
    const auto role = makeSourceRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    auto alice = pilot(1, -30.0), echo = pilot(3, -50.0);
    runWith(*role, 1, 9.0, [&](std::span<float> block, int64_t timeNs) {
        alice.add(block, timeNs);
        echo.add(block, timeNs - 120'000'000);
    });
    EXPECT_TRUE(role->isDone());
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::passed) << all(outcome);
    EXPECT_NE(outcome.verdict.find("5 of 5 expectations held"), std::string::npos) << all(outcome);
    EXPECT_NE(all(outcome).find("recorded: "), std::string::npos) << all(outcome);
    EXPECT_TRUE(folder.file("back.wav").existsAsFile());

    const auto junit = juce::parseXML(folder.file("source.xml"));
    ASSERT_NE(junit, nullptr);
    EXPECT_EQ(junit->getStringAttribute("name"), "milliwatt source");
    EXPECT_EQ(junit->getStringAttribute("tests").getIntValue(), 5);
    EXPECT_TRUE(folder.file("source.csv").loadFileAsString().contains("echo.return_db"));
    const auto page = folder.file("source.html").loadFileAsString();
    EXPECT_TRUE(page.contains("Milliwatt source, what came back"));
    EXPECT_TRUE(page.contains("<svg")) << "pictures of what came back";

    const auto json = juce::JSON::parse(folder.file("source.json"));
    EXPECT_EQ(json["schema"].toString(), "milliwatt.source/1");
    EXPECT_EQ(static_cast<int>(json["sent"]["pilot"]), 3);
    EXPECT_EQ(json["sent"]["pilotName"].toString(), "carol");
    ASSERT_EQ(json["calls"].size(), 1);
    const auto call = json["calls"][0];
    EXPECT_EQ(figure(call, "pilot.heard").toString(), "alice");
    EXPECT_LT(static_cast<double>(figure(call, "delay.max_ms")), 100.0) << "the echo is no one-way delay";
    EXPECT_TRUE(figure(call, "hears.carol").isVoid()) << "carol is oneself";
}

TEST_F(PilotRoles, SourceFailsWhenSomebodyExpectedIsNotHeard)
{
    auto config = source("silence");
    config.pilotNames = PilotNames::parse("1=alice").value();
    config.durationS = 6.0;
    config.expectations = expectations("hears.alice: true");
    const auto role = makeSourceRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    runUntilDone(*role, 8.0);
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::expectationFailed) << all(outcome);
    EXPECT_NE(all(outcome).find("hears.alice: expected true, measured false: failed"), std::string::npos) << all(outcome);
}

} // namespace mw::lab_test
