#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace mw
{

/** Monotonic time for the engine: real on a lab machine, by hand in tests. All times are nanoseconds since an arbitrary
    start. Thread-safe. */
class Clock
{
public:
    virtual ~Clock() = default;

    /** Now [ns]. Any thread; never blocks. */
    [[nodiscard]] virtual int64_t nowNs() const noexcept = 0;

    /** Processor time that the calling thread has had, since an arbitrary start [ns]; what nowNs() goes on by more, the thread slept or had no
        core. With a clock that is not the machine's all time is the thread's own. Never blocks. */
    [[nodiscard]] virtual int64_t threadTimeNs() const noexcept { return nowNs(); }

    /** Sleeps until an absolute deadline [ns], or until interrupt(). Media thread. @returns false when interrupted. */
    virtual bool sleepUntilNs(int64_t deadlineNs) noexcept = 0;

    /** Ends the current and every later sleep at once (used to stop the thread that sleeps). Any thread. */
    virtual void interrupt() noexcept = 0;

    /** Allows sleeping again after interrupt(). To be called before the sleeping thread starts. */
    virtual void rearm() noexcept = 0;
};

/** CLOCK_MONOTONIC with absolute deadlines, so that lateness never accumulates. One sleeper at a time. */
class RealClock : public Clock
{
public:
    RealClock();
    ~RealClock() override;
    RealClock(const RealClock&) = delete;
    RealClock& operator=(const RealClock&) = delete;

    /** Whether the kernel gave the timer; a failed start is an error, not a retry (finding 15). */
    [[nodiscard]] bool isUsable() const noexcept { return timerFd >= 0 && wakeFd >= 0; }

    int64_t nowNs() const noexcept override;
    int64_t threadTimeNs() const noexcept override;
    bool sleepUntilNs(int64_t deadlineNs) noexcept override;
    void interrupt() noexcept override;
    void rearm() noexcept override;

private:
    int timerFd = -1;
    int wakeFd = -1;
};

/** Time that stands still until advance(): a day of media in minutes, and tests that no busy machine can disturb. */
class ManualClock : public Clock
{
public:
    explicit ManualClock(int64_t startNs = 0) noexcept : now(startNs) {}

    int64_t nowNs() const noexcept override { return now.load(std::memory_order_acquire); }
    bool sleepUntilNs(int64_t deadlineNs) noexcept override;
    void interrupt() noexcept override;
    void rearm() noexcept override;

    /** Moves time on and wakes a sleeper whose deadline has come. Any thread. */
    void advanceNs(int64_t byNs) noexcept;

private:
    std::atomic<int64_t> now;
    std::mutex mutex;  ///< guards `interrupted` and the wait
    std::condition_variable wake;
    bool interrupted = false;  ///< guarded by `mutex`
};

} // namespace mw
