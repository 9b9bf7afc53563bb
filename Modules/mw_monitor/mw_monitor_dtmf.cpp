#include "mw_monitor.h"

#include "dtmf/DtmfPanel.cpp"
