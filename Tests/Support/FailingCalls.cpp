#include "FailureInjector.h"

#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

// The calls by which a start takes threads and descriptors, interposed so that FailureInjector can make them fail. Memory and
// files are interposed beside the guard of the audio region, which watches the same functions.
//
// A sanitizer's runtime calls some of these before it is ready: they are not instrumented.
#define MW_FAILING_PLAIN __attribute__((no_sanitize("address", "thread", "undefined")))

namespace
{
using mw::test::Resource;

/** The next definition of a C function behind ours: the C library's, or the sanitizer's. */
template <typename Function>
class NextCall
{
public:
    explicit constexpr NextCall(const char* functionName) : name(functionName) {}

    MW_FAILING_PLAIN Function* get() noexcept
    {
        auto* known = __atomic_load_n(&found, __ATOMIC_ACQUIRE);
        if (known == nullptr)
        {
            known = ::dlsym(RTLD_NEXT, name);
            if (known == nullptr)
                std::abort();
            __atomic_store_n(&found, known, __ATOMIC_RELEASE);
        }
        return reinterpret_cast<Function*>(known);
    }

private:
    const char* name;
    void* found = nullptr;
};

constinit NextCall<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)> nextPthreadCreate { "pthread_create" };
constinit NextCall<int(int, int, int)> nextSocket { "socket" };
constinit NextCall<int(int, const sockaddr*, socklen_t)> nextBind { "bind" };
constinit NextCall<int(int, int)> nextListen { "listen" };
constinit NextCall<int(int)> nextEpollCreate { "epoll_create" };
constinit NextCall<int(int)> nextEpollCreate1 { "epoll_create1" };
constinit NextCall<int(int, int, int, epoll_event*)> nextEpollCtl { "epoll_ctl" };
constinit NextCall<int(unsigned, int)> nextEventfd { "eventfd" };
constinit NextCall<int(int, int)> nextTimerfdCreate { "timerfd_create" };
constinit NextCall<int(int*)> nextPipe { "pipe" };
constinit NextCall<int(int*, int)> nextPipe2 { "pipe2" };

MW_FAILING_PLAIN bool fails(Resource what, int error) noexcept
{
    if (! mw::test::shouldFail(what))
        return false;
    errno = error;
    return true;
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
    if (mw::test::shouldFail(Resource::thread))
        return EAGAIN;
    return nextPthreadCreate.get()(thread, attributes, run, argument);
}

MW_FAILING_PLAIN int socket(int domain, int type, int protocol) noexcept
{
    return fails(Resource::descriptor, EMFILE) ? -1 : nextSocket.get()(domain, type, protocol);
}

MW_FAILING_PLAIN int epoll_create(int size) noexcept
{
    return fails(Resource::descriptor, EMFILE) ? -1 : nextEpollCreate.get()(size);
}

MW_FAILING_PLAIN int epoll_create1(int flags) noexcept
{
    return fails(Resource::descriptor, EMFILE) ? -1 : nextEpollCreate1.get()(flags);
}

MW_FAILING_PLAIN int eventfd(unsigned value, int flags) noexcept
{
    return fails(Resource::descriptor, EMFILE) ? -1 : nextEventfd.get()(value, flags);
}

MW_FAILING_PLAIN int timerfd_create(int clock, int flags) noexcept
{
    return fails(Resource::descriptor, EMFILE) ? -1 : nextTimerfdCreate.get()(clock, flags);
}

MW_FAILING_PLAIN int pipe(int* ends) noexcept { return fails(Resource::descriptor, EMFILE) ? -1 : nextPipe.get()(ends); }

MW_FAILING_PLAIN int pipe2(int* ends, int flags) noexcept
{
    return fails(Resource::descriptor, EMFILE) ? -1 : nextPipe2.get()(ends, flags);
}

MW_FAILING_PLAIN int bind(int fd, const sockaddr* address, socklen_t length) noexcept
{
    return fails(Resource::address, EADDRNOTAVAIL) ? -1 : nextBind.get()(fd, address, length);
}

MW_FAILING_PLAIN int listen(int fd, int backlog) noexcept
{
    return fails(Resource::address, EADDRNOTAVAIL) ? -1 : nextListen.get()(fd, backlog);
}

MW_FAILING_PLAIN int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept
{
    return operation == EPOLL_CTL_ADD && fails(Resource::watch, ENOSPC) ? -1 : nextEpollCtl.get()(epoll, operation, fd, event);
}
}
