#include "SwitchButton.h"

#include "../look/Layout.h"
#include "GainControl.h"

namespace mw
{

SwitchButton::SwitchButton(MonitorModel& modelToSteer, Kind kindToShow) : Button({}), model(modelToSteer), kind(kindToShow)
{
    setClickingTogglesState(true);
}

void SwitchButton::attach(juce::AudioParameterBool& parameterToSwitch, const juce::String& of)
{
    const auto muting = kind == Kind::mute;
    setTitle((muting ? "Mute " : "Solo ") + of);
    if (parameter == &parameterToSwitch)
        return;
    parameter = &parameterToSwitch;
    attachment.reset();
    attachment = std::make_unique<juce::ButtonParameterAttachment>(*parameter, *this, &model.undoManager());
    setTooltip(muting ? "Mute: nobody hears it (M). Right click: MIDI, OSC" : "Solo: only soloed strips are heard (S). Right click: MIDI, OSC");
}

void SwitchButton::mouseDown(const juce::MouseEvent& e)
{
    if (! e.mods.isPopupMenu())
        return Button::mouseDown(e);
    if (parameter == nullptr)
        return;
    juce::PopupMenu menu;
    addRemoteItems(menu, model, *parameter);
    showMenuBeside(menu, *this);
}

void SwitchButton::paintButton(juce::Graphics& g, bool over, bool down)
{
    const auto& p = Look::of(*this);
    const auto on = getToggleState();
    const auto area = getLocalBounds().toFloat();
    auto fill = ! on ? p.raised : kind == Kind::mute ? p.bad : p.waiting;
    g.setColour(down ? fill.contrasting(0.12f) : over ? fill.contrasting(0.06f) : fill);
    g.fillRoundedRectangle(area, layout::corner);
    g.setColour(on ? p.background : p.text);
    g.setFont(on ? layout::strongFont() : layout::bodyFont());
    const auto letter = kind == Kind::mute ? "M" : "S";
    if (! on)
    {
        g.drawText(letter, area, juce::Justification::centred, false);
    }
    else if (area.getWidth() < 32.0f)
    {
        // No room beside the letter: below it.
        g.drawText(letter, area.withTrimmedBottom(5.0f), juce::Justification::centred, false);
        const auto below = juce::Point<float>(area.getCentreX(), area.getBottom() - 5.0f);
        if (kind == Kind::mute)
            g.fillRect(juce::Rectangle<float>(10.0f, 2.0f).withCentre(below));
        else
            g.fillEllipse(juce::Rectangle<float>(5.0f, 5.0f).withCentre(below));
    }
    else
    {
        const auto centre = area.getCentre();
        g.drawText(letter, area.withTrimmedRight(10.0f), juce::Justification::centred, false);
        if (kind == Kind::mute)
            g.fillRect(centre.x + 4.0f, centre.y - 1.0f, 7.0f, 2.0f);
        else
            g.fillEllipse(centre.x + 4.5f, centre.y - 3.0f, 6.0f, 6.0f);
    }
    Look::drawFocus(g, *this, area);
}

} // namespace mw
