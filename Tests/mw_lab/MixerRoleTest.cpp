#include "IncidentsBench.h"
#include "RoleBench.h"

#include <limits>
#include <random>

namespace mw::lab_test
{

TEST_F(RoleBench, StatusNamesTheRoleWhereTheModeMeansNothing)
{
    const auto sinkRole = makeSinkRole(sink(), legs);
    EXPECT_NE(statusLine(sinkRole->engine().snapshot()).find(" sink, 0/8 legs"), std::string::npos) << statusLine(sinkRole->engine().snapshot());
    EXPECT_EQ(toJson(sinkRole->engine().snapshot())["role"].toString(), "sink");
    const auto sourceRole = makeSourceRole(source("silence"), legs);
    EXPECT_NE(statusTable(sourceRole->engine().snapshot(), 120, false).find("  source  0/8 legs"), std::string::npos);
    auto config = mixer();
    config.mode = MixMode::funnel;
    const auto mixerRole = makeMixerRole(config, legs);
    ASSERT_TRUE(mixerRole->start().ok());
    run(*mixerRole, 0.1);
    EXPECT_NE(statusLine(mixerRole->engine().snapshot()).find(" funnel, 0/8 legs"), std::string::npos);
}

TEST_F(RoleBench, MixerRecordsTheMixSampleForSample)
{
    std::mt19937 random(3);
    std::vector<uint8_t> octets(16000);
    for (auto& octet : octets)
        octet = static_cast<uint8_t>(0x90 | (random() & 0x8f));  // moderate amplitudes, no negative zero
    auto config = mixer();
    config.record = folder.file("mix.wav");
    config.metrics = folder.file("metrics.jsonl");
    config.durationS = 4.0;
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    legs.ring("sip:1", octets);
    runUntilDone(*role, 10.0);
    EXPECT_TRUE(role->isDone());
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::passed) << all(outcome);

    int rate = 0;
    const auto read = readWav(folder.file("mix.wav"), rate);
    EXPECT_EQ(read.size(), 32000u);
    std::vector<int> expected;
    for (const auto octet : octets)
        expected.push_back(muLawDecode(octet));
    const auto found = std::search(read.begin(), read.end(), expected.begin(), expected.end());
    EXPECT_NE(found, read.end()) << "the caller's samples do not stand in the recording";

    juce::StringArray lines;
    folder.file("metrics.jsonl").readLines(lines);
    lines.removeEmptyStrings();
    EXPECT_GE(lines.size(), 4);
    EXPECT_LE(lines.size(), 7);
    for (const auto& line : lines)
    {
        juce::var json;
        ASSERT_TRUE(juce::JSON::parse(line, json).wasOk()) << line;
        EXPECT_EQ(json["schema"].toString(), "milliwatt.metrics/1");
    }
    EXPECT_EQ(juce::JSON::parse(lines[lines.size() - 1])["calls"][0]["state"].toString(), "closed");
}

TEST_F(RoleBench, MixerFunnelsIntoTheSinkAndPlaysDtmfFromTheFirstCallOn)
{
    legs.sounds["sip:talker"] = muLaw(sine(431.0, -20.0, 30.0));
    auto config = mixer();
    config.dial = { "sip:talker" };
    config.sinks = { "sip:sink" };
    config.mode = MixMode::funnel;
    config.dtmf = DtmfSettings {};
    config.dtmf->sequence = DtmfSequence::parse("258").value();
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    run(*role, 4.0);
    const auto talker = role->engine().calls()[0], sinkCall = role->engine().calls()[1];
    EXPECT_EQ(talker.tag, "dial");
    EXPECT_EQ(sinkCall.tag, "sink");
    EXPECT_EQ(role->engine().snapshot().strip(sinkCall.channel)->role, LegRole::sink);

    const auto atSink = fromMuLaw(legs.call(sinkCall.leg).sent);
    EXPECT_NEAR(levelAt(std::span(atSink).last(8000), 431.0), -20.0, 0.1);
    const auto atTalker = fromMuLaw(legs.call(talker.leg).sent);
    EXPECT_LT(levelOf(std::span(atTalker).last(8000)), -70.0) << "a source hears something in funnel mode";
    EXPECT_EQ(role->engine().snapshot().mixer.dtmfDigitsPlayed, 3u);
    EXPECT_EQ(role->finish(true).code, ExitCode::passed);
}

