#include "RoleBench.h"

#include <mw_lab/measure/Expectations.h>

#include <gmock/gmock.h>

namespace mw::lab_test
{

namespace
{
using Operation = FigureExpectation::Operation;
using ::testing::HasSubstr;

FigureExpectation one(const std::string& text)
{
    auto parsed = parseExpectations(text, {});
    EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.error().message());
    return parsed.ok() && parsed.value().size() == 1 ? parsed.value()[0] : FigureExpectation {};
}

std::string complaint(const std::string& text, const std::string& file = {})
{
    const auto parsed = parseExpectations(text, file);
    EXPECT_FALSE(parsed.ok()) << text;
    if (parsed.ok())
        return {};
    EXPECT_EQ(parsed.error().code, ExitCode::wrongUse);
    return parsed.error().message();
}

ExpectationOutcome outcomeOf(const std::string& text, const FigureSet& figures)
{
    std::string why;
    const auto outcome = judge(one(text), figures, why);
    EXPECT_EQ(outcome == ExpectationOutcome::notMeasured, ! why.empty()) << text << ": " << why;
    return outcome;
}
} // namespace

TEST(FigureExpectation, EveryFormIsRead)
{
    const auto level = one("level.active_dbm0: -16 ± 1");
    EXPECT_EQ(level.path, "level.active_dbm0");
    EXPECT_EQ(level.operation, Operation::near);
    EXPECT_EQ(level.value, -16.0);
    EXPECT_EQ(level.tolerance, 1.0);
    EXPECT_EQ(level.text(), "−16 ± 1 dBm0");
    for (const auto* same : { "level.active_dbm0: −16±1", "level.active_dbm0:-16+-1", "  level.active_dbm0 : -16 dBm0 +/- 1 dB  # loud", "level.active_dbm0: -16 ± 1 dBm0" })
        EXPECT_EQ(one(same), level) << same;

    EXPECT_EQ(one("transport.jitter_ms: < 5").operation, Operation::below);
    EXPECT_EQ(one("transport.jitter_ms: <= 5 ms").operation, Operation::atMost);
    EXPECT_EQ(one("transport.jitter_ms: ≤ 5").operation, Operation::atMost);
    EXPECT_EQ(one("transport.packets: >100").operation, Operation::above);
    EXPECT_EQ(one("transport.packets: >= 100").operation, Operation::atLeast);
    EXPECT_EQ(one("transport.packets: ≥ 100").operation, Operation::atLeast);
    const auto range = one("level.activity: 0.3..0.6");
    EXPECT_EQ(range.operation, Operation::within);
    EXPECT_EQ(range.value, 0.3);
    EXPECT_EQ(range.high, 0.6);
    EXPECT_EQ(one("digits: \"123A\"").path, "dtmf.digits");
    EXPECT_EQ(one("digits: '1#'").words, "1#") << "a # in quotes is no comment";
    EXPECT_EQ(one("call.established: yes").wanted, true);
    EXPECT_EQ(one("transport.lost: 0").tolerance, 0.0) << "a count is exact";
    EXPECT_EQ(one("level.dc: 0.01").tolerance, 0.005) << "what rounds to the number";
}

TEST(FigureExpectation, AFileOfThemWithCommentsAndFamilies)
{
    const auto parsed = parseExpectations("# what the gateway must do\r\n\r\nlevel.rms_dbm0: -20 ± 0.5   # dBm0\n"
                                          "call: { established: true, ptime_ms: 20 }\n\ndigits: \"123A\"",
                                          "gateway.expect");
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    std::vector<std::string> paths;
    for (const auto& each : parsed.value())
        paths.push_back(each.path);
    EXPECT_THAT(paths, ::testing::ElementsAre("level.rms_dbm0", "call.established", "call.ptime_ms", "dtmf.digits"));
}

TEST(FigureExpectation, WhatIsWrongIsNamedWithItsPlaceAndARemedy)
{
    EXPECT_THAT(complaint("level.actve_dbm0: -16"), HasSubstr("did you mean level.active_dbm0?"));
    EXPECT_THAT(complaint("nothing.like_it: 3"), HasSubstr("--list-figures"));
    EXPECT_THAT(complaint("call.established: true\ntransport.lost: none", "lab.expect"), HasSubstr("lab.expect:2:17: a number is missing"));
    EXPECT_THAT(complaint("level.rms_dbm0: −20 ± −1"), HasSubstr("the tolerance is below 0"));
    EXPECT_THAT(complaint("level.rms_dbm0 -20"), HasSubstr("':' is missing"));
    EXPECT_THAT(complaint("level.rms_dbm0: -20 ms"), HasSubstr("'ms' is not the unit"));
    EXPECT_THAT(complaint("level.activity: 0.6..0.3"), HasSubstr("ends below its beginning"));
    EXPECT_THAT(complaint("digits: 123"), HasSubstr("stands in quotes"));
    EXPECT_THAT(complaint("digits: \"123"), HasSubstr("not closed"));
    EXPECT_THAT(complaint("call.established: 1"), HasSubstr("true or false"));
    EXPECT_THAT(complaint("call: { established: true"), HasSubstr("'}' is missing"));
    EXPECT_THAT(complaint("level.rms_dbm0: -20 -30"), HasSubstr("too much"));
    EXPECT_THAT(complaint("level.rms_dbm0:"), HasSubstr("is missing"));
    EXPECT_THAT(complaint(""), HasSubstr("no expectation"));
    EXPECT_THAT(complaint("# only a comment\n"), HasSubstr("no expectation"));
}

