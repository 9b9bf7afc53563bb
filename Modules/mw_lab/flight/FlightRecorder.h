#pragma once

#include "../Engine.h"
#include "../record/Background.h"
#include "FlightConfig.h"
#include "FlightEvents.h"
#include "FlightPackets.h"
#include "FlightTrack.h"

#include <juce_core/juce_core.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** The version of a flight recorder's about.json. */
inline constexpr const char* flightSchema = "milliwatt.flight/1";

/** Keeps of every call of a run a folder: the leg's sound before the mix and as sent (in.wav, out.wav), its packets (packets.pcapng),
    what happened (events.jsonl), and about.json, which puts all on one clock: the engine's, with its offset to UTC as it was when the
    recorder was made. Or it keeps the last seconds in memory, and writes the folder of a call that failed, or of which an expectation did not
    hold. What cannot be written is told, and the run goes on. Control thread; files of sound and packets are written by the recorder
    thread. */
class FlightRecorder
{
public:
    /** Before the engine starts, of which it traces the packets. @returns an error that names the folder and the system's reason */
    [[nodiscard]] static Result<std::unique_ptr<FlightRecorder>> create(const FlightConfig& config, Engine& engine, Background& background);
    ~FlightRecorder();
    FlightRecorder(const FlightRecorder&) = delete;
    FlightRecorder& operator=(const FlightRecorder&) = delete;

    /** An event of a call. @param call as it stood after it; not `failed` when it was we who ended it */
    void heard(const LegEvent& event, const CallInfo& call);

    /** What a role says of a call, within its end. @param held whether all its expectations held
        @param said goes into its last event; may be void */
    void judged(LegId leg, bool held, const juce::var& said);

    /** To be called a few times a second. */
    void poll();

    /** The engine has stopped: finishes all folders. Idempotent. */
    void finish();

    /** A start that failed: removes this run's folders, and theirs if nothing else is in it. */
    void abandon();

    // ---- after finish() -------------------------------------------------------------------------------------------------

    /** Path of a call's folder; empty: there is none. */
    [[nodiscard]] std::string folderOf(LegId leg) const;

    /** "flight recorder: 3 calls in DIR, 0 packets and 0 samples missing". */
    [[nodiscard]] std::string line() const;

    /** The first thing that went wrong. */
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return failure; }

private:
    struct Call;

    FlightRecorder(const FlightConfig& config, Engine& engine, Background& background);
    [[nodiscard]] bool keepsLast() const noexcept { return config.lastS > 0.0; }
    [[nodiscard]] int64_t nowNs() const noexcept { return engine.clock().nowNs(); }
    [[nodiscard]] juce::String extension() const;
    Call& callOf(const CallInfo& info);
    void begin(Call& call);
    void makeFolder(Call& call);
    void openTracks(Call& call);
    void closeTracks(Call& call);
    void look();
    void finish(Call& call);
    void writeKept(Call& call);
    [[nodiscard]] juce::var about(const Call& call, const FlightPacketCounts* packets) const;
    bool orNote(const Result<void>& done);

    const FlightConfig config;
    Engine& engine;
    Background& background;
    const int64_t utcOffsetNs;
    const std::shared_ptr<PacketTrace> trace;
    FlightPackets packets;
    std::map<LegId, std::unique_ptr<Call>> calls;  ///< those whose folders are not finished
    std::map<LegId, juce::File> folders;           ///< of the finished ones that have one
    uint64_t callsSeen = 0, missingSamples = 0;
    int64_t nextSnapshotNs = 0;
    std::optional<Error> failure;
    bool finished = false;  ///< control thread
};

} // namespace mw
