#include "Signals.h"

#include <juce_events/juce_events.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace mw::run
{

namespace
{
// What the handler may touch: lock-free atomics, and memory that was written before an atomic said so.
std::atomic<int> stopSignals { 0 };       ///< since the current run began
std::atomic<int> pipeWriteEnd { -1 };
std::atomic<int> terminalDescriptor { -1 };
termios savedTerminal {};
std::array<std::atomic<pid_t>, 16> children {};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<pid_t>::is_always_lock_free);

int pipeReadEnd = -1;  // main thread only

void restoreTerminal() noexcept
{
    const auto descriptor = terminalDescriptor.load(std::memory_order_acquire);
    if (descriptor < 0 || ::tcgetpgrp(descriptor) != ::getpgrp())  // in the background it would stop us instead
        return;
    ::tcsetattr(descriptor, TCSANOW, &savedTerminal);
    static constexpr char showCursor[] = "\033[?25h\n";
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, showCursor, sizeof(showCursor) - 1);
}

void wakeLoop(char what) noexcept
{
    const auto descriptor = pipeWriteEnd.load(std::memory_order_relaxed);
    if (descriptor >= 0)
    {
        [[maybe_unused]] const auto written = ::write(descriptor, &what, 1);
    }
}

void onStopSignal(int number)
{
    const auto savedErrno = errno;
    if (stopSignals.fetch_add(1, std::memory_order_relaxed) > 0)
    {
        for (auto& child : children)
            if (const auto pid = child.load(std::memory_order_relaxed); pid > 0)
                ::kill(pid, SIGKILL);
        restoreTerminal();
        ::_exit(128 + number);
    }
    wakeLoop('s');
    errno = savedErrno;
}

void onContinueSignal(int)
{
    const auto savedErrno = errno;
    wakeLoop('c');
    errno = savedErrno;
}

/** A fault of the program's own: the terminal first, then what the system does with it anyway. */
void onFault(int number)
{
    restoreTerminal();
    ::raise(number);
}

void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
}

/** Once per process; the pipe and the handlers stay until its end. */
void install()
{
    static const bool installed = [] {
        std::array<int, 2> ends { -1, -1 };
        if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0)
        {
            pipeReadEnd = ends[0];
            pipeWriteEnd.store(ends[1], std::memory_order_relaxed);
        }
        for (const auto number : { SIGINT, SIGTERM, SIGHUP })
            handle(number, onStopSignal, SA_RESTART);
        handle(SIGCONT, onContinueSignal, SA_RESTART);
        handle(SIGPIPE, SIG_IGN, 0);
        return true;
    }();
    juce::ignoreUnused(installed);
}

void emptyPipe()
{
    std::array<char, 64> rest {};
    while (::read(pipeReadEnd, rest.data(), rest.size()) > 0) {}
}
} // namespace

Signals::Signals(std::function<void()> stop, std::function<void()> goOn)
    : onStop(std::move(stop)), onContinue(std::move(goOn))
{
    install();
    emptyPipe();
    stopSignals.store(0, std::memory_order_relaxed);
    if (pipeReadEnd >= 0)
        juce::LinuxEventLoop::registerFdCallback(pipeReadEnd, [this](int) { readPipe(); });
}

Signals::~Signals()
{
    if (pipeReadEnd >= 0)
        juce::LinuxEventLoop::unregisterFdCallback(pipeReadEnd);
}

void Signals::readPipe()
{
    std::array<char, 64> received {};
    const auto count = ::read(pipeReadEnd, received.data(), received.size());
    auto stop = false, goOn = false;
    for (ssize_t i = 0; i < count; ++i)
    {
        stop = stop || received[static_cast<size_t>(i)] == 's';
        goOn = goOn || received[static_cast<size_t>(i)] == 'c';
    }
    if (goOn && onContinue)
        onContinue();
    if (stop && onStop)
        onStop();
}

void Signals::setTerminalToRestore(int descriptor, const termios& saved) noexcept
{
    savedTerminal = saved;
    terminalDescriptor.store(descriptor, std::memory_order_release);
    for (const auto number : { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT })
        handle(number, onFault, static_cast<int>(SA_RESETHAND));
}

void Signals::clearTerminalToRestore() noexcept
{
    if (terminalDescriptor.exchange(-1, std::memory_order_acq_rel) < 0)
        return;
    for (const auto number : { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT })
        handle(number, SIG_DFL, 0);
}

void Signals::addChild(pid_t child) noexcept
{
    for (auto& place : children)
    {
        pid_t free = 0;
        if (place.compare_exchange_strong(free, child))
            return;
    }
}

void Signals::removeChild(pid_t child) noexcept
{
    for (auto& place : children)
    {
        auto expected = child;
        if (place.compare_exchange_strong(expected, 0))
            return;
    }
}

} // namespace mw::run
