#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace mw
{

/** Called when a field's editor is about to go: JUCE leaves nobody with the keyboard then, and no key of the window would work. The
    field takes it, unless somebody else has it by then. Message thread. */
inline void takeFocusAfterEditing(juce::Component& field)
{
    juce::MessageManager::callAsync([safe = juce::Component::SafePointer<juce::Component>(&field)] {
        if (safe != nullptr && safe->isShowing() && juce::Component::getCurrentlyFocusedComponent() == nullptr)
            safe->grabKeyboardFocus();
    });
}

} // namespace mw
