#pragma once

#include "FigureSet.h"

#include <mw_mixer/mw_mixer.h>

#include <string>
#include <string_view>
#include <vector>

namespace mw
{

/** What a figure of a call is expected to be. Made by parseExpectations() and a plain value from then on. */
struct FigureExpectation
{
    enum class Operation
    {
        near,     ///< number ± tolerance; without one the figure, rounded to the decimals written, has to be the number
        below,    ///< <
        atMost,   ///< <=, ≤
        above,    ///< >
        atLeast,  ///< >=, ≥
        within,   ///< a..b, both included
        truth,    ///< true, false
        text      ///< "…", exactly
    };

    std::string path;       ///< known, no alias: "level.active_dbm0"
    Operation operation = Operation::near;
    double value = 0.0;     ///< compared with; the lower end of a range
    double high = 0.0;      ///< the upper end of a range
    double tolerance = 0.0; ///< of near; half of the last decimal written where none was given
    bool hasTolerance = false;
    bool wanted = true;     ///< of truth
    std::string words;      ///< of text

    /** "−16 ± 1 dBm0", "< 80 ms", "true", "'123A'". */
    [[nodiscard]] std::string text() const;
    bool operator==(const FigureExpectation&) const = default;
};

/** Reads expectations:

        level.active_dbm0: -16 ± 1              number and tolerance; +- in place of ±, the unit may follow
        dtmf.digits: "123A"                     a text, in double or single quotes
        call: { established: true, ptime_ms: 20 }   several figures of one family
        transport.jitter_ms: < 5                <, <=, ≤, >, >=, ≥
        level.activity: 0.3..0.6                a range
        loss: 0                                 digits, codec, loss: short for dtmf.digits, call.codec, transport.loss_percent

    one a line; blank lines, and # with what follows it, say nothing.
    @param name of the file, for messages; empty: the text is of the command line
    @returns an error (wrong use) with file, line and column of the first thing that is wrong; for a path that nobody can measure
    with the nearest one that somebody can */
[[nodiscard]] Result<std::vector<FigureExpectation>> parseExpectations(std::string_view text, const std::string& name);

/** How an expectation came out. */
enum class ExpectationOutcome
{
    held,
    failed,       ///< it was measured and was not so
    notMeasured   ///< nothing was there to measure; counts as not held
};

/** Compares one expectation with what was measured. Pure.
    @param why is told why it was not measurable */
[[nodiscard]] ExpectationOutcome judge(const FigureExpectation& expectation, const FigureSet& figures, std::string& why);

} // namespace mw
