#pragma once

#include "../LegPort.h"
#include "TickStats.h"
#include "TickWorkers.h"

#include <juce_audio_devices/juce_audio_devices.h>
#include <mw_core/mw_core.h>

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace mw
{

/** One row of the device's snapshot: channel and the transport of the leg on it. */
struct LegRow
{
    int channel = -1;
    LegMediaStats media;
    const LegPort* port = nullptr;  ///< whose figures these are; for comparing alone, it may be gone
};

/** The juce::AudioIODevice that is the bridge to the legs: one input and one output channel a leg.

    Its thread, "media", is the one clock of the engine: it sleeps to absolute deadlines and, each tick, pulls every leg,
    calls the AudioIODeviceCallback (the audio region), pushes every leg and says once that packets wait. Inside a tick
    nothing locks, allocates or waits.

    The callback's context tells the tick's deadline [ns, of the clock] as hostTimeNs, late or not: that is the time which the first
    sample of the block stands for, of what came in and of what goes out.

    Legs are attached by control: a new table is published by one pointer swap and the old one is freed after the media
    thread let go of it. */
class LegDevice final : public juce::AudioIODevice
{
public:
    struct Config
    {
        int maxLegs = 64;                         ///< channels each way, 1…2048
        bool realtimePriority = true;             ///< asks for SCHED_FIFO; going on without it is reported, not fatal
        int realtimePriorityLevel = 50;           ///< 1…99
        int workers = 0;                          ///< threads that help with legs' decoding and encoding when it is much, see TickWorkers
        double workersFromShare = 0.25;           ///< much: more than this share of a block; 0: always
        std::shared_ptr<Clock> clock;             ///< null: a RealClock
        std::function<void(int64_t)> tickDone;    ///< media thread, once a tick: LegFactory::tickDone

        /** How media and its workers are started; null: OwnedThread::start. A seam for tests of a start that fails. */
        TickWorkers::StartThread startThread;
    };

    explicit LegDevice(Config config);
    ~LegDevice() override;

    // ---- control thread: topology -----------------------------------------------------------------------------------

    /** Puts a port on a channel, in place of the one there (null: empties it). When it returns, the media thread no longer
        uses the former port. @returns an error for a channel out of range. */
    [[nodiscard]] Result<void> setPort(int channel, std::shared_ptr<LegPort> port);

    /** The same for many channels in one swap. */
    [[nodiscard]] Result<void> setPorts(const std::vector<std::pair<int, std::shared_ptr<LegPort>>>& changes);

    /** Runs one tick in the calling thread instead of the device's own: for the manual clock and for tests. Only between
        start() with `runOwnThread` false and stop(). */
    void runTick() noexcept;

    /** Before start(): whether start() makes the media thread (true) or runTick() is called by hand. */
    void setRunsOwnThread(bool shouldRun) noexcept { runsOwnThread = shouldRun; }

    // ---- any thread ---------------------------------------------------------------------------------------------------

    /** Ticks and legs as of the last tick, whole. @returns its number, 0 before the first tick. */
    uint64_t readSnapshot(TickStats& ticks, std::vector<LegRow>& legs) const;

    /** The ticks alone. @param legs as many as there are now, see LatestRows::renew() @returns as readSnapshot(), 0 also when there are other legs */
    uint64_t renewTicks(TickStats& ticks, std::span<LegRow> legs) const;

    /** Number of the snapshot that readSnapshot() would give. */
    [[nodiscard]] uint64_t snapshotNumber() const noexcept;

    /** Whether the media thread runs with real-time priority. */
    [[nodiscard]] bool hasRealtimePriority() const noexcept;

    // ---- juce::AudioIODevice, control thread ---------------------------------------------------------------------------
    juce::StringArray getOutputChannelNames() override;
    juce::StringArray getInputChannelNames() override;
    juce::Array<double> getAvailableSampleRates() override;
    juce::Array<int> getAvailableBufferSizes() override;
    int getDefaultBufferSize() override;
    juce::String open(const juce::BigInteger& inputs, const juce::BigInteger& outputs, double sampleRate, int bufferSize) override;
    void close() override;
    bool isOpen() override;
    void start(juce::AudioIODeviceCallback* callback) override;
    void stop() override;
    bool isPlaying() override;
    juce::String getLastError() override;
    int getCurrentBufferSizeSamples() override;
    double getCurrentSampleRate() override;
    int getCurrentBitDepth() override;
    juce::BigInteger getActiveOutputChannels() const override;
    juce::BigInteger getActiveInputChannels() const override;
    int getOutputLatencyInSamples() override;
    int getInputLatencyInSamples() override;
    int getXRunCount() const noexcept override;

private:
    bool runsOwnThread = true;
    struct Impl;
    std::unique_ptr<Impl> impl;
};

} // namespace mw
