#pragma once

#include "SinkReport.h"

namespace mw
{

/** Version of the source's report, its field "schema". The schema stands in Docs/Metrics.md. */
inline constexpr const char* sourceSchema = "milliwatt.source/1";

/** What a source sent, and what of each call came back, as JSON; the calls are told as in the sink's report.
    @param playedSeconds since the first sample [s] */
[[nodiscard]] juce::var sourceReportJson(const MeasuredRun& run, const SourceRoleConfig& config, double playedSeconds);

} // namespace mw
