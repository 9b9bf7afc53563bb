#pragma once

#include "../Roles.h"
#include "../measure/Expectations.h"
#include "../measure/LegAnalyser.h"

#include <juce_core/juce_core.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** The sink's report, its field "schema": its name, and a number that grows when a field goes or gets another meaning. */
inline constexpr const char* sinkSchema = "milliwatt.sink/1";

/** Version of Docs/report.schema.json, which describes it, the report's field "schema_version": that number, and one that grows when
    fields are added. */
inline constexpr const char* sinkSchemaVersion = "1.3";

/** Pictures of sound are kept of so many calls of a run, 0.7 MB each; the figures of all. */
inline constexpr int mostCallHistories = 100;

/** One call as the sink saw it, from its media to its end. */
struct SinkCall
{
    CallInfo info;
    LegAnalysis analysis;
    std::optional<LegMediaStats> media;
    std::shared_ptr<const SoundHistory> history;  ///< for pictures; null: none are wanted, or of too many calls
    FigureSet figures;                 ///< everything that was measured, see figuresOf()
    std::vector<ExpectationResult> expectations;
    std::string recording;             ///< path, empty: none
    std::optional<Error> recordingError;
    std::string flight;                ///< the flight recorder's folder, empty: none
};

/** One call of a report. @param sampleRateHz of the engine */
[[nodiscard]] juce::var callReportJson(const SinkCall& call, int sampleRateHz);

/** A run that measured, when it is over: what every report is made of. Refers to what its owner has. */
struct MeasuredRun
{
    const char* role;             ///< "sink", "source"
    const Engine::Config& engine;
    const std::vector<SinkCall>& calls;
    const RoleOutcome& outcome;
    const EngineSnapshot& last;
    juce::Time written;  ///< the same in all reports
};

/** The report as JSON, as Docs/report.schema.json describes it; what was not measured is null. */
[[nodiscard]] juce::var sinkReportJson(const MeasuredRun& run, DtmfStandard dtmfStandard);

/** What the reports of all roles say of a run: verdict, exit code, lines, what levels mean, settings. */
void addRunOutcome(juce::DynamicObject& report, const RoleOutcome& outcome, const Engine::Config& engine);

/** Writes JSON into a file, whole or not at all: into a neighbour first, which then takes its place.
    @returns an error that names the file and the system's reason */
[[nodiscard]] Result<void> writeJsonFile(const juce::File& file, const juce::var& json);

/** Writes every report that is asked for, each whole or not at all. Those that can be written are written.
    @param json the report as JSON, of the role's own schema; made only where it is asked for
    @returns the first error, which names the file and the system's reason */
[[nodiscard]] Result<void> writeReports(const MeasuredRun& run, const ReportFiles& files, const std::function<juce::var()>& json);

} // namespace mw
