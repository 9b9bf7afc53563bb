#include "mw_lab.h"

#include "report/SvgPlot.cpp"
#include "report/SvgPlotDraw.cpp"
