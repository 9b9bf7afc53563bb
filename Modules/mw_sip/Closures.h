#pragma once

#include "adapter/SipHeaders.h"

#include <functional>
#include <mutex>
#include <vector>

namespace mw
{

/** Work for the sip thread from other threads, in order, through libre's message queue.

    Lock order: its mutex is a leaf. Nothing of the closures runs while it is held. Not for the media thread. */
class Closures
{
public:
    using Closure = std::function<void()>;

    /** Sip thread, before the event loop runs. @returns errno, 0 when it worked */
    [[nodiscard]] int open();

    /** Any thread but media. @returns false when there is no sip thread (any more); then nothing was taken.
        @throws std::bad_alloc, and then nothing was taken either */
    bool post(Closure work);

    /** Sip thread: does what waits. A closure deals with its own exceptions. */
    void runWaiting() noexcept;

    /** Sip thread, after the event loop: takes no more work and does what still waits. */
    void close() noexcept;

private:
    static void woken(int id, void* data, void* self) noexcept;
    std::mutex mutex;  ///< guards the members below
    RePtr<struct mqueue> queue;
    std::vector<Closure> waiting;
};

} // namespace mw
