#include "GainControl.h"

#include "../look/Figures.h"
#include "../look/Layout.h"
#include "../look/Menus.h"

#include <cmath>

namespace mw
{

juce::String gainText(double gainDb)
{
    const auto tenths = gainDb * 10.0;
    return figures::of(gainDb, std::isfinite(gainDb) && std::abs(tenths - std::round(tenths)) > 1e-6 ? 2 : 1);
}

void addRemoteItems(juce::PopupMenu& menu, MonitorModel& model, juce::RangedAudioParameter& parameter)
{
    auto& remote = model.remote();
    const auto id = ControlTargets::idOf(parameter);
    const auto address = remote.targets.addressOf(parameter);
    menu.addSeparator();
    if (remote.midi.learning() == id)
        menu.addItem("Stop learning", [&remote] { remote.midi.stopLearning(); });
    else
        menu.addItem("Learn MIDI control", [&remote, id] { remote.learnMidi(id); });
    if (const auto binding = remote.midi.bindingOf(id))
        menu.addItem("Forget " + binding->name(), [&remote, id] { remote.midi.forget(id); });
    menu.addItem("Copy OSC address: " + address, [address] { juce::SystemClipboard::copyTextToClipboard(address); });
}

void showMenuBeside(juce::PopupMenu& menu, juce::Component& component)
{
    showMenu(menu, component, juce::PopupMenu::Options().withTargetComponent(component).withDeletionCheck(component));
}

GainControl::GainControl(MonitorModel& modelToSteer) : model(modelToSteer)
{
    fader.onValueChange = [this] { update(); };
    fader.onMenu = [this] { showMenu(); };
    field.onTyped = [this](const juce::String& text) { return typed(text); };
}

void GainControl::attach(GainParameter& gain, const juce::String& of)
{
    fader.setTitle("Gain of " + of);
    field.setTitle("Typed gain of " + of);
    if (parameter == &gain)
        return;
    parameter = &gain;
    attachment.reset();
    attachment = std::make_unique<juce::SliderParameterAttachment>(gain, fader, &model.undoManager());
    field.setTooltip(juce::String::fromUTF8("Type a gain from −60 to +20 dB, or -inf"));
    fader.setTooltip(juce::String::fromUTF8("Gain [dB]. Drag; Shift or Ctrl: ten times as fine; double click or 0: 0 dB; + and −: 1 dB. Right click: MIDI, OSC"));
    update();
}

void GainControl::showUnit(bool unit)
{
    withUnit = unit;
    update();
}

void GainControl::update() { field.show(gainText(fader.gainDb()) + (withUnit ? " dB" : "")); }

bool GainControl::typed(const juce::String& text)
{
    const auto gainDb = gainFromTyped(text);
    if (gainDb.has_value())
        fader.moveTo(*gainDb);
    else
        model.note(LogEntry::Weight::bad, "'" + text.toStdString() + "' is no gain: type −60 to +20 dB, or -inf; nothing changed");
    return gainDb.has_value();
}

void GainControl::showMenu()
{
    if (parameter == nullptr)
        return;
    juce::PopupMenu menu;
    menu.addItem("Set to 0 dB", [safe = juce::Component::SafePointer<GainFader>(&fader)] {
        if (safe != nullptr)
            safe->moveTo(0.0);
    });
    addRemoteItems(menu, model, *parameter);
    showMenuBeside(menu, fader);
}

} // namespace mw
