#include "mw_mixer.h"

#include "MixerParameters.cpp"
#include "MixerRouting.cpp"
#include "MixerState.cpp"
#include "graph/CellTable.cpp"
#include "graph/MixGraph.cpp"
#include "graph/MixGraphMixing.cpp"
#include "MixerProcessor.cpp"
