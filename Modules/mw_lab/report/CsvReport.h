#pragma once

#include "SinkReport.h"

#include <string>

namespace mw
{

/** Call records as CSV (RFC 4180, UTF-8, header line): a row a call, a column a figure. The columns are always the same, in the order of
    knownFigures(), each with its path as name, which ends with the unit; figures that are not in that list (those that bear a
    peer's name) follow, sorted. What was not measured is an empty cell. */
[[nodiscard]] std::string reportCsv(const MeasuredRun& run);

} // namespace mw
