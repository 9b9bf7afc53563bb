#pragma once

#include "MixerTypes.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <atomic>
#include <vector>

namespace mw
{

/** A gain as the mixer keeps it: rounded to 0.001 dB, at most maxGainDb, minus infinity below minGainDb. @param gainDb not NaN */
[[nodiscard]] double keptGainDb(double gainDb) noexcept;

/** A gain in dB as a host-automatable parameter: minus infinity or minGainDb…maxGainDb in steps of 0.001 dB, so that 0 dB
    stays exactly 0 dB on its way through a host's 0…1 and back. Shown as "-3.0 dB" and "-inf dB".

    Threads: setDb() and the host's calls from any control thread; getDb() anywhere, the audio region included. */
class GainParameter final : public juce::AudioParameterFloat
{
public:
    /** @param parameterId stable: it is what hosts save automation under */
    GainParameter(const juce::String& parameterId, const juce::String& shownName);

    /** Clamps to maxGainDb; below minGainDb is minus infinity. @returns false for NaN, and then nothing changed. */
    bool setDb(double gainDb);

    /** The gain [dB], silenceDb when closed. */
    [[nodiscard]] double getDb() const noexcept;

    /** The stored float, which changes when and only when the gain does; for a cheap comparison once a block. */
    [[nodiscard]] float raw() const noexcept { return get(); }

    /** The gain [dB] that a stored float means. */
    [[nodiscard]] static double dbOfRaw(float stored) noexcept;

    /** Text as shown to a person: one decimal, "-inf dB" when closed. */
    [[nodiscard]] static juce::String textOf(double gainDb);
};

/** Every parameter of a mixer, in groups "master" and one group a strip. Stable IDs:
        masterInGain  dtmfGain  outputGain  dtmfOn
        strip/N/gain  strip/N/mute  strip/N/solo   for leg N, counted from 0
        strip/dtmf/mute  strip/dtmf/solo           (its gain is dtmfGain)
        strip/tone/…  strip/player/…
    House strips are named, so that an ID means the same strip whatever maxLegs is. The objects belong to the processor. */
class MixerParameters
{
public:
    /** Makes the parameters and adds them to the processor. */
    MixerParameters(juce::AudioProcessor& processor, int maxLegs);

    struct Strip
    {
        GainParameter* gain = nullptr;
        juce::AudioParameterBool* mute = nullptr;
        juce::AudioParameterBool* solo = nullptr;
    };

    [[nodiscard]] bool isStrip(int index) const noexcept { return index >= 0 && index < static_cast<int>(strips.size()); }

    GainParameter* masterIn = nullptr;
    GainParameter* dtmf = nullptr;
    GainParameter* output = nullptr;
    juce::AudioParameterBool* dtmfOn = nullptr;
    std::vector<Strip> strips;  ///< legs, then house strips; the DTMF strip's gain is `dtmf`
};

/** Name of a strip in parameter IDs and in saved states: the leg's number from 0, or dtmf, tone, player. */
[[nodiscard]] juce::String stripName(int index, int maxLegs);

/** The strip of a name. @returns -1 when there is none */
[[nodiscard]] int stripFromName(const juce::String& name, int maxLegs);

} // namespace mw
