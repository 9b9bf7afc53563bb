#include "ChildProcess.h"

#include "Signals.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mw::run
{

namespace
{
constexpr int couldNotExecute = 127;

/** Between fork and exec: only what is safe there. */
[[noreturn]] void becomeProgram(char* const* arguments, int log, int nothing, bool sharesOutput, pid_t parent)
{
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent)
        ::_exit(couldNotExecute);

    ::signal(SIGTTOU, SIG_IGN);  // it may write to the terminal from its own group
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(log, STDERR_FILENO);
    if (! sharesOutput)
        ::dup2(log, STDOUT_FILENO);
    ::execv(arguments[0], arguments);
    ::_exit(couldNotExecute);
}

Error systemError(const std::string& what) { return { ExitCode::environment, what, std::strerror(errno), {} }; }
} // namespace

ChildProcess::~ChildProcess()
{
    if (! isRunning())
        return;
    ::kill(pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    Signals::removeChild(pid);
}

Result<void> ChildProcess::start(const std::vector<std::string>& arguments, const std::string& logFile, bool sharesOutput)
{
    std::vector<std::string> copies = arguments;
    std::vector<char*> pointers;
    for (auto& each : copies)
        pointers.push_back(each.data());
    pointers.push_back(nullptr);

    const auto log = ::open(logFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (log < 0)
        return systemError("write " + logFile);
    const auto nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const auto parent = ::getpid();
    const auto child = nothing < 0 ? -1 : ::fork();
    if (child == 0)
        becomeProgram(pointers.data(), log, nothing, sharesOutput, parent);

    const auto result = child < 0 ? Result<void>(systemError("start " + arguments.front())) : Result<void>();
    ::close(log);
    if (nothing >= 0)
        ::close(nothing);
    if (child > 0)
    {
        ended.reset();
        pid = child;
        Signals::addChild(pid);
    }
    return result;
}

std::optional<int> ChildProcess::exitCode()
{
    if (pid <= 0 || ended)
        return ended;
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) != pid)
        return std::nullopt;
    Signals::removeChild(pid);
    ended = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended;
}

void ChildProcess::signal(int number) noexcept
{
    if (isRunning())
        ::kill(pid, number);
}

} // namespace mw::run
