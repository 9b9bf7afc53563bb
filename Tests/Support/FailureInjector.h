#pragma once

#include <mw_core/mw_core.h>

#include <cstdint>
#include <optional>

namespace mw::test
{

/** What can be made to fail, each by the functions that the test programs interpose for it. */
enum class Resource
{
    memory,       ///< operator new: std::bad_alloc
    cMemory,      ///< malloc and its family: null. Not under a sanitizer, which owns them
    libreMemory,  ///< libre's mem_alloc and its family: null. In mw_sip_tests
    thread,       ///< pthread_create: EAGAIN
    descriptor,   ///< socket, epoll_create, eventfd, timerfd_create, pipe, open: EMFILE
    address,      ///< bind, listen: EADDRNOTAVAIL
    datagram,     ///< sendto: EPERM, as by a firewall
    watch,        ///< epoll_ctl with EPOLL_CTL_ADD: ENOSPC
    file,         ///< open or fopen for writing: EACCES
    disk          ///< write and fwrite to a regular file: ENOSPC
};

/** Asked by every interposed function before it does its work. Any thread, at any time, also before main: it takes no
    memory and no lock. @returns whether this call is the one that has to fail; the caller then returns what the
    real function would, with errno set. */
[[nodiscard]] bool shouldFail(Resource what) noexcept;

/** Whose uses of a resource count. */
struct Whose
{
    std::optional<ThreadRole> role {};  ///< threads of this role alone; none: all
    bool onlyThisThread = false;        ///< the thread that makes the injector alone
};

/** How many uses fail: the nth, or the nth and all that follow. */
enum class Extent { once, fromThenOn };

/** Makes the nth use of a resource fail, for as long as it lives; one at a time in a process. To sweep a start:

        for (uint64_t nth = 1;; ++nth)
        {
            FailureInjector injector(Resource::thread, nth);
            const auto started = …;
            if (! injector.hasFailed())
                break;              // the start used it fewer than nth times: it was untouched
            …                       // an error with its reason, and nothing left behind
        } */
class FailureInjector
{
public:
    /** @param nth counted from 1 */
    FailureInjector(Resource what, uint64_t nth, Whose whose = {}, Extent extent = Extent::once);
    ~FailureInjector();
    FailureInjector(const FailureInjector&) = delete;
    FailureInjector& operator=(const FailureInjector&) = delete;

    /** Whether the nth use came, and so failed. Any thread. */
    [[nodiscard]] bool hasFailed() const noexcept;

    /** Uses so far. Any thread. */
    [[nodiscard]] uint64_t uses() const noexcept;
};

/** While it lives, nothing fails in this thread and nothing is counted: for the script of a test inside what is tested. */
class NoInjection
{
public:
    NoInjection() noexcept;
    ~NoInjection();
    NoInjection(const NoInjection&) = delete;
    NoInjection& operator=(const NoInjection&) = delete;
};

} // namespace mw::test
