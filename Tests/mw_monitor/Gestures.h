#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

#include <functional>

namespace mw::test
{

/** A mouse event in the middle of a component. */
inline juce::MouseEvent mouseIn(juce::Component& component, juce::Point<float> where, int modifiers = juce::ModifierKeys::leftButtonModifier)
{
    const auto now = juce::Time::getCurrentTime();
    return { juce::Desktop::getInstance().getMainMouseSource(), where, juce::ModifierKeys(modifiers), 1.0f, 0.0f, 0.0f, 0.0f, 0.0f,
             &component, &component, now, where, now, 1, false };
}

inline juce::MouseEvent mouseIn(juce::Component& component)
{
    return mouseIn(component, component.getLocalBounds().toFloat().getCentre());
}

inline void pressMouse(juce::Component& component) { component.mouseDown(mouseIn(component)); }
inline void releaseMouse(juce::Component& component) { component.mouseUp(mouseIn(component)); }

/** A key that types a character. */
inline juce::KeyPress typed(char character)
{
    return { static_cast<int>(character), juce::ModifierKeys(), static_cast<juce::juce_wchar>(character) };
}

} // namespace mw::test
