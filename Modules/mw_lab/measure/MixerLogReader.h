#pragma once

#include <juce_core/juce_core.h>
#include <mw_legs/mw_legs.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** A gain or a mute as a mixer was told. */
struct CommandedStep
{
    int64_t timeNs = 0;       ///< engine clock of the mixer [ns]
    std::string kind;         ///< gain, mute, masterIn, masterOut
    std::string peer;         ///< user part of the leg's address, "alice"; empty: of none, or of all
    std::optional<double> changeDb;  ///< level after over level before [dB]; nothing: to or from silence
    bool toSilence = false;   ///< it silences: a mute, a gain closed
    std::string strip = {};   ///< "0" of the first leg; empty: of none, or of all
};

/** What happened in a mixer, between two looks at it. */
struct MixerIncident
{
    enum class Kind { concealed, stalled, limited } kind = Kind::concealed;  ///< see MixerLog
    int64_t sinceNs = 0, timeNs = 0;  ///< engine clock of the mixer [ns]
};

/** What a sink takes from a mixer's log (MixerLog). */
struct MixerLogContent
{
    std::vector<CommandedStep> steps;
    std::vector<MixerIncident> incidents;
};

inline constexpr double togetherS = 0.25;  ///< see readMixerLog() [s]

/** Reads a mixer's log. Commands that can make no step in a leg's level (solo, DTMF) are left out; those of one kind to one strip and leg less than
    `togetherS` apart, as a slider makes them, are one. A last line that is not whole, since it is being written, is passed over. Control thread.
    @returns an error (environment) that names the file, or the line that is none of a log */
[[nodiscard]] Result<MixerLogContent> readMixerLog(const juce::File& file);

} // namespace mw
