#include "mw_signal.h"
