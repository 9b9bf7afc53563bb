#pragma once

#include "../record/RecordingFile.h"

#include <juce_core/juce_core.h>
#include <mw_legs/mw_legs.h>

namespace mw
{

/** What a flight recorder keeps of a run's calls, and where; values, checked before anything starts. */
struct FlightConfig
{
    static constexpr double mostLastS = 300.0;

    juce::File folder;                               ///< gets one folder a call, and is made where it is missing; File(): nothing is kept
    RecordingFormat format = RecordingFormat::wav;   ///< of the tracks
    double lastS = 0.0;  ///< 0: all is written as it comes; otherwise so much is kept in memory, and written when the call failed or an expectation did not hold [s], 1 to mostLastS

    [[nodiscard]] bool isWanted() const { return folder != juce::File(); }

    /** @returns an error that names the folder or the value, the reason and a remedy (environment, wrong use) */
    [[nodiscard]] Result<void> check() const;
};

} // namespace mw
