// One tick, on the media thread:
//
//   table ─ pull every living port ─▶ in[] ─▶ callback (audio region) ─▶ out[] ─ push every living port ─▶ snapshot ─▶ tickDone
//
// Pulling and pushing are shared with the workers (TickWorkers) when they are much work; all else of a tick is the media thread's.
//
// The table is read under a parity counter: it is odd while a tick runs. Control publishes a new table with one exchange and
// then waits only if a tick was under way at that moment, and only for that one to end. Both sides use sequentially
// consistent order there, so that either the tick sees the new table or control sees the tick.
#include "LegDeviceImpl.h"

#include "LegDeviceType.h"

#include <algorithm>

namespace mw
{

juce::String LegDevice::Impl::start(juce::AudioIODeviceCallback* newCallback, bool ownThread)
{
    if (const auto* real = dynamic_cast<const RealClock*>(clock.get()); real != nullptr && ! real->isUsable())
        return "cannot start the legs: the system gave no timer (raise the limit of open files, ulimit -n)";

    clock->rearm();
    lastTable = ~uint64_t { 0 };
    callback = newCallback;
    metronome.begin(blockNs());
    xruns.store(0, std::memory_order_relaxed);

    auto made = workers.start(config.startThread);
    if (made && ownThread)
    {
        auto body = [this] { run(); };
        made = config.startThread ? config.startThread(thread, "media", ThreadRole::media, body) : thread.start("media", ThreadRole::media, body);
    }
    if (! made)
    {
        workers.stop();
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
    workers.stop();
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
    workers.forEach(table.rows.size(), [&](size_t row) {
        const auto& [channel, port] = table.rows[row];
        if (lostFrames > 0)
            port->timeLost(lostFrames, nowNs);
        if (port->isDead())
            std::fill_n(inputOf(channel), frames, 0.0f);
        else
            port->pull({ inputOf(channel), frames }, nowNs);
    });

    {
        const ScopedThreadRole audio(ThreadRole::audioRegion);
        const auto blockTimeNs = static_cast<uint64_t>(nowNs);
        juce::AudioIODeviceCallbackContext context;
        context.hostTimeNs = &blockTimeNs;
        callback->audioDeviceIOCallbackWithContext(inputPointers.data(), static_cast<int>(inputPointers.size()), outputPointers.data(),
                                                   static_cast<int>(outputPointers.size()), blockFrames, context);
    }

    workers.forEach(table.rows.size(), [&](size_t row) {
        const auto& [channel, port] = table.rows[row];
        port->push({ outputOf(channel), frames }, nowNs);
        snapshotRows[row] = { channel, port->mediaStats(), port };
    });

    metronome.finishTick();
    auto stats = metronome.stats();
    stats.workers = workers.helpers();
    workers.tickDone(blockNs());
    snapshot.publish(stats, std::span<const LegRow>(snapshotRows.data(), table.rows.size()));
    xruns.store(static_cast<int>(stats.lateTicks), std::memory_order_relaxed);

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
uint64_t LegDevice::renewTicks(TickStats& ticks, std::span<LegRow> legs) const { return impl->snapshot.renew(ticks, legs, {}); }

uint64_t LegDevice::snapshotNumber() const noexcept { return impl->snapshot.number(); }

bool LegDevice::hasRealtimePriority() const noexcept { return impl->realtime.load(std::memory_order_relaxed); }

} // namespace mw
