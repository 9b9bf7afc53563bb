#include "CallMeasurements.h"

#include "DtmfMeasurement.h"
#include "Expectations.h"
#include "GapMeasurement.h"
#include "LevelMeasurement.h"
#include "QualityFigures.h"
#include "StreamFigures.h"
#include "TransportFigures.h"

namespace mw
{

void addCallMeasurements(LegAnalyser& analyser, int sampleRateHz, Law law, PilotMeasurement::Config pilots, DtmfStandard standard)
{
    analyser.add(std::make_unique<LevelMeasurement>(sampleRateHz, law));
    analyser.add(std::make_unique<DtmfMeasurement>(sampleRateHz, law, standard));
    analyser.add(std::make_unique<GapMeasurement>(sampleRateHz));
    analyser.add(std::make_unique<PilotMeasurement>(sampleRateHz, law, std::move(pilots)));
}

FigureSet callFigures(const Engine& engine, const CallInfo& call, const LegAnalysis& analysis, Law law, DtmfStandard standard)
{
    auto figures = figuresOf(call, analysis, law, standard);
    addTransportFigures(figures, engine.mediaStats(call.leg));
    const auto transport = engine.transportReport(call.leg);
    addStreamFigures(figures, transport);
    addQualityFigures(figures, transport);
    return figures;
}

} // namespace mw
