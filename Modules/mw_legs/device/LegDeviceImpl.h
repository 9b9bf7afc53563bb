#pragma once

#include "LegDevice.h"
#include "MediaClock.h"

#include <atomic>
#include <memory>
#include <vector>

namespace mw
{

struct LegDevice::Impl
{
    static constexpr int mostLegs = 2048;

    /** Who is on which channel: never changed once it is published. */
    struct LegTable
    {
        struct Row
        {
            int channel;
            LegPort* port;
        };
        uint64_t number = 0;                          ///< counts up from one table to the next
        std::vector<Row> rows;                        ///< the channels in use, in order; what the media thread reads
        std::vector<std::shared_ptr<LegPort>> owners; ///< by channel; what control reads
    };

    explicit Impl(Config configToUse)
        : config(std::move(configToUse)),
          maxLegs(std::clamp(config.maxLegs, 1, mostLegs)),
          clock(config.clock != nullptr ? config.clock : std::make_shared<RealClock>()),
          metronome(*clock),
          workers(workersConfig(), *clock),
          current(std::make_unique<LegTable>()),
          published(current.get()),
          snapshot(static_cast<size_t>(maxLegs)),
          snapshotRows(static_cast<size_t>(maxLegs)),
          sounding(static_cast<size_t>(maxLegs))
    {
        current->owners.resize(static_cast<size_t>(maxLegs));
        inputs.setRange(0, maxLegs, true);
        outputs.setRange(0, maxLegs, true);
    }

    [[nodiscard]] TickWorkers::Config workersConfig() const
    {
        return { config.workers, config.workersFromShare, config.realtimePriority, config.realtimePriorityLevel };
    }
    [[nodiscard]] int64_t blockNs() const noexcept { return int64_t { blockFrames } * 1'000'000'000 / rateHz; }

    // ---- control --------------------------------------------------------------------------------------------------------
    juce::String open(const juce::BigInteger& wantedInputs, const juce::BigInteger& wantedOutputs, double sampleRate, int bufferSize);
    juce::String start(juce::AudioIODeviceCallback* newCallback, bool ownThread);
    void stop();
    void swapTable(std::unique_ptr<LegTable> next);
    void prepareBuffers();

    // ---- media ----------------------------------------------------------------------------------------------------------
    void run() noexcept;
    void tick() noexcept;
    void silenceLeftChannels(const LegTable& table) noexcept;
    float* inputOf(int channel) noexcept { return inputSamples.data() + static_cast<size_t>(channel) * static_cast<size_t>(blockFrames); }
    float* outputOf(int channel) noexcept { return outputSamples.data() + static_cast<size_t>(channel) * static_cast<size_t>(blockFrames); }

    const Config config;
    const int maxLegs;
    const std::shared_ptr<Clock> clock;
    MediaClock metronome;
    TickWorkers workers;
    OwnedThread thread;

    // control only
    std::unique_ptr<LegTable> current;
    juce::BigInteger inputs, outputs;  ///< channels enabled by open()
    juce::String lastError;
    bool opened = false, started = false;

    // between control and media
    std::atomic<const LegTable*> published;
    std::atomic<uint32_t> tickParity { 0 };  ///< odd while a tick runs
    std::atomic<bool> realtime { false };
    std::atomic<int> xruns { 0 };
    LatestRows<TickStats, LegRow> snapshot;

    // set by control while nothing runs, then media only
    juce::AudioIODeviceCallback* callback = nullptr;
    int rateHz = 0, blockFrames = 0;
    std::vector<float> inputSamples, outputSamples;  ///< planar, one block a channel
    std::vector<const float*> inputPointers;         ///< the enabled channels, as JUCE's contract asks
    std::vector<float*> outputPointers;
    std::vector<LegRow> snapshotRows;
    std::vector<uint8_t> sounding;                   ///< channels whose input may hold sound
    uint64_t lastTable = ~uint64_t { 0 };            ///< number of the table of the last tick
};

} // namespace mw
