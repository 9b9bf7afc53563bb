#include "mw_core.h"

#include "units/Levels.cpp"
#include "threads/Clock.cpp"
#include "threads/OwnedThread.cpp"
#include "threads/ThreadRole.cpp"