TEST_F(RoleBench, MixerInMatrixModeOpensTheCellsThatWereAskedFor)
{
    legs.sounds["sip:one"] = muLaw(sine(431.0, -20.0, 30.0));
    legs.sounds["sip:two"] = muLaw(sine(1013.0, -20.0, 30.0));
    auto config = mixer();
    config.dial = { "sip:one", "sip:two" };
    config.mode = MixMode::matrix;
    config.cells = { { 0, 1, -6.0 } };
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    run(*role, 3.0);
    const auto atOne = fromMuLaw(legs.call(role->engine().calls()[0].leg).sent);
    EXPECT_NEAR(levelAt(std::span(atOne).last(8000), 1013.0), -26.0, 0.1);
    EXPECT_LT(levelAt(std::span(atOne).last(8000), 431.0), -70.0);
    const auto atTwo = fromMuLaw(legs.call(role->engine().calls()[1].leg).sent);
    EXPECT_LT(levelOf(std::span(atTwo).last(8000)), -70.0) << "no cell lets it hear anybody";
    EXPECT_EQ(role->finish(true).code, ExitCode::passed);

    config.cells = { { 0, 4000, 0.0 } };
    const auto wrong = makeMixerRole(config, legs)->start();
    ASSERT_FALSE(wrong.ok());
    EXPECT_EQ(wrong.error().code, ExitCode::wrongUse);
}

TEST_F(RoleBench, MixerReportsDialledCallsThatFailed)
{
    legs.callees["sip:busy"] = ScriptedLegs::Callee::busy;
    auto config = mixer();
    config.dial = { "sip:busy", "sip:good" };
    config.durationS = 1.0;
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    runUntilDone(*role, 5.0);
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::callFailed);
    EXPECT_NE(outcome.verdict.find("call to sip:busy failed: 486 Busy Here"), std::string::npos) << outcome.verdict;

    legs.callees["sip:busy"] = ScriptedLegs::Callee::refusedAtOnce;
    config.record = folder.file("mix.wav");
    config.metrics = folder.file("m.jsonl");
    const auto second = makeMixerRole(config, legs);
    const auto started = second->start();
    ASSERT_FALSE(started.ok());
    EXPECT_FALSE(second->engine().isRunning());
    EXPECT_FALSE(folder.file("mix.wav").exists()) << "a failed start left an empty file";
    EXPECT_FALSE(folder.file("m.jsonl").exists());
}

TEST_F(RoleBench, MixerWhoseAccountIsNotRegisteredAtTheEndFailed)
{
    const auto runWith = [this](std::initializer_list<std::pair<LegEvent::Kind, const char*>> events) {
        LegsByHand byHand(clock);
        const auto role = makeMixerRole(mixer(), byHand);
        EXPECT_TRUE(role->start().ok());
        for (const auto& [kind, account] : events)
        {
            LegEvent event;
            event.kind = kind;
            event.peerUri = account;
            event.sipCode = kind == LegEvent::Kind::registered ? 200 : 403;
            event.reason = kind == LegEvent::Kind::registered ? "OK" : "Forbidden";
            byHand.emitByHand(std::move(event));
            step(*clock, byHand, role->engine(), role.get());
        }
        return role->finish(false);
    };
    using enum LegEvent::Kind;
    const auto refused = runWith({ { registered, "sip:bob@x" }, { registrationFailed, "sip:alice@x" } });
    EXPECT_EQ(refused.code, ExitCode::callFailed) << all(refused);
    EXPECT_EQ(refused.verdict, "failed: registration of sip:alice@x failed: 403 Forbidden");
    EXPECT_NE(std::ranges::find(refused.lines, "registration of sip:alice@x failed: 403 Forbidden"), refused.lines.end()) << all(refused);

    const auto lost = runWith({ { registered, "sip:alice@x" }, { registrationFailed, "sip:alice@x" } });
    EXPECT_EQ(lost.code, ExitCode::callFailed) << all(lost);
    const auto recovered = runWith({ { registrationFailed, "sip:alice@x" }, { registered, "sip:alice@x" } });
    EXPECT_EQ(recovered.code, ExitCode::passed) << all(recovered);
    EXPECT_EQ(all(recovered).find("registration of"), std::string::npos) << all(recovered);
}

