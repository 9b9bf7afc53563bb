#include "mw_lab.h"

#include "flight/MixerLog.cpp"
#include "flight/FlightConfig.cpp"
#include "flight/FlightEvents.cpp"
#include "flight/FlightPackets.cpp"
#include "flight/FlightRecorder.cpp"
#include "flight/FlightTrack.cpp"
#include "flight/PcapngWriter.cpp"
