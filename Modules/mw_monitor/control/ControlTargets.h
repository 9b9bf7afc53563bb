#pragma once

#include <mw_lab/mw_lab.h>

#include <map>
#include <string>

namespace mw
{

/** The mixer's parameters by the names that remote controls know them by: the parameter's ID, which is stable, and an OSC
    address that counts strips from 1, as the window shows them:

        /master/in  /master/out  /dtmf/gain  /dtmf/on
        /strip/N/gain  /strip/N/mute  /strip/N/solo   N: 1…, or dtmf, tone, player

    Built once; constant afterwards. */
class ControlTargets
{
public:
    /** @param mixer outlives this */
    explicit ControlTargets(MixerProcessor& mixer);

    /** @returns null when there is none */
    [[nodiscard]] juce::RangedAudioParameter* byId(const juce::String& parameterId) const;
    [[nodiscard]] juce::RangedAudioParameter* byAddress(const juce::String& address) const;

    /** OSC address of a parameter; empty when it has none. */
    [[nodiscard]] juce::String addressOf(const juce::RangedAudioParameter& parameter) const;

    [[nodiscard]] static juce::String idOf(const juce::RangedAudioParameter& parameter) { return parameter.getParameterID(); }

private:
    void add(juce::RangedAudioParameter* parameter, const juce::String& address);

    std::map<juce::String, juce::RangedAudioParameter*> ids, addresses;
    std::map<const juce::RangedAudioParameter*, juce::String> addressesOf;
};

} // namespace mw
