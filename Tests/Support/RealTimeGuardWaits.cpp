#include "RealTimeGuardHooks.h"

#include <cstdarg>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

bool mw::test::guard::waitsAreLinked() noexcept { return true; }

#if MW_GUARD_CALLS

MW_GUARD_CALL(wait, int, poll, (pollfd * fds, nfds_t count, int timeoutMs), (fds, count, timeoutMs))
MW_GUARD_CALL(wait, int, ppoll, (pollfd * fds, nfds_t count, const timespec* timeout, const sigset_t* mask),
              (fds, count, timeout, mask))
MW_GUARD_CALL(wait, int, select, (int count, fd_set* in, fd_set* out, fd_set* other, timeval* timeout),
              (count, in, out, other, timeout))
MW_GUARD_CALL(wait, int, pselect,
              (int count, fd_set* in, fd_set* out, fd_set* other, const timespec* timeout, const sigset_t* mask),
              (count, in, out, other, timeout, mask))
MW_GUARD_CALL(wait, int, epoll_wait, (int fd, epoll_event* events, int most, int timeoutMs), (fd, events, most, timeoutMs))
MW_GUARD_CALL(wait, int, epoll_pwait, (int fd, epoll_event* events, int most, int timeoutMs, const sigset_t* mask),
              (fd, events, most, timeoutMs, mask))
MW_GUARD_CALL(wait, int, nanosleep, (const timespec* wanted, timespec* left), (wanted, left))
MW_GUARD_CALL(wait, int, clock_nanosleep, (clockid_t clock, int flags, const timespec* wanted, timespec* left),
              (clock, flags, wanted, left))
MW_GUARD_CALL(wait, int, usleep, (useconds_t microseconds), (microseconds))
MW_GUARD_CALL(wait, unsigned, sleep, (unsigned seconds), (seconds))
MW_GUARD_CALL(wait, int, sched_yield, (), ())
MW_GUARD_CALL(wait, int, pthread_join, (pthread_t thread, void** result), (thread, result))
MW_GUARD_CALL(wait, pid_t, waitpid, (pid_t child, int* status, int options), (child, status, options))
MW_GUARD_CALL(wait, int, sigtimedwait, (const sigset_t* set, siginfo_t* info, const timespec* timeout), (set, info, timeout))

MW_GUARD_CALL(network, int, connect, (int fd, const sockaddr* address, socklen_t length), (fd, address, length))
MW_GUARD_CALL(network, int, accept, (int fd, sockaddr* address, socklen_t* length), (fd, address, length))
MW_GUARD_CALL(network, int, accept4, (int fd, sockaddr* address, socklen_t* length, int flags), (fd, address, length, flags))
MW_GUARD_CALL(network, int, shutdown, (int fd, int how), (fd, how))
MW_GUARD_CALL(network, int, setsockopt, (int fd, int level, int name, const void* value, socklen_t length),
              (fd, level, name, value, length))
MW_GUARD_CALL(network, ssize_t, recv, (int fd, void* bytes, size_t count, int flags), (fd, bytes, count, flags))
MW_GUARD_CALL(network, ssize_t, recvfrom, (int fd, void* bytes, size_t count, int flags, sockaddr* from, socklen_t* length),
              (fd, bytes, count, flags, from, length))
MW_GUARD_CALL(network, ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags))
MW_GUARD_CALL(network, int, recvmmsg, (int fd, mmsghdr* messages, unsigned count, int flags, timespec* timeout),
              (fd, messages, count, flags, timeout))
MW_GUARD_CALL(network, ssize_t, send, (int fd, const void* bytes, size_t count, int flags), (fd, bytes, count, flags))
MW_GUARD_CALL(network, ssize_t, sendmsg, (int fd, const msghdr* message, int flags), (fd, message, flags))
MW_GUARD_CALL(network, int, sendmmsg, (int fd, mmsghdr* messages, unsigned count, int flags), (fd, messages, count, flags))

MW_GUARD_CALL(system, int, timerfd_settime, (int fd, int flags, const itimerspec* wanted, itimerspec* former),
              (fd, flags, wanted, former))
MW_GUARD_CALL(system, int, kill, (pid_t process, int number), (process, number))
MW_GUARD_CALL(system, int, pthread_kill, (pthread_t thread, int number), (thread, number))

#if ! MW_GUARD_SANITIZED

// std::atomic's wait and notify are a futex called through here.
namespace
{
constexpr mw::test::RealTimeCall callFutex { mw::test::RealTimeKind::wait, "syscall(futex)" };
} // namespace

MW_GUARD_NEXT(long, syscall, (long number, ...))
MW_GUARD_DECLARE(system, long, syscall, (long number, ...));
long guarded_syscall(long number, ...)
{
    mw::test::guard::note(number == SYS_futex ? callFutex : call_syscall);
    va_list more;
    va_start(more, number);
    long a[6];
    for (auto& argument : a)
        argument = va_arg(more, long);
    va_end(more);
    return next_syscall.get()(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

#endif
#endif
