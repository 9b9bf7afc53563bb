#include "mw_mixer.h"
