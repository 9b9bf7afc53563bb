#include "mw_monitor.h"

#include "detail/DetailPanel.cpp"
