/*******************************************************************************
 BEGIN_JUCE_MODULE_DECLARATION

  ID:                 mw_sip
  vendor:             Milliwatt
  version:            0.1.0
  name:               Milliwatt SIP
  description:        Legs over SIP: libre and baresip on one thread, and the seam to their media
  license:            GPL-3.0-or-later
  minimumCppStandard: 20
  dependencies:       mw_legs

 END_JUCE_MODULE_DECLARATION
*******************************************************************************/
#pragma once

#include "SipStack.h"
