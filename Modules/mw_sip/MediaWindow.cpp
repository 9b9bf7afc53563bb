#include "MediaWindow.h"

#include <cerrno>
#include <sys/timerfd.h>
#include <unistd.h>

namespace mw
{

namespace
{
constexpr int64_t nsPerSecond = 1'000'000'000;
constexpr int64_t wakingNs = 1'000'000;    // a core that slept is late by some 0.1 to 0.4 ms
constexpr int64_t readingNs = 8'000;        // a leg: one packet read, looked at and put into its ring (some 5 µs), with room to spare
constexpr int64_t leastClosedNs = 500'000; // a window closed for less would cost more than it spares
} // namespace

int MediaWindow::start(MediaSockets& socketsToUse)
{
    sockets = &socketsToUse;
    timerFd = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    return timerFd < 0 ? errno : alarm.start(timerFd, [this] { open(); });
}

void MediaWindow::stop() noexcept
{
    alarm.stop();
    if (timerFd >= 0)
        ::close(timerFd);
    timerFd = -1;
}

int64_t MediaWindow::leadNs(size_t legs) noexcept { return wakingNs + readingNs * static_cast<int64_t>(legs); }

void MediaWindow::tickOver(int64_t nowNs, int64_t nextTickNs, size_t legs) noexcept
{
    const auto opensNs = nextTickNs - leadNs(legs);
    if (legs == 0 || opensNs - nowNs < leastClosedNs)
        return open();
    const itimerspec when { {}, { opensNs / nsPerSecond, opensNs % nsPerSecond } };
    if (::timerfd_settime(timerFd, TFD_TIMER_ABSTIME, &when, nullptr) != 0)
        return open();
    sockets->watch(false);
}

void MediaWindow::open() noexcept
{
    uint64_t expirations = 0;
    [[maybe_unused]] const auto taken = ::read(timerFd, &expirations, sizeof expirations);
    sockets->watch(true);
}

} // namespace mw
