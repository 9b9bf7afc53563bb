#pragma once

#include "MediaSockets.h"
#include "adapter/StackAdapter.h"

#include <cstddef>
#include <cstdint>

namespace mw
{

/** When the event loop looks at the calls' media sockets: from shortly before each tick until it is over.

    In between, packets wait in the kernel, which has noted when they arrived, and the sip thread wakes twice a tick instead
    of once for each packet. Signalling and RTCP are looked at all the time. While nobody tells when the next tick is due, the
    sockets stay in the loop, so that a stopped media thread costs nothing but wake-ups. Sip thread only. */
class MediaWindow
{
public:
    MediaWindow() = default;
    ~MediaWindow() { stop(); }
    MediaWindow(const MediaWindow&) = delete;
    MediaWindow& operator=(const MediaWindow&) = delete;

    /** @param socketsToUse outlive the window. @returns errno, 0 when it worked */
    [[nodiscard]] int start(MediaSockets& socketsToUse);

    /** Lets go of the event loop; the sockets stay as they are. */
    void stop() noexcept;

    /** A tick is over.
        @param nowNs, nextTickNs CLOCK_MONOTONIC [ns]; nextTickNs 0: not known
        @param legs how many sockets there are to read before it */
    void tickOver(int64_t nowNs, int64_t nextTickNs, size_t legs) noexcept;

    /** How long before a tick the window opens: time to wake up, and to read a packet or two of each leg [ns]. */
    [[nodiscard]] static int64_t leadNs(size_t legs) noexcept;

private:
    void open() noexcept;

    MediaSockets* sockets = nullptr;
    int timerFd = -1;
    adapter::ReadWatch alarm;
};

} // namespace mw
