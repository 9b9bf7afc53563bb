#include "mw_sip.h"
