/*******************************************************************************
 BEGIN_JUCE_MODULE_DECLARATION

  ID:                 mw_signal
  vendor:             Milliwatt
  version:            0.1.0
  name:               Milliwatt signal
  description:        Generators, mixing arithmetic, meters and receivers: pure signal code without threads
  license:            GPL-3.0-or-later
  minimumCppStandard: 20
  dependencies:       mw_core

 END_JUCE_MODULE_DECLARATION
*******************************************************************************/
#pragma once

#include <mw_core/mw_core.h>

#include "SamplePhase.h"
#include "DtmfSequence.h"
#include "DtmfOscillator.h"
#include "ToneSource.h"
#include "GainRamp.h"
#include "MixBus.h"
#include "Limiter.h"
#include "LevelMeter.h"
#include "LevelSpectrum.h"
#include "ToneMeter.h"
#include "DtmfReceiver.h"
#include "dtmf/DtmfAcceptance.h"
#include "dtmf/DtmfMeter.h"
#include "levels/LevelStatistics.h"
#include "levels/ActiveSpeechLevel.h"
#include "gaps/Gap.h"
#include "gaps/ToneFinder.h"
#include "gaps/ToneGapDetector.h"
#include "pilot/PilotSource.h"
#include "pilot/PilotReceiver.h"
#include "history/SoundHistory.h"
#include "stimuli/LogSweep.h"
#include "stimuli/MultiTone.h"
#include "stimuli/ShapedNoise.h"
#include "quality/EModel.h"
#include "quality/SpectralScore.h"
