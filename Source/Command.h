#pragma once

#include <mw_core/mw_core.h>

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mw
{

/** One sub-command of `milliwatt`: its options, and the composition of what it runs. Main thread. */
class Command
{
public:
    virtual ~Command() = default;

    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::string summary() const = 0;

    /** Adds the options; the command outlives the parsing. */
    virtual void addOptions(CLI::App& app) = 0;

    /** After command line and configuration file: what no option can check alone. Nothing is started. */
    [[nodiscard]] virtual Result<void> check() = 0;

    /** Starts on JUCE's message loop. On an error nothing is left running and onEnd is not called.
        @param onEnd called once, on the message loop */
    [[nodiscard]] virtual Result<void> start(std::function<void(ExitCode)> onEnd) = 0;
};

[[nodiscard]] std::unique_ptr<Command> makeMixerCommand();
[[nodiscard]] std::unique_ptr<Command> makeSourceCommand();
[[nodiscard]] std::unique_ptr<Command> makeSinkCommand();
[[nodiscard]] std::unique_ptr<Command> makeDemoCommand();
[[nodiscard]] std::unique_ptr<Command> makeMonitorCommand();

/** Parses, checks, runs. @returns the process's exit code; never throws */
[[nodiscard]] int runCommandLine(int argc, const char* const* argv);

} // namespace mw
