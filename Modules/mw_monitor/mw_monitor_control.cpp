#include "mw_monitor.h"

#include "control/ControlTargets.cpp"
#include "control/GainTaper.cpp"
#include "control/MidiLearn.cpp"
#include "control/OscControl.cpp"
#include "control/ParameterUndo.cpp"
#include "control/RemoteControl.cpp"
