#include "mw_monitor.h"

#include "dtmf/DigitKey.cpp"
#include "dtmf/DigitList.cpp"
#include "dtmf/DtmfPanel.cpp"
#include "dtmf/NumberField.cpp"
#include "dtmf/SequenceEditor.cpp"
