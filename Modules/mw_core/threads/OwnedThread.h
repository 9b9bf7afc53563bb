#pragma once

#include "../units/Result.h"
#include "ThreadRole.h"

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace mw
{

/** A named thread that its owner joins: it cannot be detached and cannot outlive its owner (finding 7). Whoever owns it
    tells its function to end before joining.

    It takes no signals that are meant for the process (SIGINT, SIGTERM, ...): a handler, and the system calls it makes, must
    not run in the middle of a media tick. Threads that it makes inherit that. */
class OwnedThread
{
public:
    OwnedThread() = default;
    ~OwnedThread() { join(); }
    OwnedThread(const OwnedThread&) = delete;
    OwnedThread& operator=(const OwnedThread&) = delete;

    /** Starts it. @param name at most 15 characters, as shown by top and gdb
        @returns the system's reason when no thread could be made; then nothing was started. */
    [[nodiscard]] Result<void> start(const std::string& name, ThreadRole role, std::function<void()> run);

    /** Waits for its function to return. Harmless when it is not running. */
    void join() noexcept;

    [[nodiscard]] bool isRunning() const noexcept { return thread.joinable(); }

    /** Asks for SCHED_FIFO. @param priority 1…99 @returns false when the system does not allow it. Owner, while it runs. */
    bool requestRealtime(int priority) noexcept;

private:
    std::thread thread;
};

} // namespace mw
