#pragma once

#include "../Engine.h"
#include "Faults.h"
#include "LegAnalyser.h"
#include "MixerLogReader.h"
#include "PilotMeasurement.h"

namespace mw
{

/** Everything that is measured of a call's sound, by sink and source alike. Before LegAnalyser::start().
    @param sampleRateHz of the engine [Hz] @param law what 0 dBm0 means @param codec CallInfo::codec @param standard by which digits are accepted */
void addCallMeasurements(LegAnalyser& analyser, int sampleRateHz, Law law, const std::string& codec, PilotMeasurement::Config pilots,
                         DtmfStandard standard = DtmfStandard::q24UnitedStates);

/** Every figure of a call: of its sound, and of its stream, RTCP and quality as the engine knows them. Control thread.
    @param call as it ended @param law of the levels @param reference what should be, for the faults to be named
    @param standard by which digits were accepted @param mixerLog of a mixer on the way, or null */
[[nodiscard]] FigureSet callFigures(const Engine& engine, const CallInfo& call, const LegAnalysis& analysis, Law law, const FaultReference& reference,
                                    DtmfStandard standard = DtmfStandard::q24UnitedStates, const MixerLogContent* mixerLog = nullptr);

} // namespace mw
