#pragma once

#include <mw_core/mw_core.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <vector>

namespace mw
{

/** Threads that take a share of what a tick does leg by leg, decoding and encoding, once the media thread alone would need too
    much of its block for it. Until then they sleep, and the media thread does all by itself.

    The media thread never stands idle while work is left: it takes one leg after another from the same heap as the workers. At
    the end it waits for no more than the legs that a worker is at. A worker that does not come in time costs nothing but its help.

    Which thread did a leg changes no sample: a leg is one piece of work, and no two threads are ever at the same leg. */
class TickWorkers
{
public:
    struct Config
    {
        int threads = 0;                     ///< at most this many beside the media thread, 0…mostThreads
        double shareFrom = 0.25;             ///< they help when the legs' work exceeds this share of a block; 0: always
        bool realtimePriority = true;        ///< asks for SCHED_FIFO; going on without it is not fatal
        int realtimePriorityLevel = 50;      ///< 1…99
    };
    static constexpr int mostThreads = 63;

    /** One for each core beside the media thread's, at most 7: more legs than these can do are more than one sip thread sends. */
    [[nodiscard]] static int usualThreads() noexcept;

    /** How a thread is started; a seam for tests of a start that fails. */
    using StartThread = std::function<Result<void>(OwnedThread&, const std::string& name, ThreadRole role, std::function<void()> run)>;

    /** @param clockToUse by which work is measured; must outlive it */
    TickWorkers(const Config& config, const Clock& clockToUse);
    ~TickWorkers() { stop(); }
    TickWorkers(const TickWorkers&) = delete;
    TickWorkers& operator=(const TickWorkers&) = delete;

    /** Control, while no tick runs. @returns the system's reason when a thread could not be made; then none runs. */
    [[nodiscard]] Result<void> start(const StartThread& startThread = {});
    void stop() noexcept;

    // ---- media thread ------------------------------------------------------------------------------------------------------

    /** Calls work(size_t) once for each of 0…pieces-1, in any order, in this thread and those that help now. When it returns all
        is done, and what was done is seen here. Takes no memory; calls the system only to wake a worker or to wait for its last piece.
        @param work called by several threads at once, each with other pieces; must not throw */
    template <typename Work>
    void forEach(size_t pieces, Work&& work) noexcept
    {
        using Plain = std::remove_reference_t<Work>;
        const Job next { [](void* context, size_t piece) { (*static_cast<Plain*>(context))(piece); },
                         const_cast<void*>(static_cast<const void*>(&work)) };
        run(pieces, next);
    }

    /** At a tick's end: decides how many help in the next one. @param blockNs the tick's length [ns] */
    void tickDone(int64_t blockNs) noexcept;

    /** Threads beside the media thread that may help in the next tick. */
    [[nodiscard]] int helpers() const noexcept { return helping; }

private:
    struct Job
    {
        void (*call)(void* context, size_t piece) = nullptr;
        void* context = nullptr;
    };

    void run(size_t pieces, const Job& next) noexcept;
    void takePieces() noexcept;
    void work() noexcept;

    const Config config;
    const Clock& clock;
    std::vector<std::unique_ptr<OwnedThread>> threads;

    // media only
    int helping = 0, calmTicks = 0;
    uint64_t round = 0;

    // between media and the workers
    Job job;                              ///< written by media while no piece is out; read by who holds a piece of it
    std::atomic<uint64_t> claims { 0 };   ///< round, number of pieces, next piece: see TickWorkers.cpp
    std::atomic<uint32_t> finished { 0 }; ///< pieces that are done
    std::atomic<uint32_t> wake { 0 };     ///< counts the rounds that ask for help; workers sleep on it
    std::atomic<int64_t> busyNs { 0 };    ///< time that all threads spent on pieces in this tick
    std::atomic<bool> ending { false };
};

} // namespace mw
