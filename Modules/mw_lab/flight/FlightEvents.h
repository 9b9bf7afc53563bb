#pragma once

#include <juce_core/juce_core.h>
#include <mw_legs/mw_legs.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace mw
{

/** "2027-01-15T08:00:01.000000007Z" @param ns since 1970 [ns] */
[[nodiscard]] std::string utcText(int64_t ns);

/** What is to be added to an engine's clock for UTC, as of now [ns since 1970]. */
[[nodiscard]] int64_t utcOffsetOf(const Clock& clock);

/** What happened in a call, one JSON object a line, in the order of time: into a file as it comes, or into memory of which snapshots of the
    last seconds are kept, and all else. Control thread. */
class FlightEvents
{
public:
    static constexpr size_t mostEventsKept = 10000;  ///< in memory; the oldest go

    /** @param utcOffsetNs what is to be added to the engine's clock for UTC [ns since 1970] */
    explicit FlightEvents(int64_t utcOffsetNs) : utcOffset(utcOffsetNs) {}

    /** From now on into this file. */
    [[nodiscard]] Result<void> open(const juce::File& file);

    /** @param fields an object, which gets `timeNs` (engine clock), `utc` and `kind` in front of its own; or void */
    void add(int64_t timeNs, const char* kind, const juce::var& fields = {});

    /** Snapshots before this go, when all is in memory [ns]. */
    void letSnapshotsGo(int64_t beforeNs);

    /** Writes what is kept in memory. */
    [[nodiscard]] Result<void> writeKept(const juce::File& file);

    [[nodiscard]] const std::optional<Error>& error() const noexcept { return failure; }

private:
    struct Kept
    {
        int64_t timeNs = 0;
        bool isSnapshot = false;
        juce::String line;
    };
    void write(const juce::String& line);

    const int64_t utcOffset;
    juce::File target;
    std::unique_ptr<juce::FileOutputStream> stream;  ///< null: in memory
    std::deque<Kept> kept;
    std::optional<Error> failure;
};

} // namespace mw
