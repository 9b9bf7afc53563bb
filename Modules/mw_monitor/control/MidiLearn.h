#pragma once

#include "ControlTargets.h"

#include <juce_audio_devices/juce_audio_devices.h>
#include <juce_events/juce_events.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** Parameters moved by the controllers of a MIDI fader box. A parameter is chosen to learn, the next controller that moves is
    bound to it. A fader follows the same travel as on the screen, within 0.2 dB of unity it is unity; a switch is on from 64.

    Threads: handle() any; all else the message thread, on which parameters are moved. */
class MidiLearn final : private juce::MidiInputCallback, private juce::AsyncUpdater
{
public:
    struct Binding
    {
        int channel = 1;     ///< 1…16
        int controller = 0;  ///< 0…127
        juce::String parameterId;

        /** "MIDI 1/7": channel and controller. */
        [[nodiscard]] juce::String name() const { return "MIDI " + juce::String(channel) + "/" + juce::String(controller); }
    };

    /** @param targetsToMove outlive this */
    explicit MidiLearn(const ControlTargets& targetsToMove);
    ~MidiLearn() override;

    /** Opens every MIDI input there is and not open yet. @returns how many are open */
    int openInputs();
    void closeInputs();

    /** The next controller that moves is bound to this parameter; it loses what it moved before. @returns false for an unknown ID */
    bool learn(const juce::String& parameterId);
    void stopLearning() { wanted.clear(); }

    /** ID of the parameter that waits for a controller, or empty. */
    [[nodiscard]] const juce::String& learning() const noexcept { return wanted; }

    void forget(const juce::String& parameterId);
    void forgetAll() { bindings.clear(); }
    [[nodiscard]] std::optional<Binding> bindingOf(const juce::String& parameterId) const;
    [[nodiscard]] const std::vector<Binding>& all() const noexcept { return bindings; }

    /** For a session's file: a list of { channel, controller, parameter }. */
    [[nodiscard]] juce::var toVar() const;

    /** Replaces all bindings. @returns an error (wrong use) that names the wrong entry; then nothing changed. A parameter that
        this mixer does not have (a strip beyond its legs) is kept and moves nothing. */
    [[nodiscard]] Result<void> fromVar(const juce::var& saved);

    /** A message as from an input; only controllers are taken. Any thread. */
    void handle(const juce::MidiMessage& message);

    /** Told after a binding was learnt. Message thread. */
    std::function<void(const Binding&)> onLearnt;

private:
    struct Move
    {
        int channel, controller, value;
    };

    void handleIncomingMidiMessage(juce::MidiInput*, const juce::MidiMessage& message) override { handle(message); }
    void handleAsyncUpdate() override;
    void bind(Binding binding);
    void apply(const Move& move);

    const ControlTargets& targets;
    std::vector<std::unique_ptr<juce::MidiInput>> inputs;
    std::vector<Binding> bindings;
    juce::String wanted;
    Mailbox<Move> waiting;
};

} // namespace mw
