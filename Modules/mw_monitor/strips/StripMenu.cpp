#include "StripMenu.h"

namespace mw
{

juce::PopupMenu stripMenu(MonitorModel& model, StripActions& actions, LegId leg)
{
    juce::PopupMenu menu;
    const auto* call = model.call(leg);
    if (call == nullptr || call->state == CallState::closed)
        return menu;
    auto& engine = model.engine();
    const auto up = call->state == CallState::established || call->state == CallState::held;
    menu.addSectionHeader(juce::String(call->channel + 1) + "  " + juceText(call->peerName.empty() ? call->peerUri : call->peerName));
    menu.addItem("Hang up (X)", [&engine, leg] { engine.hangUp(leg); });
    const auto onHold = call->onHold;
    menu.addItem(onHold ? "Resume" : "Hold", up, false, [&engine, leg, onHold] { engine.hold(leg, ! onHold); });
    menu.addItem(juce::String::fromUTF8("Send digits… (D)"), up, false, [&actions, leg] { actions.askDigits(leg); });
    menu.addSeparator();
    menu.addItem("Show details", [&model, leg] { model.select(leg); });
    const auto channel = call->channel;
    menu.addItem("Reset gain to 0 dB (0)", channel >= 0, false, [&model, channel] {
        auto& gain = *model.engine().mixer().parameters().strips[static_cast<size_t>(channel)].gain;
        ParameterUndo::setAsGesture(gain, gain.convertTo0to1(0.0f));
    });
    menu.addItem("Clear clip lamps and peaks (R)", [&model] {
        MixerCommand command;
        command.kind = MixerCommand::Kind::resetMeters;
        model.send(command);
    });
    const auto* row = model.snapshot().strip(channel);
    if (model.snapshot().mixer.mode != MixMode::funnel || row == nullptr)
        return menu;
    menu.addSeparator();
    for (const auto role : { LegRole::source, LegRole::sink })
        menu.addItem(role == LegRole::source ? "Part: source" : "Part: sink", true, row->role == role, [&model, leg, role] {
            if (const auto set = model.engine().setRole(leg, role); ! set)
                model.note(LogEntry::Weight::bad, set.error().message(), leg);
        });
    return menu;
}

} // namespace mw
