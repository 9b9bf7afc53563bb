#include "Process.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <stdexcept>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace mw::test
{
namespace
{

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

class Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(int opened) : number(opened) {}
    ~Descriptor() { reset(); }
    Descriptor(Descriptor&& other) noexcept : number(std::exchange(other.number, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        if (this != &other)
        {
            reset();
            number = std::exchange(other.number, -1);
        }
        return *this;
    }

    void reset()
    {
        if (number >= 0)
            ::close(number);
        number = -1;
    }

    [[nodiscard]] int get() const noexcept { return number; }

private:
    int number = -1;
};

[[noreturn]] void failWith(const std::string& what)
{
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

std::pair<Descriptor, Descriptor> makePipe()
{
    std::array<int, 2> ends {};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        failWith("pipe");
    return { Descriptor(ends[0]), Descriptor(ends[1]) };
}

std::pair<Descriptor, Descriptor> makeTerminal(int columns, int rows)
{
    Descriptor master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (master.get() < 0 || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
        failWith("pseudo-terminal");
    std::array<char, 64> name {};
    if (::ptsname_r(master.get(), name.data(), name.size()) != 0)
        failWith("pseudo-terminal's name");
    Descriptor slave(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (slave.get() < 0)
        failWith(name.data());
    winsize size {};
    size.ws_col = static_cast<unsigned short>(columns);
    size.ws_row = static_cast<unsigned short>(rows);
    if (::ioctl(slave.get(), TIOCSWINSZ, &size) != 0)
        failWith("size of the pseudo-terminal");
    return { std::move(master), std::move(slave) };
}

} // namespace

struct Process::Impl
{
    Options options;
    pid_t child = -1;
    Descriptor input, out, err, wake, wakeReader;
    std::thread reader;

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::string outText, errText, allText;
    bool outputEnded = false;
    std::optional<int> exitCode;

    void start(const std::vector<std::string>& command)
    {
        if (command.empty())
            throw std::runtime_error("no program given");
        ::signal(SIGPIPE, SIG_IGN);  // type() to a child that has gone is an error, not the end of the tests

        Descriptor childIn, childOut, childErr;
        if (options.pseudoTerminal)
        {
            auto [master, slave] = makeTerminal(options.columns, options.rows);
            input = Descriptor(::fcntl(master.get(), F_DUPFD_CLOEXEC, 3));
            out = std::move(master);
            childIn = std::move(slave);
        }
        else
        {
            std::tie(childIn, input) = makePipe();
            std::tie(out, childOut) = makePipe();
            std::tie(err, childErr) = makePipe();
        }
        std::tie(wakeReader, wake) = makePipe();
        auto [failureReader, failureWriter] = makePipe();

        std::vector<char*> arguments;
        for (const auto& word : command)
            arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        const auto directory = options.workingDirectory.string();
        const int in0 = childIn.get();
        const int out1 = options.pseudoTerminal ? in0 : childOut.get();
        const int err2 = options.pseudoTerminal ? in0 : childErr.get();

        child = ::fork();
        if (child < 0)
            failWith("fork");
        if (child == 0)
            runChild(arguments.data(), directory.c_str(), in0, out1, err2, failureWriter.get());

        failureWriter.reset();
        int childErrno = 0;
        ssize_t got = 0;
        do
            got = ::read(failureReader.get(), &childErrno, sizeof childErrno);
        while (got < 0 && errno == EINTR);
        if (got == static_cast<ssize_t>(sizeof childErrno))
        {
            ::waitpid(child, nullptr, 0);
            throw std::runtime_error("cannot start " + command.front() + ": " + std::strerror(childErrno));
        }
        reader = std::thread([this] { read(); });
    }

    // Between fork and exec: async-signal-safe calls only.
    [[noreturn]] void runChild(char** arguments, const char* directory, int in0, int out1, int err2, int failure) const
    {
        if (options.pseudoTerminal)
        {
            ::setsid();
            ::ioctl(in0, TIOCSCTTY, 0);
        }
        else
        {
            ::setpgid(0, 0);
        }
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        for (const int number : { SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGCHLD })
            ::signal(number, SIG_DFL);
        if (::dup2(in0, 0) >= 0 && ::dup2(out1, 1) >= 0 && ::dup2(err2, 2) >= 0
            && (directory[0] == 0 || ::chdir(directory) == 0))
            ::execvp(arguments[0], arguments);
        const int cause = errno;
        [[maybe_unused]] const auto told = ::write(failure, &cause, sizeof cause);
        ::_exit(127);
    }

    void read()
    {
        std::array<pollfd, 3> polled { { { out.get(), POLLIN, 0 }, { err.get(), POLLIN, 0 }, { wakeReader.get(), POLLIN, 0 } } };
        while (polled[0].fd >= 0 || polled[1].fd >= 0)
        {
            if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR)
                break;
            if (polled[2].revents != 0)
                break;
            for (size_t i = 0; i < 2; ++i)
                if (polled[i].fd >= 0 && polled[i].revents != 0 && ! take(polled[i].fd, i == 0 ? outText : errText))
                    polled[i].fd = -1;
        }
        const std::lock_guard lock(mutex);
        outputEnded = true;
        changed.notify_all();
    }

    bool take(int from, std::string& text)
    {
        std::array<char, 4096> buffer;
        const auto got = ::read(from, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            return true;
        if (got <= 0)  // a terminal whose other end is gone says EIO
            return false;
        const std::lock_guard lock(mutex);
        text.append(buffer.data(), static_cast<size_t>(got));
        allText.append(buffer.data(), static_cast<size_t>(got));
        changed.notify_all();
        return true;
    }

    // Under the mutex.
    bool reap()
    {
        if (exitCode)
            return true;
        int status = 0;
        if (::waitpid(child, &status, WNOHANG) != child)
            return false;
        exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return true;
    }

    void endReader()
    {
        wake.reset();
        if (reader.joinable())
            reader.join();
    }
};

Process::Process(std::vector<std::string> command, Options options) : impl(std::make_unique<Impl>())
{
    impl->options = std::move(options);
    impl->start(command);
}

Process::Process(std::vector<std::string> command) : Process(std::move(command), Options()) {}

Process::~Process()
{
    terminate();
    ::kill(-impl->child, SIGKILL);
    impl->endReader();
    // In the presets debug and asan our programs count JUCE's objects, to their very end.
    for (const auto* complaint : { "Leaked objects detected", "Dangling pointer deletion", "JUCE Assertion failure" })
        if (const auto at = impl->allText.find(complaint); at != std::string::npos)
            ADD_FAILURE() << "a program of this test says: " << impl->allText.substr(at, impl->allText.find('\n', at) - at);
}

pid_t Process::pid() const noexcept { return impl->child; }

bool Process::isRunning()
{
    const std::lock_guard lock(impl->mutex);
    return ! impl->reap();
}

bool Process::signal(int number)
{
    const std::lock_guard lock(impl->mutex);
    return ! impl->reap() && ::kill(impl->child, number) == 0;
}

void Process::type(const std::string& text)
{
    size_t done = 0;
    while (done < text.size())
    {
        const auto written = ::write(impl->input.get(), text.data() + done, text.size() - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            failWith("writing to the child's input");
        done += static_cast<size_t>(written);
    }
}

void Process::closeInput() { impl->input.reset(); }

std::string Process::standardOutput() const
{
    const std::lock_guard lock(impl->mutex);
    return impl->outText;
}

std::string Process::standardError() const
{
    const std::lock_guard lock(impl->mutex);
    return impl->errText;
}

std::string Process::output() const
{
    const std::lock_guard lock(impl->mutex);
    return impl->allText;
}

bool Process::waitForOutput(const std::string& text, std::chrono::milliseconds deadline)
{
    std::unique_lock lock(impl->mutex);
    impl->changed.wait_for(lock, deadline, [&]
    {
        return impl->outputEnded || impl->allText.find(text) != std::string::npos;
    });
    return impl->allText.find(text) != std::string::npos;
}

std::optional<int> Process::wait(std::chrono::milliseconds deadline)
{
    const auto end = SteadyClock::now() + deadline;
    std::unique_lock lock(impl->mutex);
    while (! impl->reap())
    {
        if (SteadyClock::now() >= end)
            return {};
        impl->changed.wait_for(lock, 10ms);
    }
    // A grandchild may keep the pipes open; what the child itself wrote has been read by then.
    impl->changed.wait_for(lock, 1s, [this] { return impl->outputEnded; });
    return impl->exitCode;
}

int Process::terminate()
{
    signal(SIGTERM);
    if (const auto code = wait(impl->options.patience))
        return *code;
    signal(SIGKILL);
    return wait(10s).value_or(128 + SIGKILL);
}

} // namespace mw::test
