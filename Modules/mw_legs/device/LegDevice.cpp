// One tick, on the media thread:
//
//   table ─ pull every living port ─▶ in[] ─▶ callback (audio region) ─▶ out[] ─ push every living port ─▶ snapshot ─▶ tickDone
//
// The table is read under a parity counter: it is odd while a tick runs. Control publishes a new table with one exchange and
// then waits only if a tick was under way at that moment, and only for that one to end. Both sides use sequentially
// consistent order there, so that either the tick sees the new table or control sees the tick.
#include "LegDevice.h"

#include "LegDeviceType.h"
#include "MediaClock.h"

#include <algorithm>

namespace mw
{

namespace
{
constexpr std::array<int, 4> deviceRatesHz { 8000, 16000, 32000, 48000 };
constexpr std::array<int, 6> deviceBlocksMs { 5, 10, 20, 30, 40, 60 };
constexpr int defaultBlockMs = 20;
constexpr int mostLegs = 2048;

bool isDeviceRate(double sampleRate) noexcept
{
    return std::ranges::any_of(deviceRatesHz, [=](int rate) { return static_cast<double>(rate) == sampleRate; });
}

bool isDeviceBlock(int rateHz, int frames) noexcept
{
    return std::ranges::any_of(deviceBlocksMs, [=](int ms) { return rateHz / 1000 * ms == frames; });
}

juce::StringArray legChannelNames(int count)
{
    juce::StringArray names;
    for (int i = 1; i <= count; ++i)
        names.add("Leg " + juce::String(i));
    return names;
}
} // namespace

struct LegDevice::Impl
{
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

juce::String LegDevice::Impl::open(const juce::BigInteger& wantedInputs, const juce::BigInteger& wantedOutputs, double sampleRate,
                                   int bufferSize)
{
    if (config.maxLegs != maxLegs)
        return "cannot open the legs: " + juce::String(config.maxLegs) + " legs are out of range (choose 1 to " + juce::String(mostLegs) + ")";
    if (! isDeviceRate(sampleRate))
        return "cannot open the legs at " + juce::String(sampleRate) + " Hz: not a rate of the engine (choose 8000, 16000, 32000 or 48000)";
    const auto rate = static_cast<int>(sampleRate);
    if (! isDeviceBlock(rate, bufferSize))
        return "cannot open the legs with blocks of " + juce::String(bufferSize) + " frames at " + juce::String(rate)
             + " Hz: not 5, 10, 20, 30, 40 or 60 ms";
    if (wantedInputs.getHighestBit() >= maxLegs || wantedOutputs.getHighestBit() >= maxLegs)
        return "cannot open the legs: a channel above " + juce::String(maxLegs) + " was asked for";

    inputs = wantedInputs;
    outputs = wantedOutputs;
    rateHz = rate;
    blockFrames = bufferSize;
    try
    {
        prepareBuffers();
    }
    catch (const std::bad_alloc&)
    {
        return "cannot open the legs: no memory for " + juce::String(maxLegs) + " channels";
    }
    opened = true;
    return {};
}

void LegDevice::Impl::prepareBuffers()
{
    const auto samples = static_cast<size_t>(maxLegs) * static_cast<size_t>(blockFrames);
    inputSamples.assign(samples, 0.0f);
    outputSamples.assign(samples, 0.0f);
    std::ranges::fill(sounding, uint8_t { 0 });
    inputPointers.clear();
    outputPointers.clear();
    for (int channel = 0; channel < maxLegs; ++channel)
    {
        if (inputs[channel])
            inputPointers.push_back(inputOf(channel));
        if (outputs[channel])
            outputPointers.push_back(outputOf(channel));
    }
}

juce::String LegDevice::Impl::start(juce::AudioIODeviceCallback* newCallback, bool ownThread)
{
    if (const auto* real = dynamic_cast<const RealClock*>(clock.get()); real != nullptr && ! real->isUsable())
        return "cannot start the legs: the system gave no timer (raise the limit of open files, ulimit -n)";

    clock->rearm();
    lastTable = ~uint64_t { 0 };
    callback = newCallback;
    metronome.begin(int64_t { blockFrames } * 1'000'000'000 / rateHz);
    xruns.store(0, std::memory_order_relaxed);
    if (! ownThread)
        return {};

    auto body = [this] { run(); };
    const auto made = config.startThread ? config.startThread(thread, body) : thread.start("media", ThreadRole::media, body);
    if (! made.ok())
    {
        callback = nullptr;
        return juce::String(made.error().message());
    }
    realtime.store(config.realtimePriority && thread.requestRealtime(std::clamp(config.realtimePriorityLevel, 1, 99)),
                   std::memory_order_relaxed);
    return {};
}

void LegDevice::Impl::stop()
{
    if (thread.isRunning())
    {
        clock->interrupt();
        thread.join();
        clock->rearm();
    }
    realtime.store(false, std::memory_order_relaxed);
    callback = nullptr;
}

void LegDevice::Impl::swapTable(std::unique_ptr<LegTable> next)
{
    published.exchange(next.get(), std::memory_order_seq_cst);
    const auto parity = tickParity.load(std::memory_order_seq_cst);
    if ((parity & 1u) != 0)
        tickParity.wait(parity, std::memory_order_acquire);
    current = std::move(next);
}

void LegDevice::Impl::run() noexcept
{
    while (metronome.waitForTick())
        tick();
}

void LegDevice::Impl::tick() noexcept
{
    tickParity.fetch_add(1, std::memory_order_seq_cst);
    const auto& table = *published.load(std::memory_order_seq_cst);
    const auto nowNs = metronome.deadlineNs();  // what the block stands for, also when it is made late
    const auto frames = static_cast<size_t>(blockFrames);

    if (table.number != lastTable)
        silenceLeftChannels(table);
    const auto lostFrames = static_cast<uint64_t>(metronome.givenUpBlocks()) * frames;
    for (const auto& [channel, port] : table.rows)
    {
        if (lostFrames > 0)
            port->timeLost(lostFrames, nowNs);
        if (port->isDead())
            std::fill_n(inputOf(channel), frames, 0.0f);
        else
            port->pull({ inputOf(channel), frames }, nowNs);
    }

    {
        const ScopedThreadRole audio(ThreadRole::audioRegion);
        const auto blockTimeNs = static_cast<uint64_t>(nowNs);
        juce::AudioIODeviceCallbackContext context;
        context.hostTimeNs = &blockTimeNs;
        callback->audioDeviceIOCallbackWithContext(inputPointers.data(), static_cast<int>(inputPointers.size()), outputPointers.data(),
                                                   static_cast<int>(outputPointers.size()), blockFrames, context);
    }

    size_t rows = 0;
    for (const auto& [channel, port] : table.rows)
    {
        port->push({ outputOf(channel), frames }, nowNs);
        snapshotRows[rows++] = { channel, port->mediaStats(), port };
    }

    metronome.finishTick();
    snapshot.publish(metronome.stats(), std::span<const LegRow>(snapshotRows.data(), rows));
    xruns.store(static_cast<int>(metronome.stats().lateTicks), std::memory_order_relaxed);

    tickParity.fetch_add(1, std::memory_order_seq_cst);
    tickParity.notify_all();  // calls the system only if control waits for this very tick
    if (config.tickDone)
        config.tickDone(metronome.nextDeadlineNs());
}

void LegDevice::Impl::silenceLeftChannels(const LegTable& table) noexcept
{
    lastTable = table.number;
    std::ranges::transform(sounding, sounding.begin(), [](uint8_t was) { return was != 0 ? uint8_t { 2 } : uint8_t { 0 }; });
    for (const auto& row : table.rows)
        sounding[static_cast<size_t>(row.channel)] = 1;
    for (int channel = 0; channel < maxLegs; ++channel)
    {
        auto& state = sounding[static_cast<size_t>(channel)];
        if (state != 2)
            continue;
        std::fill_n(inputOf(channel), static_cast<size_t>(blockFrames), 0.0f);
        state = 0;
    }
}

// ---- LegDevice: topology ----------------------------------------------------------------------------------------------------

LegDevice::LegDevice(Config config)
    : juce::AudioIODevice(LegDeviceType::deviceName, LegDeviceType::typeName), impl(std::make_unique<Impl>(std::move(config)))
{
}

LegDevice::~LegDevice() { close(); }

Result<void> LegDevice::setPort(int channel, std::shared_ptr<LegPort> port) { return setPorts({ { channel, std::move(port) } }); }

Result<void> LegDevice::setPorts(const std::vector<std::pair<int, std::shared_ptr<LegPort>>>& changes)
{
    for (const auto& [channel, port] : changes)
        if (channel < 0 || channel >= impl->maxLegs)
            return Error { ExitCode::wrongUse, "attach a leg to channel " + std::to_string(channel), "there is no such channel",
                           "channels are 0 to " + std::to_string(impl->maxLegs - 1) };
    if (changes.empty())
        return {};
    try
    {
        auto next = std::make_unique<Impl::LegTable>();
        next->number = impl->current->number + 1;
        next->owners = impl->current->owners;
        for (const auto& [channel, port] : changes)
            next->owners[static_cast<size_t>(channel)] = port;
        for (size_t channel = 0; channel < next->owners.size(); ++channel)
            if (auto* port = next->owners[channel].get())
                next->rows.push_back({ static_cast<int>(channel), port });
        impl->swapTable(std::move(next));
    }
    catch (const std::bad_alloc&)
    {
        return Error { ExitCode::environment, "attach a leg", "no memory", {} };
    }
    return {};
}

void LegDevice::runTick() noexcept
{
    if (impl->callback == nullptr || impl->thread.isRunning())
        return;
    const ScopedThreadRole media(ThreadRole::media);
    impl->metronome.tickByHand();
    impl->tick();
}

uint64_t LegDevice::readSnapshot(TickStats& ticks, std::vector<LegRow>& legs) const { return impl->snapshot.read(ticks, legs); }

uint64_t LegDevice::snapshotNumber() const noexcept { return impl->snapshot.number(); }

bool LegDevice::hasRealtimePriority() const noexcept { return impl->realtime.load(std::memory_order_relaxed); }

// ---- LegDevice: juce::AudioIODevice -------------------------------------------------------------------------------------------

juce::StringArray LegDevice::getOutputChannelNames() { return legChannelNames(impl->maxLegs); }
juce::StringArray LegDevice::getInputChannelNames() { return legChannelNames(impl->maxLegs); }

juce::Array<double> LegDevice::getAvailableSampleRates()
{
    juce::Array<double> rates;
    for (const auto rate : deviceRatesHz)
        rates.add(rate);
    return rates;
}

juce::Array<int> LegDevice::getAvailableBufferSizes()
{
    // While it is closed the rate is open too, and so every size at any rate is on the list; open() refuses what does not fit.
    juce::SortedSet<int> sizes;
    for (const auto rate : deviceRatesHz)
        if (! impl->opened || rate == impl->rateHz)
            for (const auto ms : deviceBlocksMs)
                sizes.add(rate / 1000 * ms);
    juce::Array<int> list;
    for (const auto size : sizes)
        list.add(size);
    return list;
}

int LegDevice::getDefaultBufferSize() { return (impl->opened ? impl->rateHz : 48000) / 1000 * defaultBlockMs; }

juce::String LegDevice::open(const juce::BigInteger& inputs, const juce::BigInteger& outputs, double sampleRate, int bufferSize)
{
    close();
    impl->lastError = impl->open(inputs, outputs, sampleRate, bufferSize);
    return impl->lastError;
}

void LegDevice::close()
{
    stop();
    impl->opened = false;
}

bool LegDevice::isOpen() { return impl->opened; }

void LegDevice::start(juce::AudioIODeviceCallback* callback)
{
    stop();
    if (callback == nullptr)
        return;
    if (! impl->opened)
    {
        impl->lastError = "cannot start the legs: the device is not open";
        return;
    }
    auto isPrepared = false;
    try
    {
        callback->audioDeviceAboutToStart(this);
        isPrepared = true;
        impl->lastError = impl->start(callback, runsOwnThread);
    }
    catch (const std::bad_alloc&)
    {
        impl->callback = nullptr;
        impl->lastError = "cannot start the legs: no memory";
    }
    impl->started = impl->lastError.isEmpty();
    if (! impl->started && isPrepared)
        callback->audioDeviceStopped();
}

void LegDevice::stop()
{
    auto* former = impl->callback;
    impl->stop();
    if (std::exchange(impl->started, false) && former != nullptr)
        former->audioDeviceStopped();
}

bool LegDevice::isPlaying() { return impl->started; }
juce::String LegDevice::getLastError() { return impl->lastError; }
int LegDevice::getCurrentBufferSizeSamples() { return impl->opened ? impl->blockFrames : 0; }
double LegDevice::getCurrentSampleRate() { return impl->opened ? impl->rateHz : 0.0; }
int LegDevice::getCurrentBitDepth() { return 16; }
juce::BigInteger LegDevice::getActiveOutputChannels() const { return impl->opened ? impl->outputs : juce::BigInteger(); }
juce::BigInteger LegDevice::getActiveInputChannels() const { return impl->opened ? impl->inputs : juce::BigInteger(); }

int LegDevice::getOutputLatencyInSamples()
{
    double latencyMs = 0.0;
    for (const auto& row : impl->current->rows)
        latencyMs = std::max(latencyMs, row.port->outputLatencyMs());
    return juce::roundToInt(latencyMs * getCurrentSampleRate() / 1000.0);
}

int LegDevice::getInputLatencyInSamples()
{
    double latencyMs = 0.0;
    for (const auto& row : impl->current->rows)
        latencyMs = std::max(latencyMs, row.port->inputLatencyMs());
    return juce::roundToInt(latencyMs * getCurrentSampleRate() / 1000.0);
}

int LegDevice::getXRunCount() const noexcept { return impl->started ? impl->xruns.load(std::memory_order_relaxed) : -1; }

} // namespace mw
