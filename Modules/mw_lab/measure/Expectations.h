#pragma once

#include "../Roles.h"
#include "LegAnalyser.h"

#include <string>
#include <vector>

namespace mw
{

/** How an expectation came out. */
enum class ExpectationOutcome
{
    held,
    failed,       ///< it was measured and was not so
    notMeasured   ///< nothing was there to measure; counts as not held
};

/** "held", "failed", "notMeasured". */
[[nodiscard]] const char* nameOf(ExpectationOutcome outcome) noexcept;

/** One expectation against one call, with its numbers. */
struct ExpectationResult
{
    std::string what;      ///< "dtmf", "level", "tone", "seconds"
    std::string unit;      ///< of the numbers: "digits", "dBm0", "Hz", "s"
    std::string expected;  ///< "1000.0 ± 1.0 Hz"
    std::string measured;  ///< "999.98 Hz", or why there is none
    std::string method;    ///< how it was measured
    std::optional<double> expectedValue, tolerance, measuredValue;
    std::optional<std::string> expectedDigits, measuredDigits;  ///< in place of numbers, of "dtmf"
    ExpectationOutcome outcome = ExpectationOutcome::notMeasured;

    /** "tone: expected 1000.0 ± 1.0 Hz, measured 999.98 Hz: held" */
    [[nodiscard]] std::string line() const;
};

/** Compares what was heard on a leg with what the sink's user expects. Pure. */
[[nodiscard]] std::vector<ExpectationResult> evaluate(const SinkRoleConfig& expectations, const LegAnalysis& analysis);

} // namespace mw
