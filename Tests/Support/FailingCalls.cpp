#include "RealTimeGuardHooks.h"

#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

// The calls by which a start takes threads and descriptors, and by which packets leave, interposed so that FailureInjector can
// make them fail. Memory and files are interposed beside the guard of the audio region, which watches the same functions.
//
// A sanitizer's runtime calls some of these before it is ready: they are not instrumented.
#define MW_FAILING_PLAIN __attribute__((no_sanitize("address", "thread", "undefined")))

namespace
{
using mw::test::RealTimeCall;
using mw::test::RealTimeKind;
using mw::test::Resource;
using mw::test::guard::NextFunction;


constinit NextFunction<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)> nextPthreadCreate { "pthread_create" };
constinit NextFunction<int(int, int, int)> nextSocket { "socket" };
constinit NextFunction<int(int, const sockaddr*, socklen_t)> nextBind { "bind" };
constinit NextFunction<int(int, int)> nextListen { "listen" };
constinit NextFunction<ssize_t(int, const void*, size_t, int, const sockaddr*, socklen_t)> nextSendto { "sendto" };
constinit NextFunction<int(int)> nextEpollCreate { "epoll_create" };
constinit NextFunction<int(int)> nextEpollCreate1 { "epoll_create1" };
constinit NextFunction<int(int, int, int, epoll_event*)> nextEpollCtl { "epoll_ctl" };
constinit NextFunction<int(unsigned, int)> nextEventfd { "eventfd" };
constinit NextFunction<int(int, int)> nextTimerfdCreate { "timerfd_create" };
constinit NextFunction<int(int*)> nextPipe { "pipe" };
constinit NextFunction<int(int*, int)> nextPipe2 { "pipe2" };

// What the audio region may not call either.
constexpr RealTimeCall callPthreadCreate { RealTimeKind::system, "pthread_create" };
constexpr RealTimeCall callSocket { RealTimeKind::network, "socket" };
constexpr RealTimeCall callBind { RealTimeKind::network, "bind" };
constexpr RealTimeCall callListen { RealTimeKind::network, "listen" };
constexpr RealTimeCall callSendto { RealTimeKind::network, "sendto" };
constexpr RealTimeCall callEpollCreate { RealTimeKind::system, "epoll_create" };
constexpr RealTimeCall callEpollCtl { RealTimeKind::system, "epoll_ctl" };
constexpr RealTimeCall callEventfd { RealTimeKind::system, "eventfd" };
constexpr RealTimeCall callTimerfdCreate { RealTimeKind::system, "timerfd_create" };
constexpr RealTimeCall callPipe { RealTimeKind::file, "pipe" };

MW_FAILING_PLAIN bool fails(const RealTimeCall& call, Resource what, int error) noexcept
{
    mw::test::guard::note(call);
    return mw::test::guard::isToFail(what, error);
}

/** UndefinedBehaviorSanitizer asks by way of a pipe whether memory can be read, in whichever thread it meets a type for the first
    time. That is no call of the program's, and one that fails is to it an object that is none. */
MW_FAILING_PLAIN bool isOfSanitizer([[maybe_unused]] const void* caller) noexcept
{
#if defined(__SANITIZE_ADDRESS__)
    Dl_info where {};
    return ::dladdr(caller, &where) != 0 && where.dli_fname != nullptr
        && (std::strstr(where.dli_fname, "libubsan") != nullptr || std::strstr(where.dli_fname, "libasan") != nullptr);
#else
    return false;
#endif
}
} // namespace

namespace mw::test
{
void linkFailingCalls() noexcept;
void linkFailingCalls() noexcept {}
} // namespace mw::test

extern "C"
{
MW_FAILING_PLAIN int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) noexcept
{
    mw::test::guard::note(callPthreadCreate);
    if (mw::test::shouldFail(Resource::thread))
        return EAGAIN;
    return nextPthreadCreate.get()(thread, attributes, run, argument);
}

MW_FAILING_PLAIN int socket(int domain, int type, int protocol) noexcept
{
    return fails(callSocket, Resource::descriptor, EMFILE) ? -1 : nextSocket.get()(domain, type, protocol);
}

MW_FAILING_PLAIN int epoll_create(int size) noexcept
{
    return fails(callEpollCreate, Resource::descriptor, EMFILE) ? -1 : nextEpollCreate.get()(size);
}

MW_FAILING_PLAIN int epoll_create1(int flags) noexcept
{
    return fails(callEpollCreate, Resource::descriptor, EMFILE) ? -1 : nextEpollCreate1.get()(flags);
}

MW_FAILING_PLAIN int eventfd(unsigned value, int flags) noexcept
{
    return fails(callEventfd, Resource::descriptor, EMFILE) ? -1 : nextEventfd.get()(value, flags);
}

MW_FAILING_PLAIN int timerfd_create(int clock, int flags) noexcept
{
    return fails(callTimerfdCreate, Resource::descriptor, EMFILE) ? -1 : nextTimerfdCreate.get()(clock, flags);
}

MW_FAILING_PLAIN int pipe(int* ends) noexcept
{
    if (isOfSanitizer(__builtin_return_address(0)))
        return nextPipe.get()(ends);
    return fails(callPipe, Resource::descriptor, EMFILE) ? -1 : nextPipe.get()(ends);
}

MW_FAILING_PLAIN int pipe2(int* ends, int flags) noexcept
{
    return fails(callPipe, Resource::descriptor, EMFILE) ? -1 : nextPipe2.get()(ends, flags);
}

MW_FAILING_PLAIN int bind(int fd, const sockaddr* address, socklen_t length) noexcept
{
    return fails(callBind, Resource::address, EADDRNOTAVAIL) ? -1 : nextBind.get()(fd, address, length);
}

MW_FAILING_PLAIN int listen(int fd, int backlog) noexcept
{
    return fails(callListen, Resource::address, EADDRNOTAVAIL) ? -1 : nextListen.get()(fd, backlog);
}

MW_FAILING_PLAIN ssize_t sendto(int fd, const void* octets, size_t count, int flags, const sockaddr* to, socklen_t length)
{
    return fails(callSendto, Resource::datagram, EPERM) ? -1 : nextSendto.get()(fd, octets, count, flags, to, length);
}

MW_FAILING_PLAIN int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept
{
    mw::test::guard::note(callEpollCtl);
    return operation == EPOLL_CTL_ADD && mw::test::guard::isToFail(Resource::watch, ENOSPC)
             ? -1
             : nextEpollCtl.get()(epoll, operation, fd, event);
}
}
