#include "RoutingActions.h"

namespace mw
{

namespace
{
/** A step that sends one command, and another to take it back. */
class SendCommand final : public juce::UndoableAction
{
public:
    SendCommand(MonitorModel& modelToUse, const MixerCommand& there, const MixerCommand& andBack) : model(modelToUse),
            forward(there), back(andBack) {}
    bool perform() override { return model.send(forward); }
    bool undo() override { return model.send(back); }

private:
    MonitorModel& model;
    const MixerCommand forward, back;
};

bool step(MonitorModel& model, const juce::String& name, const MixerCommand& forward, const MixerCommand& back)
{
    auto& undo = model.undoManager();
    undo.beginNewTransaction(name);
    const auto done = undo.perform(new SendCommand(model, forward, back));
    undo.beginNewTransaction();  // what comes next is no part of it
    return done;
}

MixerCommand cellCommand(int leg, int from, std::optional<double> gainDb)
{
    MixerCommand command;
    command.kind = gainDb ? MixerCommand::Kind::setCell : MixerCommand::Kind::clearCell;
    command.leg = leg;
    command.from = from;
    command.gainDb = gainDb.value_or(0.0);
    return command;
}
} // namespace

bool changeCell(MonitorModel& model, int leg, int from, std::optional<double> gainDb)
{
    const auto routing = model.engine().mixer().routing();
    const auto before = routing.isSet(leg, from) ? std::optional(routing.gainDb(leg, from)) : std::nullopt;
    if (gainDb)
        gainDb = keptGainDb(*gainDb);
    if (before == gainDb)
        return true;
    return step(model, "who hears whom", cellCommand(leg, from, gainDb), cellCommand(leg, from, before));
}

bool changeMode(MonitorModel& model, MixMode mode, bool funnelReturn)
{
    const auto routing = model.engine().mixer().routing();
    if (routing.mode == mode && routing.funnelReturn == funnelReturn)
        return true;
    MixerCommand forward;
    forward.kind = MixerCommand::Kind::setMode;
    forward.mode = mode;
    forward.funnelReturn = funnelReturn;
    auto back = forward;
    back.mode = routing.mode;
    back.funnelReturn = routing.funnelReturn;
    return step(model, "mode of the mixer", forward, back);
}

bool changeRole(MonitorModel& model, int leg, LegRole role)
{
    const auto routing = model.engine().mixer().routing();
    if (leg < 0 || leg >= static_cast<int>(routing.roles.size()) || routing.roles[static_cast<size_t>(leg)] == role)
        return true;
    MixerCommand forward;
    forward.kind = MixerCommand::Kind::setLegRole;
    forward.leg = leg;
    forward.role = role;
    auto back = forward;
    back.role = routing.roles[static_cast<size_t>(leg)];
    return step(model, "role of a leg", forward, back);
}

std::optional<double> gainFromText(const juce::String& text)
{
    auto plain = text.trim().toLowerCase().replace(juce::String::fromUTF8("−"), "-").replace(",", ".");
    if (plain.endsWith("db"))
        plain = plain.dropLastCharacters(2).trim();
    if (plain == "-inf" || plain == juce::String::fromUTF8("-∞") || plain == "off")
        return silenceDb;
    const auto digits = plain.trimCharactersAtStart("+-");
    const auto signs = plain.length() - digits.length();
    if (digits.isEmpty() || signs > 1 || ! digits.containsOnly("0123456789.")
            || digits.indexOfChar('.') != digits.lastIndexOfChar('.')
        || ! digits.containsAnyOf("0123456789"))
        return {};
    const auto value = plain.getDoubleValue();
    return value >= minGainDb && value <= maxGainDb ? std::optional(value) : std::nullopt;
}

} // namespace mw
