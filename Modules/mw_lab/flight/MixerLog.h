#pragma once

#include "../Engine.h"
#include "FlightEvents.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** What a mixer is told and what happens to it, one JSON object a line, written at once, with the engine's clock, on which a sink of the same
    machine lines it up with what it hears (readMixerLog()).

        {"timeNs": …, "utc": "…", "kind": "gain", "strip": "0", "peer": "sip:alice@192.0.2.7", "fromDb": 0.0, "toDb": -6.0}
        {"timeNs": …, "utc": "…", "kind": "concealed", "sinceNs": …, "peer": "sip:alice@192.0.2.7", "frames": 1}

    Commands, whoever gives them (key, window, MIDI, OSC, host): gain, mute, solo (of a strip), masterIn, masterOut, dtmfOn; a gain that is closed
    is null; `on` tells of a switch. peer: of a leg's strip while it has a call. Parameters are taken by the next block, and then ramp.
    Incidents, seen at some moment after `sinceNs` and before `timeNs`: concealed (frames of a leg's sound that the jitter buffer made up or dropped), stalled
    (blocks that were given up), limited (samples that the limiters changed, `frames`).

    Control thread, which is where parameters are set. */
class MixerLog final : private juce::AudioProcessorListener
{
public:
    /** @param clock of the engine; engine and clock must outlive this
        @returns an error (environment) that names the file */
    [[nodiscard]] static Result<std::unique_ptr<MixerLog>> open(Engine& engine, const Clock& clock, const juce::File& file);
    ~MixerLog() override;

    /** Tells what happened since the last call. */
    void look(const EngineSnapshot& snapshot);

    [[nodiscard]] uint64_t lines() const noexcept { return written; }
    [[nodiscard]] const juce::File& file() const noexcept { return target; }
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return events.error(); }

private:
    MixerLog(Engine& engine, const Clock& clock, const juce::File& file);
    void audioProcessorParameterChanged(juce::AudioProcessor*, int index, float) override;
    void audioProcessorChanged(juce::AudioProcessor*, const ChangeDetails&) override {}
    void tell(const juce::AudioProcessorParameterWithID& parameter);
    void tellIncident(const char* kind, const std::string& peer, uint64_t frames);

    Engine& bench;
    const Clock& time;
    const juce::File target;
    FlightEvents events;
    std::vector<float> former;  ///< each parameter's value, 0…1
    uint64_t written = 0;

    std::map<const LegPort*, uint64_t> concealed;  ///< as last looked at, of the legs that are there
    uint64_t skipped = 0, limited = 0;
    int64_t lookedNs = 0, lookingNs = 0;           ///< the last look, and this one [ns]
};

} // namespace mw
