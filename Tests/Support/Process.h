#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mw::test
{

/** A child process of a test: started, heard, signalled, and gone when the object is.

    The child is the head of a process group of its own; whatever is left of the group is killed in the destructor, and the
    kernel kills the child when the thread that started it ends, so that a test that is itself killed leaves nothing behind.
    A child in whose output JUCE tells of a leak or a failed assertion fails the test.
    Members may be called from any thread of the test. */
class Process
{
public:
    struct Options
    {
        std::filesystem::path workingDirectory;  ///< empty: the test's own
        bool pseudoTerminal = false;             ///< stdin, stdout and stderr are a terminal; all output counts as stdout
        int columns = 120, rows = 40;            ///< of that terminal
        std::chrono::milliseconds patience { 5000 };  ///< in the destructor, between SIGTERM and SIGKILL
    };

    /** Starts the program, looked up in PATH when its name has no slash.
        Throws std::runtime_error with the cause when it cannot be started. */
    explicit Process(std::vector<std::string> command, Options options);
    explicit Process(std::vector<std::string> command);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t pid() const noexcept;
    [[nodiscard]] bool isRunning();

    /** Sends a signal to the child alone. False when it has ended already. */
    bool signal(int number);

    /** Writes to the child's stdin: keys, when it is a terminal. */
    void type(const std::string& text);

    /** Ends the child's stdin. */
    void closeInput();

    /** What it has written so far. */
    [[nodiscard]] std::string standardOutput() const;
    [[nodiscard]] std::string standardError() const;

    /** Both, in the order in which they were read. */
    [[nodiscard]] std::string output() const;

    /** Waits until output() holds the text. False when the deadline passed or the child ended without saying it. */
    bool waitForOutput(const std::string& text, std::chrono::milliseconds deadline);

    /** Waits for the end. @returns the exit code, 128 + number when a signal ended it, nothing when the deadline passed. */
    std::optional<int> wait(std::chrono::milliseconds deadline);

    /** SIGTERM, patience, SIGKILL. @returns as wait(). */
    int terminate();

private:
    struct Impl;
    std::unique_ptr<Impl> impl;
};

} // namespace mw::test
