#pragma once

#include <sys/types.h>
#include <termios.h>

#include <functional>

namespace mw::run
{

/** SIGINT, SIGTERM and SIGHUP, handled once per process (finding 8).

    The first one during a run wakes the message loop, which calls the run's function there: calls end with BYE, files are
    closed. A second one leaves at once with 128 + its number (130 for SIGINT, 143 for SIGTERM), even if the loop is busy:
    the handler itself gives the terminal back, ends the child processes named below, and calls _exit.

    SIGPIPE is ignored: a reader that goes away is an error of the write, not the end of the calls.
    Everything here: control thread (the message loop). */
class Signals
{
public:
    /** Begins to tell `onStop` (and, when the process was stopped and goes on, `onContinue`). One at a time. A signal that
        came before, and was not answered by a run, is not taken over. */
    Signals(std::function<void()> onStop, std::function<void()> onContinue);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /** What the handler must put back before it leaves at once, or when the program is killed by a fault of its own. */
    static void setTerminalToRestore(int descriptor, const termios& saved) noexcept;
    static void clearTerminalToRestore() noexcept;

    /** Child processes that must not survive: up to 16. */
    static void addChild(pid_t child) noexcept;
    static void removeChild(pid_t child) noexcept;

private:
    void readPipe();

    std::function<void()> onStop, onContinue;
};

} // namespace mw::run
