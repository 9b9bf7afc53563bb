#include "mw_monitor.h"

#include "session/KeysOverlay.cpp"
#include "session/SessionKeeper.cpp"
#include "session/ToolButtons.cpp"
#include "session/WelcomePanel.cpp"
