#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

#include <set>
#include <string>

/** Which controls of the window a hand has touched, by title. A title of one strip or of one caller stands for those of all:
    "Mute strip 3" is "Mute strip N". */
namespace touched
{
/** Notes the control that is touched, or the one that it is a part of. Written behind the table of controls
    (MILLIWATT_CONTROLS_TABLE names its file; without it nothing is written). */
void note(const juce::Component& control);

/** The titles of the list of touched controls in Docs/Monitor-controls.md. Throws when there is none. */
[[nodiscard]] std::set<std::string> ofTheTable();

/** Titles of all controls below a component that are in sight: what takes a click, a key or a text. */
[[nodiscard]] std::set<std::string> inSight(juce::Component& below);
} // namespace touched
