#pragma once

#include <atomic>
#include <string>
#include <sys/types.h>
#include <thread>

namespace mw::bench
{

/** Watches how long a process's thread waits for a core, and what the hypervisor takes from the machine meanwhile, in steps of 20 ms, and tells
    each step that cost more than a few milliseconds: what a late tick is explained by. */
class Waits
{
public:
    /** Begins. @param threadName as in /proc/PID/task/TID/comm; throws std::runtime_error when the process has no such thread */
    Waits(pid_t process, const std::string& threadName);

    /** Ends. */
    ~Waits();
    Waits(const Waits&) = delete;
    Waits& operator=(const Waits&) = delete;

private:
    void watch() const;

    const std::string name;
    std::string schedstat;  ///< file
    std::atomic<bool> ends { false };
    std::thread watcher;
};

} // namespace mw::bench
