/*******************************************************************************
 BEGIN_JUCE_MODULE_DECLARATION

  ID:                 mw_lab
  vendor:             Milliwatt
  version:            0.1.0
  name:               Milliwatt lab
  description:        The engine that joins device, mixer and legs; the roles mixer, source and sink; measurements, recordings, reports
  license:            GPL-3.0-or-later
  minimumCppStandard: 20
  dependencies:       mw_mixer, mw_legs, juce_core, juce_events, juce_audio_devices, juce_audio_formats

 END_JUCE_MODULE_DECLARATION
*******************************************************************************/
#pragma once

#include <mw_legs/mw_legs.h>
#include <mw_mixer/mw_mixer.h>

#include "Engine.h"
#include "Roles.h"
#include "flight/FlightRecorder.h"
#include "listen/Listening.h"
#include "measure/ActiveLevel.h"
#include "play/Player.h"
#include "play/SoundFile.h"
#include "measure/DigitComparison.h"
#include "measure/DigitWatch.h"
#include "measure/FigureCatalogue.h"
#include "measure/FigureExpectation.h"
#include "measure/FigureSet.h"
#include "measure/SoundMeasurement.h"
#include "measure/PilotMeasurement.h"
#include "pilot/PilotPlayer.h"
#include "pilot/PilotSpec.h"
#include "measure/SpandspDtmfReceiver.h"
#include "play/DialUri.h"
#include "play/DtmfAudience.h"
#include "record/Recordings.h"
#include "report/ClosestName.h"
#include "report/FigureJson.h"
#include "report/Incidents.h"
#include "report/JuceText.h"
#include "report/MediaFigures.h"
#include "report/MetricsWriter.h"
#include "report/Numbers.h"
#include "report/ReportFiles.h"
#include "report/SnapshotJson.h"
#include "report/StatusText.h"
#include "report/SvgPlot.h"
#include "report/html/PngImage.h"
#include "session/Session.h"
#include "watch/SampleWatch.h"
