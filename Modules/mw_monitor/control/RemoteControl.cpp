#include "RemoteControl.h"

#include <utility>

namespace mw
{

RemoteControl::RemoteControl(MixerProcessor& mixer, std::function<void(const DtmfSequence&)> play,
                             std::function<void(const std::string&, bool)> sayTo)
    : targets(mixer), midi(targets), osc(targets, std::move(play)), say(std::move(sayTo))
{
    midi.onLearnt = [this](const MidiLearn::Binding& binding) {
        say(binding.name().toStdString() + " now moves " + targets.addressOf(*targets.byId(binding.parameterId)).toStdString(), false);
    };
    osc.onWrong = [this](const std::string& what) { say(what, true); };
}

void RemoteControl::learnMidi(const juce::String& parameterId)
{
    if (! midi.learn(parameterId))
        return;
    const auto inputs = midi.openInputs();
    const auto address = targets.addressOf(*targets.byId(parameterId)).toStdString();
    say(inputs > 0 ? "move a MIDI controller; it will then move " + address
                   : "no MIDI input is there; connect one and choose \"Learn MIDI control\" again",
        inputs == 0);
}

juce::var RemoteControl::toVar() const
{
    auto saved = std::make_unique<juce::DynamicObject>();
    saved->setProperty("midi", midi.toVar());
    if (osc.port() != 0)
    {
        auto place = std::make_unique<juce::DynamicObject>();
        place->setProperty("port", osc.port());
        place->setProperty("address", juceText(osc.address()));
        saved->setProperty("osc", place.release());
    }
    return saved.release();
}

Result<void> RemoteControl::fromVar(const juce::var& saved)
{
    if (auto read = midi.fromVar(saved["midi"]); ! read)
        return read;
    if (! midi.all().empty())
        midi.openInputs();
    const auto place = saved["osc"];
    if (! place.isObject())
    {
        osc.close();
        return {};
    }
    const auto port = place["port"];
    if (! port.isInt() || static_cast<int>(port) < 1 || static_cast<int>(port) > 65535 || ! (place["address"].isVoid() || place["address"].isString()))
        return Error { ExitCode::wrongUse, "take the OSC port of the session", "it is no { \"port\": 1…65535, \"address\": \"127.0.0.1\" }", "" };
    return osc.listen(port, place["address"].isString() ? place["address"].toString().toStdString() : "127.0.0.1");
}

} // namespace mw
