// spandsp's headers and their macros are kept from the rest of the room.
#include "mw_lab.h"

#include "measure/SpandspDtmfReceiver.cpp"
