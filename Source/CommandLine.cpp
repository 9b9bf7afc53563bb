#include "Command.h"

#include "cli/Arguments.h"
#include "cli/ConfigFile.h"
#include "cli/HelpText.h"
#include "cli/RunOptions.h"

#include <juce_events/juce_events.h>
#include <mw_monitor/mw_monitor.h>

#include <algorithm>
#include <cstdio>
#include <exception>

namespace mw
{

namespace
{
int code(ExitCode exitCode) { return static_cast<int>(exitCode); }

constexpr size_t helpColumn = 27;  ///< where the texts of the options begin

int complain(const std::string& who, const std::string& what, ExitCode exitCode)
{
    std::fflush(stdout);
    std::fprintf(stderr, "%s: %s\n", who.c_str(), what.c_str());
    if (exitCode == ExitCode::wrongUse)
        std::fprintf(stderr, "Try '%s --help'.\n", who.c_str());
    return code(exitCode);
}

/** `--name=` gives an option the empty text; CLI11 would take the next word instead. The result is reversed, as
    CLI::App::parse(std::vector) wants it. */
std::vector<std::string> reversedArguments(int argc, const char* const* argv)
{
    std::vector<std::string> arguments;
    for (int i = 1; i < argc; ++i)
    {
        std::string word = argv[i];
        if (word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1)
        {
            arguments.push_back(word.substr(0, word.size() - 1));
            word.clear();
        }
        arguments.push_back(word);
    }
    std::reverse(arguments.begin(), arguments.end());
    return arguments;
}

/** What stands on the command line and is known to nobody. @returns its description, or empty */
std::string unknownWord(const CLI::App& app, const CLI::App* command, const std::vector<std::string>& commandNames)
{
    const auto& asked = command != nullptr ? *command : app;
    auto words = asked.remaining();
    if (words.empty() && command != nullptr)
        words = app.remaining();
    if (words.empty())
        return {};

    const auto isOption = words.front().starts_with('-');
    const auto word = isOption ? words.front().substr(0, words.front().find('=')) : words.front();
    const auto closest = cli::closestName(word, isOption ? cli::optionNames(asked) : command == nullptr ? commandNames : std::vector<std::string>());
    return (isOption ? "unknown option " : command == nullptr ? "unknown command " : "unexpected argument ") + word
         + (closest.empty() ? "" : "; did you mean " + closest + "?");
}

/** @param taken so that all it runs is gone before JUCE is
    @param orSay what is wrong instead when there is no display; empty: the command may need none */
int runCommand(std::unique_ptr<Command> taken, const std::string& orSay = {})
{
    const ScopedThreadRole control(ThreadRole::control);
    const juce::ScopedJuceInitialiser_GUI juceRuns;
    if (! orSay.empty() && ! MonitorWindow::checkDisplay())
        return complain("milliwatt", orSay, ExitCode::wrongUse);
    const auto command = std::move(taken);
    const auto who = "milliwatt " + command->name();

    auto result = ExitCode::passed;
    const auto started = command->start([&result](ExitCode ended) {
        result = ended;
        juce::MessageManager::getInstance()->stopDispatchLoop();
    });
    if (! started)
        return complain(who, started.error().message(), started.error().code);
    juce::MessageManager::getInstance()->runDispatchLoop();
    return code(result);
}
} // namespace

int runCommandLine(int argc, const char* const* argv)
{
    try
    {
        CLI::App app("Milliwatt: a call-test bench. SIP legs in, mixed with DTMF, out again,\neverything measured.", "milliwatt");
        app.set_version_flag("--version", "milliwatt " MILLIWATT_VERSION, "Print the version and leave");
        app.set_help_flag("-h,--help", "Print this help and leave");
        app.footer(cli::generalHelp());
        app.get_formatter()->column_width(helpColumn);  // the commands take it over; everything fits 80 columns
        app.require_subcommand(0, 1);
        app.allow_extras();

        std::vector<std::unique_ptr<Command>> commands;
        commands.push_back(makeMixerCommand());
        commands.push_back(makeSourceCommand());
        commands.push_back(makeSinkCommand());
        commands.push_back(makeDemoCommand());
        commands.push_back(makeMonitorCommand());

        std::vector<std::string> names;
        for (const auto& command : commands)
        {
            auto* sub = app.add_subcommand(command->name(), command->summary());
            sub->set_help_flag("-h,--help", "Print this help and leave");
            sub->footer(cli::footerFor(command->name()));
            sub->allow_extras();
            command->addOptions(*sub);
            names.push_back(command->name());
        }

        try
        {
            app.parse(reversedArguments(argc, argv));
        }
        catch (const CLI::Success& help)  // --help, --version
        {
            return app.exit(help) == 0 ? code(ExitCode::passed) : code(ExitCode::wrongUse);
        }
        catch (const CLI::ParseError& error)
        {
            const auto chosen = app.get_subcommands();
            return complain(chosen.empty() ? "milliwatt" : "milliwatt " + chosen.front()->get_name(), cli::messageOf(error), cli::exitCodeOf(error));
        }

        const auto chosen = app.get_subcommands();
        auto* sub = chosen.empty() ? nullptr : chosen.front();
        const auto who = sub != nullptr ? "milliwatt " + sub->get_name() : std::string("milliwatt");
        if (const auto unknown = unknownWord(app, sub, names); ! unknown.empty())
            return complain(who, unknown, ExitCode::wrongUse);
        if (sub == nullptr)
        {
            auto monitor = std::move(commands.back());
            if (const auto checked = monitor->check(); ! checked)
                return complain(who, checked.error().message(), checked.error().code);
            return runCommand(std::move(monitor), "there is no display for the window, and a command is missing: mixer, source, sink or demo");
        }

        auto& command = *std::find_if(commands.begin(), commands.end(), [sub](const auto& each) { return each->name() == sub->get_name(); });
        if (const auto file = cli::configFileOf(*sub); ! file.empty())
            if (const auto applied = cli::applyConfigFile(*sub, file); ! applied)
                return complain(who, applied.error().message(), applied.error().code);
        if (const auto checked = command->check(); ! checked)
            return complain(who, checked.error().what.empty() ? checked.error().why : checked.error().message(), checked.error().code);

        return runCommand(std::move(command));
    }
    catch (const std::bad_alloc&)
    {
        return complain("milliwatt", "cannot go on: no memory is left", ExitCode::environment);
    }
    catch (const std::exception& error)
    {
        return complain("milliwatt", std::string("cannot go on: ") + error.what(), ExitCode::environment);
    }
}

} // namespace mw
