#include "mw_lab.h"

#include "listen/CardFeed.cpp"
#include "listen/Listening.cpp"
#include "record/Recordings.cpp"
