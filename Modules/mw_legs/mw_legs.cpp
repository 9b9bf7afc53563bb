#include "mw_legs.h"
