#include "DigitKey.h"

#include "../look/Layout.h"

#include <mw_lab/mw_lab.h>

namespace mw
{

DigitKey::DigitKey(char digitOfIt) : Button(juce::String::charToString(static_cast<juce::juce_wchar>(digitOfIt))), digit(digitOfIt)
{
    const auto tones = dtmfTonesOf(digit);
    setTitle("Digit " + getName());
    setTooltip("Digit " + getName() + ": " + juce::String(tones.lowHz, 0) + " + " + juce::String(tones.highHz, 0)
               + " Hz, sounds while it is held and at least for the on time (key " + getName() + ")");
}

void DigitKey::setSounding(bool sounds)
{
    if (std::exchange(sounding, sounds) != sounds)
        repaint();
}

void DigitKey::paintButton(juce::Graphics& g, bool highlighted, bool down)
{
    const auto& p = Look::of(*this);
    const auto area = getLocalBounds().toFloat();
    const auto on = sounding || down;
    auto fill = on ? p.accent : p.raised;
    if (highlighted && ! on)
        fill = fill.contrasting(0.06f);
    g.setColour(fill);
    g.fillRoundedRectangle(area, layout::corner);
    g.setColour(on ? p.onAccent : juce::CharacterFunctions::isDigit(digit) ? p.text : p.quiet);
    g.setFont(layout::titleFont());
    g.drawText(getName(), getLocalBounds(), juce::Justification::centred);
    Look::drawFocus(g, *this, area);
}

void DigitKey::mouseDown(const juce::MouseEvent& event)
{
    Button::mouseDown(event);
    if (event.mods.isPopupMenu() || ! isEnabled())
        return;
    byMouse = true;
    if (onPress)
        onPress(digit);
}

void DigitKey::mouseUp(const juce::MouseEvent& event)
{
    const SafePointer alive(this);
    Button::mouseUp(event);  // clicked() comes from here
    if (alive == nullptr || ! std::exchange(byMouse, false))
        return;
    if (onRelease)
        onRelease(digit);
}

void DigitKey::clicked()
{
    if (byMouse)
        return;
    if (onPress)
        onPress(digit);
    if (onRelease)
        onRelease(digit);
}

} // namespace mw
