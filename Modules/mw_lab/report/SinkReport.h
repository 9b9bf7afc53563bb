#pragma once

#include "../Roles.h"
#include "../measure/Expectations.h"
#include "../measure/LegAnalyser.h"

#include <juce_core/juce_core.h>

#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** Version of the sink's report, its field "schema". The schema stands in Docs/Metrics.md. */
inline constexpr const char* sinkSchema = "milliwatt.sink/1";

/** One call as the sink saw it, from its media to its end. */
struct SinkCall
{
    CallInfo info;
    LegAnalysis analysis;
    std::optional<LegMediaStats> media;
    FigureSet figures;                 ///< everything that was measured, see figuresOf()
    std::vector<ExpectationResult> expectations;
    std::string recording;             ///< path, empty: none
    std::optional<Error> recordingError;
};

/** One call of a report. @param sampleRateHz of the engine */
[[nodiscard]] juce::var callReportJson(const SinkCall& call, int sampleRateHz);

/** The report as JSON; what was not measured is null. */
[[nodiscard]] juce::var sinkReportJson(const SinkRoleConfig& config, const std::vector<SinkCall>& calls, const RoleOutcome& outcome,
                                       const EngineSnapshot& last);

/** Writes JSON into a file, whole or not at all: into a neighbour first, which then takes its place.
    @returns an error that names the file and the system's reason */
[[nodiscard]] Result<void> writeJsonFile(const juce::File& file, const juce::var& json);

} // namespace mw
