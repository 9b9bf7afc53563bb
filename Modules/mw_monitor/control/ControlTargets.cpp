#include "ControlTargets.h"

namespace mw
{

ControlTargets::ControlTargets(MixerProcessor& mixer)
{
    const auto& all = mixer.parameters();
    add(all.masterIn, "/master/in");
    add(all.output, "/master/out");
    add(all.dtmf, "/dtmf/gain");
    add(all.dtmfOn, "/dtmf/on");
    for (int index = 0; index < static_cast<int>(all.strips.size()); ++index)
    {
        const auto& strip = all.strips[static_cast<size_t>(index)];
        const auto name = index < mixer.maxLegs() ? juce::String(index + 1) : stripName(index, mixer.maxLegs());
        const auto address = "/strip/" + name;
        add(strip.gain, address + "/gain");
        add(strip.mute, address + "/mute");
        add(strip.solo, address + "/solo");
    }
}

void ControlTargets::add(juce::RangedAudioParameter* parameter, const juce::String& address)
{
    ids[parameter->getParameterID()] = parameter;
    addresses[address] = parameter;
    addressesOf.try_emplace(parameter, address);  // the DTMF gain has two; the shorter one is told
}

juce::RangedAudioParameter* ControlTargets::byId(const juce::String& parameterId) const
{
    const auto found = ids.find(parameterId);
    return found != ids.end() ? found->second : nullptr;
}

juce::RangedAudioParameter* ControlTargets::byAddress(const juce::String& address) const
{
    const auto found = addresses.find(address);
    return found != addresses.end() ? found->second : nullptr;
}

juce::String ControlTargets::addressOf(const juce::RangedAudioParameter& parameter) const
{
    const auto found = addressesOf.find(&parameter);
    return found != addressesOf.end() ? found->second : juce::String();
}

} // namespace mw
