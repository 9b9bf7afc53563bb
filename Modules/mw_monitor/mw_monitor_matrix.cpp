#include "mw_monitor.h"

#include "detail/MatrixGrid.cpp"
#include "detail/MatrixGridPaint.cpp"
#include "detail/MatrixPage.cpp"
#include "detail/RoutingActions.cpp"