TEST_F(RoleBench, MixerFailedStartKeepsTheFormerRecording)
{
    folder.file("mix.wav").replaceWithText("a former run");
    auto config = mixer();
    config.record = folder.file("mix.wav");
    legs.startProblem = "Address already in use";
    const auto role = makeMixerRole(config, legs);
    const auto started = role->start();
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code, ExitCode::environment);
    EXPECT_EQ(folder.file("mix.wav").loadFileAsString(), "a former run");
}

TEST_F(RoleBench, MixerRefusesWrongValuesAndAFullDiskIsAnError)
{
    const auto problem = [&](const MixerRoleConfig& config) {
        const auto role = makeMixerRole(config, legs);
        const auto started = role->start();
        EXPECT_FALSE(started.ok());
        return started.ok() ? ExitCode::passed : started.error().code;
    };
    auto config = mixer();
    config.gainInDb = 21.0;
    EXPECT_EQ(problem(config), ExitCode::wrongUse);
    config = mixer();
    config.outputGainDb = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(problem(config), ExitCode::wrongUse);
    config = mixer();
    config.dtmf = DtmfSettings {};
    config.dtmf->onMs = 1;
    EXPECT_EQ(problem(config), ExitCode::wrongUse);
    config = mixer();
    config.metrics = folder.file("no/m.jsonl");
    EXPECT_EQ(problem(config), ExitCode::environment);

    config = mixer();
    config.metrics = juce::File("/dev/full");
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    run(*role, 2.0);
    const auto outcome = role->finish(true);
    EXPECT_EQ(outcome.code, ExitCode::environment);
    EXPECT_NE(outcome.verdict.find("No space left on device"), std::string::npos) << outcome.verdict;
}

TEST_F(RoleBench, Finding02_AnEmptyDtmfSequenceIsSilence)
{
    auto config = mixer();
    config.dtmf = DtmfSettings {};
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    legs.ring("sip:1");
    run(*role, 2.0);
    const auto& sent = legs.call(1).sent;
    EXPECT_FALSE(sent.empty());
    EXPECT_TRUE(std::all_of(sent.begin(), sent.end(), [](uint8_t octet) { return octet == 0xff; }));
    EXPECT_EQ(role->finish(true).code, ExitCode::passed);
}

TEST(Roles, RunByThemselvesOnTheMessageLoop)
{
    const TestFolder folder;
    ScriptedLegs legs(std::make_shared<RealClock>());
    MixerRoleConfig config;
    config.engine.sampleRateHz = 8000;
    config.engine.mixer.maxLegs = 4;
    config.engine.realtimePriority = false;
    config.record = folder.file("mix.wav");
    config.metrics = folder.file("m.jsonl");
    config.metricsIntervalS = 0.05;
    config.durationS = 0.3;
    config.dial = { "sip:x" };
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    for (int i = 0; i < 3000 && ! role->isDone(); ++i)
        juce::MessageManager::getInstance()->runDispatchLoopUntil(10);
    EXPECT_TRUE(role->isDone());
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::passed) << outcome.verdict;
    EXPECT_GT(folder.file("mix.wav").getSize(), 44);
    EXPECT_GT(folder.file("m.jsonl").getSize(), 100);
}

} // namespace mw::lab_test
