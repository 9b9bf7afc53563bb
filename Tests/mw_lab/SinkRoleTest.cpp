#include "IncidentsBench.h"
#include "RoleBench.h"

namespace mw::lab_test
{

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
    EXPECT_EQ(call["expectations"][0]["expectedValue"].toString(), "0A#");
    EXPECT_EQ(call["expectations"][0]["measuredValue"].toString(), "0A#");
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

TEST_F(RoleBench, SinkReportsEachOperationWithBothOfItsValues)
{
    auto config = sink();
    config.minSeconds = 1.0;
    config.expectations = parseExpectations("tone.frequency_hz: 1000 ± 0.5\nlevel.activity: 0.25..1\ntransport.lost: < 1\ntransport.duplicate: <= 0\n"
                                            "transport.packets: > 20\nsound.active_s: >= 2\ncall.established: true\ncodec: 'PCMU/8000'\n"
                                            "hears.pilot_7: true\nlevel.dc: 0 ± 0.1", "test").value();
    const auto role = makeSinkRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    const auto caller = legs.ring("sip:caller@x", muLaw(sine(1000.0, -12.0, 6.0)));
    run(*role, 6.0);
    legs.peerHangsUp(caller, 0, "BYE");
    runUntilDone(*role, 1.0);
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::expectationFailed) << all(outcome);

    const auto json = report();
    EXPECT_EQ(json["schema_version"].toString(), "1.3");
    const auto told = json["calls"][0]["expectations"];
    ASSERT_EQ(told.size(), 11);
    const char* operations[] = { "atLeast", "near", "within", "below", "atMost", "above", "atLeast", "truth", "text", "truth", "near" };
    for (int i = 0; i < told.size(); ++i)
    {
        EXPECT_EQ(told[i]["operation"].toString(), operations[i]) << i;
        EXPECT_FALSE(told[i]["expectedValue"].isVoid()) << i;
        EXPECT_FALSE(told[i]["measuredValue"].isVoid()) << i;
        EXPECT_TRUE(told[i].hasProperty("expectedHigh")) << i;
        EXPECT_NE(told[i]["expectedHigh"].isVoid(), i == 2) << i;
        EXPECT_EQ(told[i]["outcome"].toString(), i == 9 ? "failed" : "held") << i << ": " << told[i]["what"].toString();
    }
    EXPECT_EQ(static_cast<double>(told[2]["expectedValue"]), 0.25);
    EXPECT_EQ(static_cast<double>(told[2]["expectedHigh"]), 1.0);
    EXPECT_TRUE(told[7]["expectedValue"].isBool() && static_cast<bool>(told[7]["expectedValue"]));
    EXPECT_TRUE(told[7]["measuredValue"].isBool() && static_cast<bool>(told[7]["measuredValue"]));
    EXPECT_TRUE(told[9]["expectedValue"].isBool() && static_cast<bool>(told[9]["expectedValue"]));
    EXPECT_TRUE(told[9]["measuredValue"].isBool() && ! static_cast<bool>(told[9]["measuredValue"])) << "measured, and false";
}

TEST_F(RoleBench, SinkNamesTheClippingOfAPcmuCall)
{
    std::vector<uint8_t> overdriven;
    for (int i = 0; i < 400; ++i)
    {
        overdriven.insert(overdriven.end(), 10, uint8_t { 0x80 });  // 32124, the highest sample of µ-law
        overdriven.insert(overdriven.end(), 10, uint8_t { 0x00 });
    }
    const auto role = makeSinkRole(sink(), legs);
    ASSERT_TRUE(role->start().ok());
    const auto caller = legs.ring("sip:caller@x", overdriven);
    run(*role, 3.0);
    legs.peerHangsUp(caller, 0, "BYE");
    runUntilDone(*role, 1.0);
    const auto outcome = role->finish(false);
    const auto figures = report()["calls"][0]["figures"];
    EXPECT_GT(static_cast<double>(figures["level.clipped_samples"]["value"]), 7000.0);
    EXPECT_GT(static_cast<double>(figures["level.clipped_runs"]["value"]), 700.0);
    EXPECT_NE(all(outcome).find("fault (sender), clipping: full scale was reached"), std::string::npos) << all(outcome);
}

TEST_F(RoleBench, SinkAndSourceWhoseAccountIsNotRegisteredFailedAndTheReportSaysSo)
{
    LegEvent refused;
    refused.kind = LegEvent::Kind::registrationFailed;
    refused.peerUri = "sip:alice@x";
    refused.sipCode = 403;
    refused.reason = "Forbidden";
    constexpr const char* verdict = "failed: registration of sip:alice@x failed: 403 Forbidden";

    LegsByHand callers(clock);
    const auto sinkRole = makeSinkRole(sink(), callers);
    ASSERT_TRUE(sinkRole->start().ok());
    callers.emitByHand(LegEvent(refused));
    const auto caller = callers.ring("sip:caller@x", muLaw(sine(1000.0, -12.0, 1.0)));
    for (int i = 0; i < 50; ++i)
        step(*clock, callers, sinkRole->engine(), sinkRole.get());
    callers.peerHangsUp(caller, 0, "BYE");
    step(*clock, callers, sinkRole->engine(), sinkRole.get());
    const auto received = sinkRole->finish(false);
    EXPECT_EQ(received.code, ExitCode::callFailed) << all(received);
    EXPECT_EQ(received.verdict, verdict);
    EXPECT_EQ(static_cast<int>(report()["exitCode"]), 4);
    EXPECT_EQ(report()["verdict"].toString(), verdict);

    LegsByHand callees(clock);
    auto config = source("tone:1000@-12");
    config.durationS = 1.0;
    const auto sourceRole = makeSourceRole(config, callees);
    ASSERT_TRUE(sourceRole->start().ok());
    callees.emitByHand(LegEvent(refused));
    for (int i = 0; i < 100 && ! sourceRole->isDone(); ++i)
        step(*clock, callees, sourceRole->engine(), sourceRole.get());
    const auto sent = sourceRole->finish(false);
    EXPECT_EQ(sent.code, ExitCode::callFailed) << all(sent);
    EXPECT_EQ(sent.verdict, verdict);
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

TEST_F(RoleBench, SinkSaysWhomItRefusedAndWhyAndDoesNotTakeThemForCalls)
{
    auto config = sink();
    const auto role = makeSinkRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    legs.turnAway("sip:crowd@x", 486, "refused: all 8 legs are in use");
    run(*role, 1.0);
    EXPECT_FALSE(role->isDone()) << "a refused caller was taken for the call that was waited for";
    auto outcome = role->finish(true);
    EXPECT_EQ(outcome.code, ExitCode::callFailed);
    EXPECT_NE(outcome.verdict.find("no call came within 1.0 s; 1 refused, the last: call from sip:crowd@x failed: 486 refused: all 8 legs"),
              std::string::npos) << outcome.verdict;
    EXPECT_EQ(static_cast<int>(report()["incidents"]["legsRefused"]), 1);

    const auto second = makeSinkRole(config, legs);
    ASSERT_TRUE(second->start().ok());
    legs.turnAway("sip:mute@x", 488, "no common codec");
    run(*second, 0.1);
    outcome = second->finish(false);
    EXPECT_EQ(outcome.verdict, "failed: call from sip:mute@x failed: 488 no common codec");
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
    config.reports.json = folder.file("no/sink.json");
    const auto role = makeSinkRole(config, legs);
    const auto started = role->start();
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code, ExitCode::environment);
    EXPECT_EQ(legs.starts, 0);

    config.reports.json = folder.file("later/sink.json");
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

} // namespace mw::lab_test
