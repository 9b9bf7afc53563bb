#include "SourceReport.h"

#include "JuceText.h"
#include "SnapshotJson.h"

namespace mw
{

juce::var sourceReportJson(const MeasuredRun& run, const SourceRoleConfig& config, double playedSeconds)
{
    auto* json = new juce::DynamicObject();
    juce::var result(json);
    json->setProperty("schema", sourceSchema);
    json->setProperty("written", run.written.toISO8601(true));
    addRunOutcome(*json, run.outcome, run.engine);

    auto* sent = new juce::DynamicObject();
    json->setProperty("sent", juce::var(sent));
    sent->setProperty("callUri", juceText(config.callUri));
    sent->setProperty("seconds", playedSeconds);
    sent->setProperty("pilot", config.pilot.number != 0 ? juce::var(config.pilot.number) : juce::var());
    sent->setProperty("pilotName", config.pilot.number != 0 ? juce::var(juceText(config.pilotNames.nameOf(config.pilot.number)))
                                                            : juce::var());
    sent->setProperty("pilotDbm0", config.pilot.number != 0 ? juce::var(config.pilot.levelDbm0) : juce::var());

    json->setProperty("incidents", incidentsJson(run.last));
    juce::Array<juce::var> list;
    for (const auto& call : run.calls)
        list.add(callReportJson(call, run.engine.sampleRateHz));
    json->setProperty("calls", list);
    return result;
}

} // namespace mw
