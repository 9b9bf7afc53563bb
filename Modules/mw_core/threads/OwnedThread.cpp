#include "OwnedThread.h"

#include <csignal>
#include <pthread.h>
#include <system_error>

namespace mw
{

namespace
{
/** While it lives, this thread and those that it makes are passed over by signals that are meant for the process; they wait
    for a thread that takes them. Faults of the thread's own, SIGPIPE and a profiler's clock still come through. */
class ScopedSignalsElsewhere
{
public:
    ScopedSignalsElsewhere() noexcept
    {
        sigset_t blocked;
        ::sigfillset(&blocked);
        for (const auto own : { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPIPE, SIGPROF })
            ::sigdelset(&blocked, own);
        ::pthread_sigmask(SIG_BLOCK, &blocked, &former);
    }
    ~ScopedSignalsElsewhere() { ::pthread_sigmask(SIG_SETMASK, &former, nullptr); }
    ScopedSignalsElsewhere(const ScopedSignalsElsewhere&) = delete;
    ScopedSignalsElsewhere& operator=(const ScopedSignalsElsewhere&) = delete;

private:
    sigset_t former {};
};
} // namespace

Result<void> OwnedThread::start(const std::string& name, ThreadRole role, std::function<void()> run)
{
    join();
    const ScopedSignalsElsewhere inherited;
    try
    {
        thread = std::thread([role, run = std::move(run)] {
            const ScopedThreadRole scope(role);
            run();
        });
    }
    catch (const std::system_error& failure)
    {
        return Error { ExitCode::environment, "start the thread '" + name + "'", failure.what(),
                       "raise the limit of threads (ulimit -u)" };
    }
    ::pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
    return {};
}

void OwnedThread::join() noexcept
{
    if (thread.joinable())
        thread.join();
}

bool OwnedThread::requestRealtime(int priority) noexcept
{
    if (! thread.joinable())
        return false;
    sched_param parameters {};
    parameters.sched_priority = priority;
    return ::pthread_setschedparam(thread.native_handle(), SCHED_FIFO, &parameters) == 0;
}

} // namespace mw
