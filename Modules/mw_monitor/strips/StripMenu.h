#pragma once

#include "../model/MonitorModel.h"
#include "StripActions.h"

#include <juce_gui_basics/juce_gui_basics.h>

namespace mw
{

/** What can be done with a call from its strip: hang up, hold, digits, details, gain, and its part in a funnel. The items act by
    themselves. @param leg a call that is not over; otherwise the menu is empty */
[[nodiscard]] juce::PopupMenu stripMenu(MonitorModel& model, StripActions& actions, LegId leg);

} // namespace mw
