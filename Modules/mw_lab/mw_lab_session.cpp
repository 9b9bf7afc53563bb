#include "mw_lab.h"

// A piece of its own, so that a change of the engine does not compile it, nor a change of it the engine.
#include "session/Session.cpp"
#include "session/SessionEngine.cpp"
