#pragma once

#include "Look.h"

namespace mw
{

/** Shows a menu in the look of a component. Like all menus of that look it opens inside the window, see
    Look::getParentComponentForMenuOptions(). Message thread. */
inline void showMenu(juce::PopupMenu& menu, juce::Component& of, const juce::PopupMenu::Options& options)
{
    menu.setLookAndFeel(&of.getLookAndFeel());
    menu.showMenuAsync(options.getTargetComponent() != nullptr ? options : options.withTargetComponent(&of));
}

} // namespace mw