TEST(FigureExpectation, NumbersTextsAndTruthsAreJudged)
{
    constexpr FigureKind kind {};
    FigureSet figures;
    figures.set("level.rms_dbm0", -20.5, kind);
    figures.set("transport.lost", uint64_t { 1 }, kind);
    figures.set("dtmf.digits", "12", kind);
    figures.set("call.established", true, kind);
    figures.setNotMeasured("drift.ppm", "the stream was too short", kind);
    const auto held = ExpectationOutcome::held, failed = ExpectationOutcome::failed, none = ExpectationOutcome::notMeasured;

    EXPECT_EQ(outcomeOf("level.rms_dbm0: -20 ± 0.5", figures), held) << "the border belongs to it";
    EXPECT_EQ(outcomeOf("level.rms_dbm0: -20 ± 0.49", figures), failed);
    EXPECT_EQ(outcomeOf("level.rms_dbm0: < -20.5", figures), failed);
    EXPECT_EQ(outcomeOf("level.rms_dbm0: <= -20.5", figures), held);
    EXPECT_EQ(outcomeOf("level.rms_dbm0: > -20.5", figures), failed);
    EXPECT_EQ(outcomeOf("level.rms_dbm0: >= -20.5", figures), held);
    EXPECT_EQ(outcomeOf("level.rms_dbm0: -21..-20.5", figures), held);
    EXPECT_EQ(outcomeOf("level.rms_dbm0: -20.4..-20", figures), failed);
    EXPECT_EQ(outcomeOf("transport.lost: 0", figures), failed);
    EXPECT_EQ(outcomeOf("transport.lost: 1", figures), held);
    EXPECT_EQ(outcomeOf("digits: '12'", figures), held);
    EXPECT_EQ(outcomeOf("digits: '123'", figures), failed);
    EXPECT_EQ(outcomeOf("call.established: true", figures), held);
    EXPECT_EQ(outcomeOf("call.established: false", figures), failed);
    EXPECT_EQ(outcomeOf("drift.ppm: 0 ± 5", figures), none) << "not measured never holds";
    EXPECT_EQ(outcomeOf("level.dc: 0 ± 1", figures), none) << "nobody set it";
    EXPECT_EQ(ExpectationResult::of(one("drift.ppm: 0 ± 5"), figures).line(), "drift.ppm: expected 0 ± 5 ppm, not measurable: the stream was too short");
}

TEST_F(RoleBench, SinkMeasuresEveryFigureThatCanBeExpectedAndNoOther)
{
    auto sound = sine(1000.0, -12.0, 2.0);
    sound.insert(sound.end(), 8000, 0.0f);
    const auto again = sine(1000.0, -12.0, 2.0);
    sound.insert(sound.end(), again.begin(), again.end());
    auto config = sink();
    config.expectations = parseExpectations("level.active_dbm0: -12 ± 0.3\nlevel.activity: 0.5..1\ntone.frequency_hz: 1000 ± 0.1\n"
                                            "call: { codec: \"PCMU/8000\", established: true }\ntransport: { lost: 0, duplicate: 0, packets: > 200 }\n"
                                            "level.clipped_samples: 0", "test").value();
    const auto role = makeSinkRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    const auto caller = legs.ring("sip:caller@x", muLaw(sound));
    run(*role, 5.0);
    legs.peerHangsUp(caller, 0, "BYE");
    runUntilDone(*role, 1.0);
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::passed) << all(outcome);
    EXPECT_NE(outcome.verdict.find("9 of 9 expectations held"), std::string::npos) << outcome.verdict;

    const auto figures = report()["calls"][0]["figures"];
    for (const auto& known : knownFigures())
    {
        const auto figure = figures[juce::Identifier(juceText(std::string(known.path)))];
        ASSERT_TRUE(figure.isObject()) << known.path << " is in the catalogue, and no call has it";
        EXPECT_EQ(figure["unit"].toString().toStdString(), known.unit) << known.path;
        EXPECT_NE(figure["value"].isVoid(), ! figure.hasProperty("whyNot")) << known.path;
    }
    for (const auto& named : figures.getDynamicObject()->getProperties())
        EXPECT_NE(knownFigure(named.name.toString().toStdString()), nullptr) << named.name.toString() << " is measured and cannot be expected";
}

TEST_F(RoleBench, SinkSaysWhatItCouldNotMeasure)
{
    auto config = sink();
    config.expectations = parseExpectations("level.active_dbm0: -12 ± 0.3\ncall.established: true", "test").value();
    const auto role = makeSinkRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    const auto caller = legs.ring("sip:caller@x", muLaw(std::vector<float>(8000, 0.0f)));
    run(*role, 1.0);
    legs.peerHangsUp(caller, 0, "BYE");
    runUntilDone(*role, 1.0);
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::expectationFailed) << all(outcome);
    EXPECT_NE(all(outcome).find("level.active_dbm0: expected −12 ± 0.3 dBm0, not measurable: nothing but digital silence was heard"), std::string::npos)
        << all(outcome);
    EXPECT_NE(outcome.verdict.find("1 of 2"), std::string::npos) << outcome.verdict;
}

} // namespace mw::lab_test
