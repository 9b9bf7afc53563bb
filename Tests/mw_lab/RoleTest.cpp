#include "LabBench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace mw::lab_test
{

namespace
{

class RoleBench : public ::testing::Test
{
protected:
    /** Runs manual time until the role is done, at most so long. */
    void runUntilDone(Role& role, double seconds)
    {
        for (int i = 0; i < static_cast<int>(seconds * 50.0) && ! role.isDone(); ++i)
            step(*clock, legs, role.engine(), &role);
    }
    void run(Role& role, double seconds)
    {
        for (int i = 0; i < static_cast<int>(seconds * 50.0); ++i)
            step(*clock, legs, role.engine(), &role);
    }
    static std::string all(const RoleOutcome& outcome)
    {
        auto text = outcome.verdict;
        for (const auto& line : outcome.lines)
            text += "\n" + line;
        return text;
    }
    SourceRoleConfig source(const std::string& play)
    {
        SourceRoleConfig config;
        config.engine = manualConfig(clock);
        config.callUri = "sip:callee@x";
        config.play = PlaySpec::parse(play).value();
        return config;
    }
    SinkRoleConfig sink()
    {
        SinkRoleConfig config;
        config.engine = manualConfig(clock);
        config.report = folder.file("sink.json");
        return config;
    }
    MixerRoleConfig mixer()
    {
        MixerRoleConfig config;
        config.engine = manualConfig(clock);
        return config;
    }
    juce::var report() { return juce::JSON::parse(folder.file("sink.json")); }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'000'000'000);
    ScriptedLegs legs { clock };
    TestFolder folder;
};

std::vector<float> digitsAsSound(const std::string& digits)
{
    DtmfSettings settings;
    settings.sequence = DtmfSequence::parse(digits).value();
    DtmfOscillator oscillator;
    oscillator.prepare(8000.0);
    oscillator.play(settings);
    std::vector<float> sound(digits.size() * 1600 + 1600);
    oscillator.render(sound);
    return sound;
}

std::string digitsIn(const std::vector<float>& sound)
{
    DtmfReceiver receiver;
    receiver.prepare(8000.0);
    std::string digits;
    DtmfDetection detection;
    for (size_t at = 0; at < sound.size(); at += 160)
    {
        receiver.process(std::span(sound).subspan(at, std::min<size_t>(160, sound.size() - at)));
        while (receiver.take(detection))
            digits += detection.digit;
    }
    receiver.flush();
    while (receiver.take(detection))
        digits += detection.digit;
    return digits;
}

} // namespace

// ---- source --------------------------------------------------------------------------------------------------------------------

TEST_F(RoleBench, SourcePlaysAFileExactlyAndEnds)
{
    std::mt19937 random(11);
    std::vector<int16_t> samples(12345);
    std::vector<uint8_t> octets(samples.size());
    for (size_t i = 0; i < samples.size(); ++i)
    {
        do
            octets[i] = static_cast<uint8_t>(random());
        while (octets[i] == 0x7f);
        samples[i] = muLawDecode(octets[i]);
    }
    writeWav(folder.file("a.wav"), { samples }, 8000);
    auto config = source(folder.file("a.wav").getFullPathName().toStdString());
    config.count = 2;
    const auto role = makeSourceRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    runUntilDone(*role, 10.0);
    EXPECT_TRUE(role->isDone());
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::passed) << all(outcome);
    for (const LegId leg : { 1u, 2u })
    {
        const auto& sent = legs.call(leg).sent;
        const auto found = std::search(sent.begin(), sent.end(), octets.begin(), octets.end());
        ASSERT_NE(found, sent.end()) << "the file's octets do not stand in what call " << leg << " was sent";
        EXPECT_GE(sent.end() - found, static_cast<std::ptrdiff_t>(octets.size()) + 2000) << "no silence after it";
        EXPECT_TRUE(legs.call(leg).hungUpByEngine);
    }
}

