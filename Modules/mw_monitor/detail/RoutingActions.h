#pragma once

#include "../model/MonitorModel.h"

#include <optional>

namespace mw
{

/** Changes of who hears whom as steps of the model's UndoManager. Each begins a step of its own; what the mixer refuses is noted
    in the log and is no step. All: message thread. */

/** Sets a cell, or leaves it to the mode. @param gainDb [dB], silenceDb for not at all; nothing: as the mode says
    @returns whether the mixer took it */
bool changeCell(MonitorModel& model, int leg, int from, std::optional<double> gainDb);

bool changeMode(MonitorModel& model, MixMode mode, bool funnelReturn);

/** @param leg a channel of the mixer */
bool changeRole(MonitorModel& model, int leg, LegRole role);

/** A gain as somebody types it: "-6", "−6,5 dB", "0", "-inf", "−∞", "off". @returns nothing for anything else, and for what is outside
    minGainDb…maxGainDb */
[[nodiscard]] std::optional<double> gainFromText(const juce::String& text);

} // namespace mw
