#include "MidiLearn.h"

#include "GainTaper.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mw
{

namespace
{
constexpr int highestValue = 127, switchesOnFrom = 64;
constexpr double unityCatchDb = 0.2;  ///< half a step of a 7-bit controller near unity

bool isWhole(const juce::var& value, int least, int most)
{
    return (value.isInt() || value.isInt64()) && static_cast<juce::int64>(value) >= least && static_cast<juce::int64>(value) <= most;
}
} // namespace

MidiLearn::MidiLearn(const ControlTargets& targetsToMove) : targets(targetsToMove) {}

MidiLearn::~MidiLearn()
{
    closeInputs();
    cancelPendingUpdate();
}

int MidiLearn::openInputs()
{
    for (const auto& device : juce::MidiInput::getAvailableDevices())
    {
        const auto isOpen = std::any_of(inputs.begin(), inputs.end(), [&device](const auto& input) { return input->getIdentifier() == device.identifier; });
        if (isOpen)
            continue;
        if (auto input = juce::MidiInput::openDevice(device.identifier, this))
        {
            input->start();
            inputs.push_back(std::move(input));
        }
    }
    return static_cast<int>(inputs.size());
}

void MidiLearn::closeInputs() { inputs.clear(); }

bool MidiLearn::learn(const juce::String& parameterId)
{
    if (targets.byId(parameterId) == nullptr)
        return false;
    wanted = parameterId;
    return true;
}

void MidiLearn::forget(const juce::String& parameterId)
{
    std::erase_if(bindings, [&parameterId](const Binding& each) { return each.parameterId == parameterId; });
    if (wanted == parameterId)
        stopLearning();
}

std::optional<MidiLearn::Binding> MidiLearn::bindingOf(const juce::String& parameterId) const
{
    for (const auto& each : bindings)
        if (each.parameterId == parameterId)
            return each;
    return std::nullopt;
}

void MidiLearn::bind(Binding binding)
{
    std::erase_if(bindings, [&binding](const Binding& each) {
        return each.parameterId == binding.parameterId || (each.channel == binding.channel && each.controller == binding.controller);
    });
    bindings.push_back(std::move(binding));
}

juce::var MidiLearn::toVar() const
{
    juce::Array<juce::var> list;
    for (const auto& each : bindings)
    {
        auto entry = std::make_unique<juce::DynamicObject>();
        entry->setProperty("channel", each.channel);
        entry->setProperty("controller", each.controller);
        entry->setProperty("parameter", each.parameterId);
        list.add(entry.release());
    }
    return list;
}

Result<void> MidiLearn::fromVar(const juce::var& saved)
{
    const auto wrong = [](const std::string& why) {
        return Error { ExitCode::wrongUse, "take the MIDI controllers of the session", why,
                       "each is { \"channel\": 1…16, \"controller\": 0…127, \"parameter\": \"strip/0/gain\" }" };
    };
    if (! saved.isVoid() && ! saved.isArray())
        return wrong("they are no list");
    std::vector<Binding> read;
    for (int i = 0; i < saved.size(); ++i)
    {
        const auto& entry = saved[i];
        const auto which = "entry " + std::to_string(i + 1);
        if (! isWhole(entry["channel"], 1, 16))
            return wrong(which + " has no channel from 1 to 16");
        if (! isWhole(entry["controller"], 0, highestValue))
            return wrong(which + " has no controller from 0 to 127");
        if (! entry["parameter"].isString() || entry["parameter"].toString().isEmpty())
            return wrong(which + " has no parameter");
        read.push_back({ entry["channel"], entry["controller"], entry["parameter"].toString() });
    }
    bindings.clear();
    for (auto& each : read)
        bind(std::move(each));
    return {};
}

void MidiLearn::handle(const juce::MidiMessage& message)
{
    if (message.isController() && waiting.post({ message.getChannel(), message.getControllerNumber(), message.getControllerValue() }))
        triggerAsyncUpdate();
}

void MidiLearn::handleAsyncUpdate()
{
    for (const auto& move : waiting.takeAll())
        apply(move);
}

void MidiLearn::apply(const Move& move)
{
    if (wanted.isNotEmpty())
    {
        const Binding learnt { move.channel, move.controller, std::exchange(wanted, {}) };
        bind(learnt);
        if (onLearnt)
            onLearnt(learnt);
    }
    const auto found = std::find_if(bindings.begin(), bindings.end(), [&move](const Binding& each) {
        return each.channel == move.channel && each.controller == move.controller;
    });
    auto* parameter = found != bindings.end() ? targets.byId(found->parameterId) : nullptr;
    if (auto* gain = dynamic_cast<GainParameter*>(parameter))
    {
        const auto gainDb = GainTaper::gainDbAt(static_cast<double>(move.value) / highestValue);
        gain->setDb(std::abs(gainDb) < unityCatchDb ? 0.0 : gainDb);
    }
    else if (parameter != nullptr)
    {
        parameter->setValueNotifyingHost(move.value >= switchesOnFrom ? 1.0f : 0.0f);
    }
}

} // namespace mw
