#include "mw_monitor.h"

#include "strips/StripsPanel.cpp"