TEST_F(RoleBench, SourcePlaysDtmfToneAndRepeats)
{
    {
        const auto role = makeSourceRole(source("dtmf:147*,D"), legs);
        ASSERT_TRUE(role->start().ok());
        runUntilDone(*role, 10.0);
        EXPECT_TRUE(role->isDone());
        EXPECT_EQ(role->finish(false).code, ExitCode::passed);
        EXPECT_EQ(digitsIn(fromMuLaw(legs.call(1).sent)), "147*D");
    }
    {
        auto config = source("tone:1004@-16");
        config.durationS = 2.0;
        const auto role = makeSourceRole(config, legs);
        ASSERT_TRUE(role->start().ok());
        runUntilDone(*role, 10.0);
        EXPECT_EQ(role->finish(false).code, ExitCode::passed);
        const auto sent = fromMuLaw(legs.call(1).sent);
        ASSERT_GE(sent.size(), 14000u);
        EXPECT_NEAR(levelAt(std::span(sent).subspan(4000, 8000), 1004.0), -16.0, 0.05);
    }
    {
        auto config = source("dtmf:1");
        config.repeat = true;
        const auto role = makeSourceRole(config, legs);
        ASSERT_TRUE(role->start().ok());
        run(*role, 5.0);
        EXPECT_FALSE(role->isDone());
        const auto outcome = role->finish(true);
        EXPECT_EQ(outcome.code, ExitCode::passed) << all(outcome);
        EXPECT_GE(digitsIn(fromMuLaw(legs.call(1).sent)).size(), 3u);
    }
}

TEST_F(RoleBench, SourceRecordsWhatItHears)
{
    legs.sounds["sip:callee@x"] = muLaw(sine(620.0, -14.0, 4.0));
    auto config = source("silence");
    config.durationS = 3.0;
    config.record = folder.file("heard.wav");
    const auto role = makeSourceRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    runUntilDone(*role, 10.0);
    EXPECT_EQ(role->finish(false).code, ExitCode::passed);
    int rate = 0;
    const auto read = readWav(folder.file("heard.wav"), rate);
    EXPECT_EQ(rate, 8000);
    ASSERT_GE(read.size(), 20000u);
    std::vector<float> sound;
    for (const auto sample : read)
        sound.push_back(static_cast<float>(sample) / 32768.0f);
    EXPECT_NEAR(levelAt(std::span(sound).subspan(8000, 8000), 620.0), -14.0, 0.05);
}

TEST_F(RoleBench, SourceTellsWhyACallFailed)
{
    const auto outcomeWith = [&](ScriptedLegs::Callee callee) {
        legs.callees["sip:callee@x"] = callee;
        auto config = source("tone:1000@-10");
        config.answerTimeoutS = 2.0;
        const auto role = makeSourceRole(config, legs);
        EXPECT_TRUE(role->start().ok());
        runUntilDone(*role, 10.0);
        EXPECT_TRUE(role->isDone());
        return role->finish(false);
    };
    const auto busy = outcomeWith(ScriptedLegs::Callee::busy);
    EXPECT_EQ(busy.code, ExitCode::callFailed);
    EXPECT_NE(busy.verdict.find("486 Busy Here"), std::string::npos) << busy.verdict;

    const auto silent = outcomeWith(ScriptedLegs::Callee::ringsOnly);
    EXPECT_EQ(silent.code, ExitCode::callFailed);
    EXPECT_NE(silent.verdict.find("no answer within 2.0 s"), std::string::npos) << silent.verdict;
    EXPECT_TRUE(legs.call(1).hungUpByEngine) << "the call was left ringing";

    legs.callees["sip:callee@x"] = ScriptedLegs::Callee::refusedAtOnce;
    const auto role = makeSourceRole(source("tone:1000@-10"), legs);
    const auto started = role->start();
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code, ExitCode::callFailed);
    EXPECT_FALSE(role->engine().isRunning());
}

TEST_F(RoleBench, SourceFailsWhenThePeerEndsBeforeAllWasPlayed)
{
    const auto role = makeSourceRole(source("dtmf:1234567890"), legs);
    ASSERT_TRUE(role->start().ok());
    run(*role, 0.5);
    legs.peerHangsUp(1, 0, "BYE");
    runUntilDone(*role, 5.0);
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::callFailed);
    EXPECT_NE(outcome.verdict.find("before everything was played"), std::string::npos) << outcome.verdict;
}

