#include "OwnedThread.h"

#include <pthread.h>
#include <system_error>

namespace mw
{

Result<void> OwnedThread::start(const std::string& name, ThreadRole role, std::function<void()> run)
{
    join();
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
