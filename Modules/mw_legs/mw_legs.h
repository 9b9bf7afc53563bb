/*******************************************************************************
 BEGIN_JUCE_MODULE_DECLARATION

  ID:                 mw_legs
  vendor:             Milliwatt
  version:            0.1.0
  name:               Milliwatt legs
  description:        A call's two directions of sound, and the audio device that drives them all
  license:            GPL-3.0-or-later
  minimumCppStandard: 20
  dependencies:       mw_core, juce_audio_devices

 END_JUCE_MODULE_DECLARATION
*******************************************************************************/
#pragma once

#include <juce_audio_devices/juce_audio_devices.h>
#include <mw_core/mw_core.h>

#include "Codec.h"
#include "media/PacketRing.h"
#include "media/PlayoutTypes.h"
#include "media/PacketStore.h"
#include "media/ArrivalStatistics.h"
#include "media/Concealment.h"
#include "media/Resampler.h"
#include "media/DriftEstimator.h"
#include "media/LossPattern.h"
#include "media/DurationHistogram.h"
#include "media/PacketDuration.h"
#include "media/StreamWatch.h"
#include "media/PlayoutLog.h"
#include "media/EventWatch.h"
#include "media/TransportReport.h"
#include "media/Playout.h"
#include "media/Pcm16.h"
#include "media/FineResampler.h"
#include "media/DriftCorrector.h"
#include "media/SendPath.h"
#include "LegPort.h"
#include "PacketTrace.h"
#include "SignallingTrace.h"
#include "LegFactory.h"
#include "SignallingTrace.h"
#include "device/TickStats.h"
#include "device/MediaClock.h"
#include "device/TickWorkers.h"
#include "device/LegDevice.h"
#include "device/LegDeviceType.h"
