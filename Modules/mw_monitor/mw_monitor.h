/*******************************************************************************
 BEGIN_JUCE_MODULE_DECLARATION

  ID:                 mw_monitor
  vendor:             Milliwatt
  version:            0.1.0
  name:               Milliwatt monitor
  description:        The window: strips, meters, DTMF pad, calls, plots, over the Engine's snapshot and commands
  license:            GPL-3.0-or-later
  minimumCppStandard: 20
  dependencies:       mw_lab, juce_gui_basics, juce_audio_devices, juce_audio_processors, juce_osc

 END_JUCE_MODULE_DECLARATION
*******************************************************************************/
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>
#include <mw_lab/mw_lab.h>

#include "MonitorView.h"
#include "MonitorWindow.h"
#include "control/GainTaper.h"
