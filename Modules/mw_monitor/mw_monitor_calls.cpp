#include "mw_monitor.h"

#include "calls/CallText.cpp"
#include "calls/CallsPanel.cpp"
#include "calls/DialBox.cpp"
#include "calls/IncomingCard.cpp"
#include "calls/SipLadder.cpp"
