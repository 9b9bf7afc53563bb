#pragma once

#include "../SinkReport.h"

#include <string>

namespace mw
{

/** The report as one page that opens from disk: nothing is loaded, no script runs, all text of peers is escaped. The verdict first, then
    every expectation, who hears whom (where pilots were sent), then each call: plots, figures by family with unit, reference, window
    and accuracy, tables; then the run. Light or dark as the reader prefers, light on paper. Well-formed as XML too. */
[[nodiscard]] std::string reportHtml(const MeasuredRun& run);

} // namespace mw
