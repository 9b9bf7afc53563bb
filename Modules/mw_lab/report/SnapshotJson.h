#pragma once

#include "../Engine.h"

#include <juce_core/juce_core.h>

namespace mw
{

/** Version of the objects that toJson() makes, in their field "schema". A field is never given another meaning without
    another version. */
inline constexpr const char* metricsSchema = "milliwatt.metrics/1";

/** The snapshot as JSON, the object that `--metrics` writes one of a line. The schema stands in Docs/Metrics.md.
    What was not measured is null, never 0 and never a default; levels are dBm0 under the law that the object names. */
[[nodiscard]] juce::var toJson(const EngineSnapshot& snapshot);

/** Parts of it, for reports. */
[[nodiscard]] juce::var toJson(const CallInfo& call);
[[nodiscard]] juce::var toJson(const LegMediaStats& media);

/** A number, or null when it is not finite (silence in dB, nothing measured). */
[[nodiscard]] juce::var jsonNumber(double value);

/** What 0 dBm0 means in a report: law, and the level of a full-scale sine under it. */
[[nodiscard]] juce::var levelReferenceJson(Law law);

/** Every counter of incidentsOf() by its key. */
[[nodiscard]] juce::var incidentsJson(const EngineSnapshot& snapshot);

/** The run's settings as an object of numbers. */
[[nodiscard]] juce::var toJson(const RunSettings& settings);

/** "mu" or "a". */
[[nodiscard]] const char* nameOf(Law law) noexcept;

/** "incoming", "dialling", "ringing", "established", "held", "closed". */
[[nodiscard]] const char* nameOf(CallState state) noexcept;

/** "conference", "funnel", "matrix". */
[[nodiscard]] const char* nameOf(MixMode mode) noexcept;

} // namespace mw
