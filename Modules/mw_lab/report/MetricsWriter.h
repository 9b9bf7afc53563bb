#pragma once

#include "../Engine.h"

#include <juce_core/juce_core.h>

#include <memory>
#include <set>

namespace mw
{

/** Writes snapshots into a file, one JSON object a line (JSONL), each line flushed so that a reader can follow and a crash
    loses nothing. Control thread. Schema: Docs/Metrics.md. */
class MetricsWriter
{
public:
    /** Opens the file and empties it. @returns an error that names the file and the system's reason */
    [[nodiscard]] static Result<std::unique_ptr<MetricsWriter>> open(const juce::File& file);

    ~MetricsWriter();

    /** Writes one line. A call that is over is in the first line after its end and in none after that. After a failure nothing more is written; every later call returns the same error. */
    [[nodiscard]] Result<void> write(const EngineSnapshot& snapshot);

    [[nodiscard]] const juce::File& file() const noexcept { return target; }
    [[nodiscard]] uint64_t lines() const noexcept { return lineCount; }

private:
    MetricsWriter(const juce::File& target, std::unique_ptr<juce::FileOutputStream> stream);

    juce::File target;
    std::unique_ptr<juce::FileOutputStream> stream;
    Result<void> state;
    uint64_t lineCount = 0;
    std::set<LegId> shownClosed;  ///< ended calls that a line has shown already
};

} // namespace mw
