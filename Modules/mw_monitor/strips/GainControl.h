#pragma once

#include "../model/MonitorModel.h"
#include "GainFader.h"
#include "TypedField.h"

#include <memory>

namespace mw
{

/** A gain parameter's fader and, below it, the field for typing it; both belong to a strip, which lays them out. Message thread. */
class GainControl
{
public:
    explicit GainControl(MonitorModel& modelToSteer);

    /** @param of "strip 3" */
    void attach(GainParameter& gain, const juce::String& of);

    /** Whether the field has room for the unit. */
    void showUnit(bool unit);

    GainFader fader;
    TypedField field;

private:
    void update();
    bool typed(const juce::String& text);
    void showMenu();

    MonitorModel& model;
    GainParameter* parameter = nullptr;
    std::unique_ptr<juce::SliderParameterAttachment> attachment;
    bool withUnit = true;
};

/** What every parameter's menu offers: a MIDI controller and the OSC address. */
void addRemoteItems(juce::PopupMenu& menu, MonitorModel& model, juce::RangedAudioParameter& parameter);

/** Shows a menu beside a component, drawn as the rest of the window. */
void showMenuBeside(juce::PopupMenu& menu, juce::Component& component);

/** A gain as the window shows it: one decimal, a second one where it says something. */
[[nodiscard]] juce::String gainText(double gainDb);

} // namespace mw
