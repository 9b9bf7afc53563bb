#include "CallMeasurements.h"

#include "BreakCauses.h"
#include "CommandedSteps.h"
#include "DelayFigures.h"
#include "DtmfMeasurement.h"
#include "EventFigures.h"
#include "Expectations.h"
#include "GapMeasurement.h"
#include "LevelMeasurement.h"
#include "QualityFigures.h"
#include "ScoreMeasurement.h"
#include "StreamFigures.h"
#include "TransportFigures.h"

namespace mw
{

void addCallMeasurements(LegAnalyser& analyser, int sampleRateHz, Law law, const std::string& codec, PilotMeasurement::Config pilots,
                         DtmfStandard standard)
{
    analyser.add(std::make_unique<LevelMeasurement>(sampleRateHz, law, codec));
    analyser.add(std::make_unique<DtmfMeasurement>(sampleRateHz, law, standard));
    analyser.add(std::make_unique<GapMeasurement>(sampleRateHz));
    analyser.add(std::make_unique<PilotMeasurement>(sampleRateHz, law, std::move(pilots)));
}

FigureSet callFigures(const Engine& engine, const CallInfo& call, const LegAnalysis& analysis, Law law, const FaultReference& reference,
                      DtmfStandard standard, const MixerLogContent* mixerLog)
{
    auto figures = figuresOf(call, analysis, law, standard);
    const auto media = engine.mediaStats(call.leg);
    addTransportFigures(figures, media);
    const auto transport = engine.transportReport(call.leg);
    LevelMeasurement::judgeClipping(figures, call.codec, media, transport);
    addStreamFigures(figures, transport);
    addQualityFigures(figures, transport);
    addDelayFigures(figures, transport);
    addEventFigures(figures, transport, analysis.digitTimes);
    if (figures.find("score.distance_db") == nullptr)
        ScoreMeasurement::addNone(figures);
    addCommandedSteps(figures, mixerLog != nullptr ? &mixerLog->steps : nullptr, call.startedNs, call.closedNs > 0 ? call.closedNs : engine.clock().nowNs());
    addBreakCauses(figures, transport, mixerLog != nullptr ? std::span<const MixerIncident>(mixerLog->incidents) : std::span<const MixerIncident>());
    addFaults(figures, reference);
    return figures;
}

} // namespace mw
