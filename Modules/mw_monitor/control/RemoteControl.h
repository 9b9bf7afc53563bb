#pragma once

#include "MidiLearn.h"
#include "OscControl.h"

#include <functional>
#include <string>

namespace mw
{

/** Everything that moves the mixer's parameters from outside the window: MIDI controllers and OSC. Message thread. */
class RemoteControl final
{
public:
    /** @param play plays digits in the mix @param say told what is to stand in the log; bad: it was wrong */
    RemoteControl(MixerProcessor& mixer, std::function<void(const DtmfSequence&)> play, std::function<void(const std::string& text, bool bad)> say);

    /** Chooses a parameter for the next MIDI controller that moves, opens the inputs for it, and says what to do. */
    void learnMidi(const juce::String& parameterId);

    /** For a session's file: { "midi": [ … ], "osc": { "port", "address" } }, without "osc" while that is off. */
    [[nodiscard]] juce::var toVar() const;

    /** Opens the MIDI inputs if there are bindings, and listens for OSC or stops listening. @returns the first error; what was
        not concerned is in force. */
    [[nodiscard]] Result<void> fromVar(const juce::var& saved);

    const ControlTargets targets;
    MidiLearn midi;
    OscControl osc;

private:
    const std::function<void(const std::string&, bool)> say;
};

} // namespace mw
