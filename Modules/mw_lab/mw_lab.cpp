#include "mw_lab.h"
