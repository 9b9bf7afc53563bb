#include "RoleBench.h"

#include <random>

namespace mw::lab_test
{

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
        const auto role = makeSourceRole(config, legs);
        EXPECT_TRUE(role->start().ok());
        run(*role, 1.0);
        if (callee == ScriptedLegs::Callee::ringsOnly)
            legs.peerHangsUp(1, 408, "no answer within 30 s", true);  // as the SIP stack gives it up
        runUntilDone(*role, 10.0);
        EXPECT_TRUE(role->isDone());
        return role->finish(false);
    };
    const auto busy = outcomeWith(ScriptedLegs::Callee::busy);
    EXPECT_EQ(busy.code, ExitCode::callFailed);
    EXPECT_NE(busy.verdict.find("486 Busy Here"), std::string::npos) << busy.verdict;

    const auto silent = outcomeWith(ScriptedLegs::Callee::ringsOnly);
    EXPECT_EQ(silent.code, ExitCode::callFailed);
    EXPECT_NE(silent.verdict.find("408 no answer within 30 s"), std::string::npos) << silent.verdict;

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

} // namespace mw::lab_test
