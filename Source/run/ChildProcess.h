#pragma once

#include <mw_core/mw_core.h>

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mw::run
{

/** A process of our own that cannot outlive us: it is killed by the destructor, by the second signal (Signals), and by the
    kernel when this process dies in any other way. It has a process group of its own, so that Ctrl-C reaches it only through
    us; its standard input is empty. Control thread. */
class ChildProcess
{
public:
    ChildProcess() = default;
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /** @param arguments the first is the program's path
        @param logFile takes its standard error, and its standard output unless that is shared
        @param sharesOutput whether its standard output is ours */
    [[nodiscard]] Result<void> start(const std::vector<std::string>& arguments, const std::string& logFile, bool sharesOutput);

    /** @returns its exit code once it has ended, 128 + signal when one ended it; nothing while it runs. Never waits. */
    [[nodiscard]] std::optional<int> exitCode();

    /** Harmless when it does not run. */
    void signal(int number) noexcept;

    [[nodiscard]] bool isRunning() { return pid > 0 && ! exitCode().has_value(); }

private:
    pid_t pid = -1;
    std::optional<int> ended;
};

} // namespace mw::run
