/*******************************************************************************
 BEGIN_JUCE_MODULE_DECLARATION

  ID:                 mw_core
  vendor:             Milliwatt
  version:            0.1.0
  name:               Milliwatt core
  description:        Units, errors and the only primitives that may cross a thread
  license:            GPL-3.0-or-later
  minimumCppStandard: 20
  dependencies:

 END_JUCE_MODULE_DECLARATION
*******************************************************************************/
#pragma once

#include "units/Levels.h"
#include "units/Result.h"
#include "vectors/VectorClones.h"
#include "threads/Clock.h"
#include "threads/LatestValue.h"
#include "threads/Mailbox.h"
#include "threads/OwnedThread.h"
#include "threads/SampleFifo.h"
#include "threads/SpscQueue.h"
#include "threads/ThreadRole.h"
