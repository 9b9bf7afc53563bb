#include "Clock.h"

#include <array>
#include <cerrno>
#include <ctime>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace mw
{

namespace
{
constexpr int64_t nsPerSecond = 1'000'000'000;

int64_t timeOf(clockid_t clock) noexcept
{
    timespec time {};
    ::clock_gettime(clock, &time);
    return int64_t { time.tv_sec } * nsPerSecond + time.tv_nsec;
}
} // namespace

RealClock::RealClock()
    : timerFd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
      wakeFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
}

RealClock::~RealClock()
{
    if (timerFd >= 0)
        ::close(timerFd);
    if (wakeFd >= 0)
        ::close(wakeFd);
}

int64_t RealClock::nowNs() const noexcept { return timeOf(CLOCK_MONOTONIC); }
int64_t RealClock::threadTimeNs() const noexcept { return timeOf(CLOCK_THREAD_CPUTIME_ID); }

bool RealClock::sleepUntilNs(int64_t deadlineNs) noexcept
{
    itimerspec when {};
    when.it_value.tv_sec = deadlineNs / nsPerSecond;
    when.it_value.tv_nsec = deadlineNs % nsPerSecond;
    if (when.it_value.tv_sec == 0 && when.it_value.tv_nsec == 0)
        when.it_value.tv_nsec = 1;  // zero would disarm the timer
    if (::timerfd_settime(timerFd, TFD_TIMER_ABSTIME, &when, nullptr) != 0)
        return false;

    std::array<pollfd, 2> fds { { { timerFd, POLLIN, 0 }, { wakeFd, POLLIN, 0 } } };
    while (::poll(fds.data(), fds.size(), -1) < 0)
        if (errno != EINTR)
            return false;
    return (fds[1].revents & POLLIN) == 0;
}

void RealClock::interrupt() noexcept
{
    const uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wakeFd, &one, sizeof one);
}

void RealClock::rearm() noexcept
{
    uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(wakeFd, &count, sizeof count);
}

bool ManualClock::sleepUntilNs(int64_t deadlineNs) noexcept
{
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return interrupted || now.load(std::memory_order_relaxed) >= deadlineNs; });
    return ! interrupted;
}

void ManualClock::interrupt() noexcept
{
    const std::scoped_lock lock(mutex);
    interrupted = true;
    wake.notify_all();
}

void ManualClock::rearm() noexcept
{
    const std::scoped_lock lock(mutex);
    interrupted = false;
}

void ManualClock::advanceNs(int64_t byNs) noexcept
{
    const std::scoped_lock lock(mutex);
    now.fetch_add(byNs, std::memory_order_release);
    wake.notify_all();
}

} // namespace mw
