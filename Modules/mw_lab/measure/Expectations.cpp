#include "Expectations.h"

#include "../report/Numbers.h"

#include <cmath>
#include <string_view>

namespace mw
{

namespace
{

ExpectationOutcome heldIf(bool held) { return held ? ExpectationOutcome::held : ExpectationOutcome::failed; }

/** Whether all of `part` stands in `whole`, in order. */
bool isSubsequence(std::string_view part, std::string_view whole)
{
    for (const auto digit : whole)
        if (! part.empty() && part.front() == digit)
            part.remove_prefix(1);
    return part.empty();
}

ExpectationResult evaluateDtmf(const DtmfSequence& sequence, DtmfStandard standard, const LegAnalysis& analysis)
{
    std::string digits;
    for (const auto symbol : sequence.text())
        if (symbol != ',')
            digits += symbol;

    const auto quiet = LegAnalysis::textOf(analysis.digits);
    const auto inMix = LegAnalysis::textOf(analysis.digitsInMix);
    // Other sound masks digits from the first receiver, which then misses some. What it read beyond or beside the expected
    // digits is no masking: then its word stands.
    const auto masked = quiet.size() < inMix.size() && isSubsequence(quiet, inMix) && isSubsequence(quiet, digits);
    const auto& read = masked ? inMix : quiet;

    ExpectationResult result;
    result.what = "dtmf";
    result.operation = FigureExpectation::Operation::text;
    result.unit = "digits";
    result.expected = "'" + digits + "'";
    result.measured = "'" + read + "'";
    result.expectedDigits = digits;
    result.method = &read == &inMix ? "in-band, beside other sound, digits of 70 ms and longer"
                                    : "in-band to " + std::string(nameOf(standard)) + ", digits of 40 ms and longer";
    if (analysis.seconds > 0.0)
    {
        result.measuredDigits = read;
        result.outcome = heldIf(read == digits);
    }
    return result;
}

ExpectationResult evaluateLevel(const SinkRoleConfig::Level& level, const LegAnalysis& analysis)
{
    ExpectationResult result;
    result.what = "level";
    result.unit = "dBm0";
    result.expectedValue = level.dbm0;
    result.tolerance = level.toleranceDb;
    result.expected = fixedText(level.dbm0, 2) + " ± " + fixedText(level.toleranceDb, 2) + " dBm0";
    result.method = "RMS over the 20 ms windows above " + fixedText(ActiveLevel::floorDbm0, 0) + " dBm0";
    result.measured = "no sound above " + fixedText(ActiveLevel::floorDbm0, 0) + " dBm0";
    if (analysis.levelDbm0.has_value())
    {
        result.measuredValue = analysis.levelDbm0;
        result.measured = fixedText(*analysis.levelDbm0, 2) + " dBm0";
        result.outcome = heldIf(std::abs(*analysis.levelDbm0 - level.dbm0) <= level.toleranceDb);
    }
    return result;
}

ExpectationResult evaluateTone(const SinkRoleConfig::Tone& tone, const LegAnalysis& analysis)
{
    ExpectationResult result;
    result.what = "tone";
    result.unit = "Hz";
    result.expectedValue = tone.hz;
    result.tolerance = tone.toleranceHz;
    result.expected = fixedText(tone.hz, 2) + " ± " + fixedText(tone.toleranceHz, 2) + " Hz";
    result.method = "the tone that stood 6 dB above all else for longest, in windows of 500 ms";
    result.measured = "no tone dominated for 500 ms";
    if (const auto* heard = analysis.mainTone())
    {
        result.measuredValue = heard->frequencyHz;
        result.measured = fixedText(heard->frequencyHz, 2) + " Hz";
        result.outcome = heldIf(std::abs(heard->frequencyHz - tone.hz) <= tone.toleranceHz);
    }
    return result;
}

ExpectationResult evaluateSeconds(double minSeconds, const LegAnalysis& analysis)
{
    ExpectationResult result;
    result.what = "seconds";
    result.operation = FigureExpectation::Operation::atLeast;
    result.unit = "s";
    result.expectedValue = minSeconds;
    result.expected = "at least " + fixedText(minSeconds, 2) + " s";
    result.measuredValue = analysis.activeSeconds;
    result.measured = fixedText(analysis.activeSeconds, 2) + " s";
    result.method = "20 ms windows above " + fixedText(ActiveLevel::floorDbm0, 0) + " dBm0";
    result.outcome = heldIf(analysis.activeSeconds >= minSeconds);
    return result;
}

} // namespace

const char* nameOf(ExpectationOutcome outcome) noexcept
{
    switch (outcome)
    {
        case ExpectationOutcome::held: return "held";
        case ExpectationOutcome::failed: return "failed";
        case ExpectationOutcome::notMeasured: return "notMeasured";
    }
    return "?";
}

const char* nameOf(FigureExpectation::Operation operation) noexcept
{
    using Operation = FigureExpectation::Operation;
    switch (operation)
    {
        case Operation::near: return "near";
        case Operation::below: return "below";
        case Operation::atMost: return "atMost";
        case Operation::above: return "above";
        case Operation::atLeast: return "atLeast";
        case Operation::within: return "within";
        case Operation::truth: return "truth";
        case Operation::text: return "text";
    }
    return "?";
}

std::string ExpectationResult::line() const
{
    if (outcome == ExpectationOutcome::notMeasured)
        return what + ": expected " + expected + ", not measurable" + (measured.empty() ? "" : ": " + measured);
    const auto verdict = std::string(nameOf(outcome));
    return what + ": expected " + expected + ", measured " + measured + ": " + verdict;
}

ExpectationResult ExpectationResult::of(const FigureExpectation& expectation, const FigureSet& figures)
{
    ExpectationResult result;
    std::string why;
    result.what = expectation.path;
    result.expected = expectation.text();
    result.outcome = judge(expectation, figures, why);
    result.measured = why;
    using Operation = FigureExpectation::Operation;
    result.operation = expectation.operation;
    if (expectation.operation == Operation::text)
        result.expectedDigits = expectation.words;
    else if (expectation.operation == Operation::truth)
        result.expectedTruth = expectation.wanted;
    else
        result.expectedValue = expectation.value;
    if (expectation.operation == Operation::within)
        result.expectedHigh = expectation.high;
    if (expectation.operation == Operation::near)
        result.tolerance = expectation.tolerance;
    if (const auto* figure = figures.find(expectation.path); figure != nullptr)
    {
        result.unit = figure->unit;
        result.method = figure->reference + (figure->window.empty() ? "" : (figure->reference.empty() ? "" : ", ") + figure->window);
        if (result.outcome != ExpectationOutcome::notMeasured)
        {
            result.measured = figure->text();
            result.measuredValue = figure->number();
            if (const auto* truth = std::get_if<bool>(&figure->value))
                result.measuredTruth = *truth;
            if (const auto* words = std::get_if<std::string>(&figure->value))
            {
                result.measured = "'" + *words + "'";
                result.measuredDigits = *words;
            }
        }
    }
    return result;
}

FigureSet figuresOf(const CallInfo& call, const LegAnalysis& analysis, Law law, DtmfStandard standard)
{
    FigureSet set;
    const std::string dbm0 = std::string("0 dBm0 by ") + (law == Law::mu ? "µ-law" : "A-law");
    const std::string active = "RMS of the 20 ms windows above −50 dBm0, " + dbm0, tone = "the tone that stood 6 dB above all else for longest";
    constexpr std::string_view whole = "the whole call";
    const auto heard = analysis.seconds > 0.0;
    const auto answered = call.establishedNs != 0;

    set.set("call.established", answered, { "", "signalling", whole, "" });
    set.set("call.duration_s", answered && call.closedNs != 0 ? std::optional<double>(static_cast<double>(call.closedNs - call.establishedNs) * 1e-9)
                                                              : std::nullopt,
            "the call was not answered, or has not ended", { "s", "from the answer to the end", whole, "" });
    if (call.codec.empty())
        set.setNotMeasured("call.codec", "no media was agreed on", { "", "SDP", "", "" });
    else
        set.set("call.codec", call.codec, { "", "SDP", "", "" });
    set.set("call.ptime_ms", call.ptimeMs > 0 ? std::optional<double>(call.ptimeMs) : std::nullopt, "no media was agreed on", { "ms", "SDP", "", "" });
    set.set("call.digits_received", call.digitsReceived, { "", "telephone-event and SIP INFO", whole, "" });

    set.set("sound.seconds_s", analysis.seconds, { "s", "samples taken in", whole, "" });
    set.set("sound.active_s", heard ? std::optional<double>(analysis.activeSeconds) : std::nullopt, "no sound was taken in", { "s", "20 ms windows above −50 dBm0", whole, "" });
    set.set("sound.rms_dbm0", analysis.levelDbm0, "no sound above −50 dBm0", { "dBm0", active, whole, "" });
    set.set("sound.missed_samples", analysis.missedSamples, { "", "lost between the mixer and the analysis", whole, "" });

    const auto* main = analysis.mainTone();
    const auto ofTone = [&](auto&& take) { return main != nullptr ? std::optional<double>(take(*main)) : std::nullopt; };
    constexpr std::string_view noTone = "no tone dominated for 500 ms";
    set.set("tone.frequency_hz", ofTone([](const ToneStretch& each) { return each.frequencyHz; }), noTone, { "Hz", tone, "windows of 500 ms", "" });
    set.set("tone.level_dbm0", ofTone([](const ToneStretch& each) { return each.levelDbm0; }), noTone, { "dBm0", tone + ", " + dbm0, "windows of 500 ms", "" });
    set.set("tone.duration_s", ofTone([](const ToneStretch& each) { return each.endS - each.startS; }), noTone, { "s", tone, "windows of 500 ms", "" });

    const auto limits = "in-band to " + std::string(nameOf(standard)) + ", quiet background";
    const FigureKind digits { "", limits, whole, "" };
    if (heard)
        set.set("dtmf.digits", LegAnalysis::textOf(analysis.digits), digits);
    else
        set.setNotMeasured("dtmf.digits", "no sound was taken in", digits);
    set.add(analysis.figures);
    return set;
}

std::vector<ExpectationResult> evaluate(const SinkRoleConfig& expectations, const LegAnalysis& analysis, const FigureSet& figures)
{
    std::vector<ExpectationResult> results;
    if (expectations.expectDtmf.has_value())
        results.push_back(evaluateDtmf(*expectations.expectDtmf, expectations.dtmfStandard, analysis));
    if (expectations.expectLevel.has_value())
        results.push_back(evaluateLevel(*expectations.expectLevel, analysis));
    if (expectations.expectTone.has_value())
        results.push_back(evaluateTone(*expectations.expectTone, analysis));
    if (expectations.minSeconds > 0.0)
        results.push_back(evaluateSeconds(expectations.minSeconds, analysis));
    for (const auto& each : expectations.expectations)
        results.push_back(ExpectationResult::of(each, figures));
    return results;
}

} // namespace mw
