/*******************************************************************************
 BEGIN_JUCE_MODULE_DECLARATION

  ID:                 mw_mixer
  vendor:             Milliwatt
  version:            0.1.0
  name:               Milliwatt mixer
  description:        The mixing graph as a juce::AudioProcessor, with its parameters, commands and snapshots
  license:            GPL-3.0-or-later
  minimumCppStandard: 20
  dependencies:       mw_signal, juce_audio_processors

 END_JUCE_MODULE_DECLARATION
*******************************************************************************/
#pragma once

#include <mw_signal/mw_signal.h>
#include <juce_audio_processors/juce_audio_processors.h>

#include "JsonShape.h"
#include "MixerTypes.h"
#include "MixerRouting.h"
#include "MixerState.h"
#include "MixerParameters.h"
#include "MixerProcessor.h"