TEST_F(RoleBench, SourceRefusesWrongValuesBeforeItCalls)
{
    const auto problem = [&](SourceRoleConfig config) {
        const auto role = makeSourceRole(config, legs);
        const auto started = role->start();
        EXPECT_FALSE(started.ok());
        return started.ok() ? Error {} : started.error();
    };
    auto config = source("tone:5000@-10");
    EXPECT_EQ(problem(config).code, ExitCode::wrongUse);
    config = source("silence");
    config.count = 9;
    EXPECT_EQ(problem(config).code, ExitCode::wrongUse);
    config = source("silence");
    config.record = folder.file("no/such/a.wav");
    EXPECT_EQ(problem(config).code, ExitCode::environment);
    config = source("silence");
    config.play.kind = PlaySpec::Kind::file;
    config.play.file = folder.file("gone.wav");
    EXPECT_EQ(problem(config).code, ExitCode::environment);
    EXPECT_EQ(legs.starts, 0);
}

// ---- sink ----------------------------------------------------------------------------------------------------------------------

TEST_F(RoleBench, SinkMeasuresAndHolds)
{
    auto sound = sine(1000.0, -12.0, 3.0);
    const auto digits = digitsAsSound("0A#");
    sound.insert(sound.end(), 4000, 0.0f);
    sound.insert(sound.end(), digits.begin(), digits.end());

    auto config = sink();
    config.expectDtmf = DtmfSequence::parse("0A#").value();
    config.expectTone = SinkRoleConfig::Tone { 1000.0, 0.5 };
    config.expectLevel = SinkRoleConfig::Level { -11.6, 1.0 };
    config.minSeconds = 3.0;
    config.record = folder.file("got.wav");
    const auto role = makeSinkRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    const auto caller = legs.ring("sip:caller@x", muLaw(sound));
    run(*role, 5.0);
    EXPECT_FALSE(role->isDone());
    legs.peerSendsDigit(caller, '9');
    run(*role, 0.1);
    legs.peerHangsUp(caller, 0, "BYE");
    run(*role, 0.1);
    EXPECT_TRUE(role->isDone());
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::passed) << all(outcome);
    EXPECT_NE(outcome.verdict.find("4 of 4 expectations held"), std::string::npos) << outcome.verdict;
    EXPECT_EQ(role->finish(false).verdict, outcome.verdict) << "finish() is not idempotent";

    const auto json = report();
    EXPECT_EQ(json["schema"].toString(), "milliwatt.sink/1");
    EXPECT_EQ(static_cast<int>(json["exitCode"]), 0);
    EXPECT_EQ(json["levels"]["law"].toString(), "mu");
    ASSERT_EQ(json["calls"].size(), 1);
    const auto call = json["calls"][0];
    EXPECT_EQ(call["peerUri"].toString(), "sip:caller@x");
    EXPECT_EQ(call["codec"].toString(), "PCMU/8000");
    EXPECT_EQ(call["digits"].toString(), "0A#");
    EXPECT_EQ(call["digitsReceived"].toString(), "9");
    EXPECT_NEAR(static_cast<double>(call["toneHz"]), 1000.0, 0.05);
    EXPECT_NEAR(static_cast<double>(call["toneDbm0"]), -12.0, 0.05);
    EXPECT_NEAR(static_cast<double>(call["durationS"]), 5.1, 0.1);
    EXPECT_EQ(call["digitList"].size(), 3);
    EXPECT_EQ(call["expectations"].size(), 4);
    EXPECT_EQ(call["expectations"][0]["outcome"].toString(), "held");
    EXPECT_GE(static_cast<int>(call["media"]["received"]["packets"]), 250);
    EXPECT_EQ(static_cast<int>(call["missedSamples"]), 0);
    EXPECT_EQ(call["reason"].toString(), "BYE");
    EXPECT_TRUE(folder.file("got.wav").existsAsFile());
    EXPECT_FALSE(folder.file("sink.json.part").exists());

    // A sink's callers hear silence.
    const auto& back = legs.call(caller).sent;
    EXPECT_FALSE(back.empty());
    EXPECT_TRUE(std::all_of(back.begin(), back.end(), [](uint8_t octet) { return octet == 0xff; }));
}

