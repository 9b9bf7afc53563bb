#include "SourceReport.h"

#include "JuceText.h"
#include "SnapshotJson.h"

namespace mw
{

juce::var sourceReportJson(const SourceRoleConfig& config, const std::vector<SinkCall>& calls, double playedSeconds,
                           const RoleOutcome& outcome, const EngineSnapshot& last)
{
    auto* json = new juce::DynamicObject();
    juce::var result(json);
    json->setProperty("schema", sourceSchema);
    json->setProperty("written", juce::Time::getCurrentTime().toISO8601(true));
    addRunOutcome(*json, outcome, config.engine);

    auto* sent = new juce::DynamicObject();
    json->setProperty("sent", juce::var(sent));
    sent->setProperty("callUri", juceText(config.callUri));
    sent->setProperty("seconds", playedSeconds);
    sent->setProperty("pilot", config.pilot.number != 0 ? juce::var(config.pilot.number) : juce::var());
    sent->setProperty("pilotName", config.pilot.number != 0 ? juce::var(juceText(config.pilotNames.nameOf(config.pilot.number)))
                                                            : juce::var());
    sent->setProperty("pilotDbm0", config.pilot.number != 0 ? juce::var(config.pilot.levelDbm0) : juce::var());

    json->setProperty("incidents", incidentsJson(last));
    juce::Array<juce::var> list;
    for (const auto& call : calls)
        list.add(callReportJson(call, config.engine.sampleRateHz));
    json->setProperty("calls", list);
    return result;
}

} // namespace mw
