#include "mw_monitor.h"

// The frame; each panel has a piece of its own beside this one, so that a change of one does not compile all the others.
#include "FooterBar.cpp"
#include "HeaderBar.cpp"
#include "MonitorView.cpp"
#include "MonitorWindow.cpp"
#include "XDisplay.cpp"
#include "look/Figures.cpp"
#include "look/Look.cpp"
#include "look/Palette.cpp"
#include "look/PanelDivider.cpp"
#include "model/MonitorModel.cpp"
