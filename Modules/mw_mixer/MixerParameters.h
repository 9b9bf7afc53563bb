#pragma once

#include "MixerTypes.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <atomic>
#include <vector>

namespace mw
{

/** A gain as the mixer keeps it: rounded to 0.001 dB, at most maxGainDb, minus infinity below minGainDb. @param gainDb not NaN */
[[nodiscard]] double keptGainDb(double gainDb) noexcept;

/** Counts the changes of a mixer's parameters, so that the audio region reads thousands of them only when one moved. */
class ParameterChanges
{
public:
    /** After the change. Any thread. */
    void note() noexcept { number.fetch_add(1, std::memory_order_release); }

    /** Whoever sees the same number as before would read the same values as then, or newer ones. Any thread. */
    [[nodiscard]] uint64_t current() const noexcept { return number.load(std::memory_order_acquire); }

private:
    std::atomic<uint64_t> number { 1 };
};

/** A gain in dB as a host-automatable parameter: minus infinity or minGainDb…maxGainDb in steps of 0.001 dB, so that 0 dB
    stays exactly 0 dB on its way through a host's 0…1 and back. Shown as "-3.0 dB" and "-inf dB".

    Threads: setDb() and the host's calls from any control thread; getDb() anywhere, the audio region included. */
class GainParameter final : public juce::AudioParameterFloat
{
public:
    /** @param parameterId stable: it is what hosts save automation under @param changesToNote of MixerParameters */
    GainParameter(const juce::String& parameterId, const juce::String& shownName, ParameterChanges& changesToNote);

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

private:
    void valueChanged(float) override { changes.note(); }

    ParameterChanges& changes;
};

/** A switch that notes its changes. */
class SwitchParameter final : public juce::AudioParameterBool
{
public:
    /** @param changesToNote of MixerParameters */
    SwitchParameter(const juce::ParameterID& id, const juce::String& shownName, bool initially, ParameterChanges& changesToNote)
        : AudioParameterBool(id, shownName, initially), changes(changesToNote)
    {
    }

private:
    void valueChanged(bool) override { changes.note(); }

    ParameterChanges& changes;
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
    /** Makes the parameters and adds them to the processor, which owns them; they may be changed while this lives. */
    MixerParameters(juce::AudioProcessor& processor, int maxLegs);
    MixerParameters(const MixerParameters&) = delete;
    MixerParameters& operator=(const MixerParameters&) = delete;

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
    ParameterChanges changes;   ///< of all of them
    std::vector<Strip> strips;  ///< legs, then house strips; the DTMF strip's gain is `dtmf`
};

/** Name of a strip in parameter IDs and in saved states: the leg's number from 0, or dtmf, tone, player. */
[[nodiscard]] juce::String stripName(int index, int maxLegs);

/** The strip of a name. @returns -1 when there is none */
[[nodiscard]] int stripFromName(const juce::String& name, int maxLegs);

} // namespace mw
