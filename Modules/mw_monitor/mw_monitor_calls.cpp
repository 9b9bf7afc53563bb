#include "mw_monitor.h"

#include "calls/CallsPanel.cpp"
