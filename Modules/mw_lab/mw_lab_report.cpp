#include "mw_lab.h"

#include "report/SvgPlot.cpp"
#include "report/SvgPlotDraw.cpp"
#include "report/html/HtmlFigures.cpp"
#include "report/html/HtmlPlots.cpp"
#include "report/html/HtmlReport.cpp"
#include "report/html/PngImage.cpp"
