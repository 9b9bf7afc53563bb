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

ExpectationResult evaluateDtmf(const DtmfSequence& sequence, const LegAnalysis& analysis)
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
    result.unit = "digits";
    result.expected = "'" + digits + "'";
    result.measured = "'" + read + "'";
    result.expectedDigits = digits;
    result.method = &read == &inMix ? "in-band, beside other sound, digits of 70 ms and longer"
                                    : "in-band to ITU-T Q.24 (US column), digits of 40 ms and longer";
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

std::string ExpectationResult::line() const
{
    const auto verdict = outcome == ExpectationOutcome::notMeasured ? std::string("not measured") : std::string(nameOf(outcome));
    return what + ": expected " + expected + ", measured " + measured + ": " + verdict;
}

std::vector<ExpectationResult> evaluate(const SinkRoleConfig& expectations, const LegAnalysis& analysis)
{
    std::vector<ExpectationResult> results;
    if (expectations.expectDtmf.has_value())
        results.push_back(evaluateDtmf(*expectations.expectDtmf, analysis));
    if (expectations.expectLevel.has_value())
        results.push_back(evaluateLevel(*expectations.expectLevel, analysis));
    if (expectations.expectTone.has_value())
        results.push_back(evaluateTone(*expectations.expectTone, analysis));
    if (expectations.minSeconds > 0.0)
        results.push_back(evaluateSeconds(expectations.minSeconds, analysis));
    return results;
}

} // namespace mw
