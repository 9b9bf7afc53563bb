#pragma once

#include "../Roles.h"
#include "FigureExpectation.h"
#include "LegAnalyser.h"

#include <string>
#include <vector>

namespace mw
{

/** "held", "failed", "notMeasured". */
[[nodiscard]] const char* nameOf(ExpectationOutcome outcome) noexcept;

/** "near", "below", "atMost", "above", "atLeast", "within", "truth", "text". */
[[nodiscard]] const char* nameOf(FigureExpectation::Operation operation) noexcept;

/** One expectation against one call, with its numbers. */
struct ExpectationResult
{
    std::string what;      ///< the figure's path; "dtmf", "level", "tone", "seconds" of the options that are older than paths
    std::string unit;      ///< of the numbers: "digits", "dBm0", "Hz", "s"
    std::string expected;  ///< "1000.0 ± 1.0 Hz"
    std::string measured;  ///< "999.98 Hz", or why there is none
    std::string method;    ///< how it was measured
    FigureExpectation::Operation operation = FigureExpectation::Operation::near;
    std::optional<double> expectedValue, tolerance, measuredValue;
    std::optional<double> expectedHigh;                         ///< of a range, whose lower end is expectedValue
    std::optional<bool> expectedTruth, measuredTruth;           ///< in place of numbers
    std::optional<std::string> expectedDigits, measuredDigits;  ///< in place of numbers: texts
    ExpectationOutcome outcome = ExpectationOutcome::notMeasured;

    /** Of a figure by its path. @param figures everything measured of the call */
    [[nodiscard]] static ExpectationResult of(const FigureExpectation& expectation, const FigureSet& figures);

    /** "tone: expected 1000.0 ± 1.0 Hz, measured 999.98 Hz: held" */
    [[nodiscard]] std::string line() const;
};

/** What every call has: the call itself, its sound, its main tone, its digits, as figures; with those of the measurements, which win
    where both know a figure. @param law of the levels */
[[nodiscard]] FigureSet figuresOf(const CallInfo& call, const LegAnalysis& analysis, Law law,
                                  DtmfStandard standard = DtmfStandard::q24UnitedStates);

/** Compares what was heard on a leg with what the sink's user expects. Pure. */
[[nodiscard]] std::vector<ExpectationResult> evaluate(const SinkRoleConfig& expectations, const LegAnalysis& analysis, const FigureSet& figures);

} // namespace mw