TEST_F(RoleBench, SinkFailsWhenAnExpectationDoesNotHold)
{
    auto config = sink();
    config.expectDtmf = DtmfSequence::parse("1").value();
    config.expectTone = SinkRoleConfig::Tone { 1010.0, 1.0 };
    config.expectLevel = SinkRoleConfig::Level { -12.0, 0.5 };
    const auto role = makeSinkRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    const auto caller = legs.ring("sip:caller@x", muLaw(sine(1000.0, -12.0, 3.0)));
    run(*role, 3.0);
    legs.peerHangsUp(caller, 0, "BYE");
    runUntilDone(*role, 1.0);
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::expectationFailed) << all(outcome);
    EXPECT_NE(outcome.verdict.find("1 of 3"), std::string::npos) << outcome.verdict;
    EXPECT_EQ(static_cast<int>(report()["exitCode"]), 1);
}

TEST_F(RoleBench, SinkWithoutACallAndWithABrokenOne)
{
    auto config = sink();
    config.firstCallTimeoutS = 1.0;
    {
        const auto role = makeSinkRole(config, legs);
        ASSERT_TRUE(role->start().ok());
        runUntilDone(*role, 5.0);
        EXPECT_TRUE(role->isDone());
        const auto outcome = role->finish(false);
        EXPECT_EQ(outcome.code, ExitCode::callFailed);
        EXPECT_NE(outcome.verdict.find("no call came"), std::string::npos);
        EXPECT_EQ(report()["calls"].size(), 0);
    }
    config.expectTone = SinkRoleConfig::Tone { 1000.0, 1.0 };
    const auto role = makeSinkRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    const auto caller = legs.ring("sip:caller@x");
    run(*role, 2.0);
    EXPECT_FALSE(role->isDone());
    legs.peerHangsUp(caller, 0, "RTP timeout (no packets for 10 s)", true);
    runUntilDone(*role, 1.0);
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::callFailed);
    EXPECT_NE(outcome.verdict.find("RTP timeout"), std::string::npos) << outcome.verdict;
    const auto call = report()["calls"][0];
    EXPECT_TRUE(call["levelDbm0"].isVoid());
    EXPECT_TRUE(call["toneHz"].isVoid());
    EXPECT_EQ(call["expectations"][0]["outcome"].toString(), "notMeasured");
    EXPECT_TRUE(static_cast<bool>(call["failed"]));
}

TEST_F(RoleBench, SinkCountsItsCallsAndIsInterrupted)
{
    auto config = sink();
    config.calls = 2;
    config.minSeconds = 1.0;
    const auto role = makeSinkRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    const auto first = legs.ring("sip:1", muLaw(sine(500.0, -10.0, 3.0)));
    run(*role, 2.0);
    legs.peerHangsUp(first);
    legs.ring("sip:2", muLaw(sine(900.0, -10.0, 3.0)));
    run(*role, 2.0);
    EXPECT_FALSE(role->isDone());
    const auto outcome = role->finish(true);
    EXPECT_EQ(outcome.code, ExitCode::passed) << all(outcome);
    ASSERT_EQ(report()["calls"].size(), 2);
    EXPECT_NEAR(static_cast<double>(report()["calls"][1]["toneHz"]), 900.0, 0.05);
    EXPECT_TRUE(legs.call(2).hungUpByEngine);
}

TEST_F(RoleBench, SinkReportThatCannotBeWrittenIsAnError)
{
    auto config = sink();
    config.report = folder.file("no/sink.json");
    const auto role = makeSinkRole(config, legs);
    const auto started = role->start();
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code, ExitCode::environment);
    EXPECT_EQ(legs.starts, 0);

    config.report = folder.file("later/sink.json");
    folder.file("later").createDirectory();
    const auto late = makeSinkRole(config, legs);
    ASSERT_TRUE(late->start().ok());
    legs.ring("sip:1");
    run(*late, 0.5);
    folder.file("later").deleteRecursively();
    const auto outcome = late->finish(true);
    EXPECT_EQ(outcome.code, ExitCode::environment);
    EXPECT_NE(outcome.verdict.find("later/sink.json"), std::string::npos) << outcome.verdict;
}

// ---- mixer ---------------------------------------------------------------------------------------------------------------------

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
