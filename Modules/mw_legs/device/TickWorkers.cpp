// One word tells which piece is to be taken next:
//
//     63 … 40 round │ 39 … 20 number of pieces │ 19 … 0 next piece
//
// A piece is taken by compare-and-swap of that word, so a worker that was away for a whole round takes nothing of it by mistake.
// Who holds a piece may read `job`: media writes it anew only when all pieces of the round before are finished.
#include "TickWorkers.h"

#include <algorithm>
#include <cmath>
#include <thread>

#if defined(__x86_64__)
 #include <immintrin.h>
#endif

namespace mw
{

namespace
{
constexpr unsigned pieceBits = 20, countShift = pieceBits, roundShift = 2 * pieceBits;
constexpr uint64_t pieceMask = (uint64_t { 1 } << pieceBits) - 1;

constexpr int calmTicksToRest = 50;  ///< ticks of little work until helpers rest again
constexpr int spinsBeforeSleep = 2000;

void breathe() noexcept
{
#if defined(__x86_64__)
    _mm_pause();
#endif
}
} // namespace

int TickWorkers::usualThreads() noexcept { return std::clamp(static_cast<int>(std::thread::hardware_concurrency()) - 1, 0, 7); }

TickWorkers::TickWorkers(const Config& configToUse, const Clock& clockToUse) : config(configToUse), clock(clockToUse) {}

Result<void> TickWorkers::start(const StartThread& startThread)
{
    stop();
    ending.store(false, std::memory_order_relaxed);
    calmTicks = 0;
    busyNs.store(0, std::memory_order_relaxed);
    for (int i = 1; i <= std::clamp(config.threads, 0, mostThreads); ++i)
    {
        auto& thread = *threads.emplace_back(std::make_unique<OwnedThread>());
        const auto name = "media-" + std::to_string(i);
        const auto body = [this] { work(); };
        if (auto made = startThread ? startThread(thread, name, ThreadRole::mediaWorker, body) : thread.start(name, ThreadRole::mediaWorker, body); ! made)
        {
            stop();
            return made;
        }
        if (config.realtimePriority)
            thread.requestRealtime(std::clamp(config.realtimePriorityLevel, 1, 99));
    }
    helping = config.shareFrom <= 0.0 ? static_cast<int>(threads.size()) : 0;
    return {};
}

void TickWorkers::stop() noexcept
{
    ending.store(true, std::memory_order_relaxed);
    wake.fetch_add(1, std::memory_order_release);
    wake.notify_all();
    threads.clear();  // joins
    helping = 0;
}

// ---- media ------------------------------------------------------------------------------------------------------------------

void TickWorkers::run(size_t pieces, const Job& next) noexcept
{
    const auto count = static_cast<uint32_t>(std::min<size_t>(pieces, pieceMask));
    if (helping == 0 || count < 2)
    {
        const auto begunNs = clock.nowNs();
        for (size_t piece = 0; piece < pieces; ++piece)
            next.call(next.context, piece);
        busyNs.fetch_add(clock.nowNs() - begunNs, std::memory_order_relaxed);
        return;
    }

    job = next;
    finished.store(0, std::memory_order_relaxed);
    claims.store(++round << roundShift | uint64_t { count } << countShift, std::memory_order_release);
    wake.fetch_add(1, std::memory_order_release);
    for (int i = 0; i < std::min<int>(helping, static_cast<int>(count) - 1); ++i)
        wake.notify_one();

    takePieces();
    for (int spins = 0;;)
    {
        const auto done = finished.load(std::memory_order_acquire);
        if (done == count)
            return;
        if (++spins < spinsBeforeSleep)
            breathe();
        else
            finished.wait(done, std::memory_order_acquire);
    }
}

void TickWorkers::tickDone(int64_t blockNs) noexcept
{
    const auto spentNs = busyNs.exchange(0, std::memory_order_relaxed);
    if (config.shareFrom <= 0.0 || threads.empty() || blockNs <= 0)
        return;
    const auto share = static_cast<double>(spentNs) / static_cast<double>(blockNs) / config.shareFrom;  // 1: where help begins
    const auto wanted = std::clamp(static_cast<int>(std::ceil(share)) - 1, 0, static_cast<int>(threads.size()));
    if (wanted >= helping)
    {
        helping = wanted;
        calmTicks = 0;
    }
    else if (++calmTicks >= calmTicksToRest)
    {
        helping = wanted;
        calmTicks = 0;
    }
}

// ---- media and workers --------------------------------------------------------------------------------------------------------

void TickWorkers::takePieces() noexcept
{
    auto word = claims.load(std::memory_order_acquire);
    int64_t sinceNs = 0;
    for (;;)
    {
        const auto piece = word & pieceMask, count = (word >> countShift) & pieceMask;
        if (piece >= count)
            return;
        if (! claims.compare_exchange_weak(word, word + 1, std::memory_order_acq_rel, std::memory_order_acquire))
            continue;
        if (sinceNs == 0)
            sinceNs = clock.nowNs();
        job.call(job.context, static_cast<size_t>(piece));
        const auto nowNs = clock.nowNs();
        busyNs.fetch_add(nowNs - sinceNs, std::memory_order_relaxed);
        sinceNs = nowNs;
        if (finished.fetch_add(1, std::memory_order_release) + 1 == count)
            finished.notify_one();
        word = claims.load(std::memory_order_acquire);
    }
}

void TickWorkers::work() noexcept
{
    for (;;)
    {
        const auto seen = wake.load(std::memory_order_acquire);
        if (ending.load(std::memory_order_relaxed))
            return;
        takePieces();
        wake.wait(seen, std::memory_order_acquire);
    }
}

} // namespace mw
