#pragma once

#include "Command.h"
#include "cli/Arguments.h"
#include "cli/EngineOptions.h"
#include "cli/FlightOptions.h"
#include "cli/RunOptions.h"
#include "cli/SipOptions.h"
#include "run/RoleRunner.h"

#include <mw_lab/mw_lab.h>
#include <mw_monitor/mw_monitor.h>
#include <mw_sip/mw_sip.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace mw
{

/** What mixer, source and sink share: the options of engine, SIP and run, and the start of a role. */
class RoleCommand : public Command
{
protected:
    RoleCommand(std::string listen, int legs) : sip { std::move(listen) }, engine(legs) {}

    /** @param answerTimeoutS default of --answer-timeout [s]; 0: the command calls nobody
        @param withLegs whether the number of calls is an option of its own */
    void addRoleOptions(CLI::App& app, int answerTimeoutS, bool withLegs)
    {
        sip.addTo(app, answerTimeoutS);
        engine.addTo(app, withLegs);
        run.addTo(app);
    }

    /** An option that names a file, relative to the working folder. @param file must outlive the parsing */
    static void addFile(CLI::App& app, const char* option, const char* valueName, juce::File& file, const char* text, const char* group)
    {
        cli::addValue(app, option, valueName, [&file](const std::string& value) -> Result<void> {
            if (value.empty())
                return cli::wrongValue("the name of the file is empty");
            file = juce::File::getCurrentWorkingDirectory().getChildFile(juceText(value));
            return {};
        }, text)->group(group);
    }

    /** The options that name the reports of a role that measures. @param jsonText help of --report @param files must outlive the parsing */
    static void addReports(CLI::App& app, ReportFiles& files, const char* jsonText, const char* group)
    {
        addFile(app, "--report", "FILE.json", files.json, jsonText, group);
        addFile(app, "--junit", "FILE.xml", files.junit, "Write the verdict as JUnit XML: a test suite a call, a test case an expectation", group);
        addFile(app, "--csv", "FILE.csv", files.csv, "Write call records: a row a call, a column a figure", group);
        addFile(app, "--html", "FILE.html", files.html, "Write one page for people, with plots; it opens from disk and loads nothing", group);
    }

    /** Makes the SIP stack and the role, and runs it.
        @param config the role's; its engine's part is filled in but for what the command sets of it afterwards
        @param listen in place of --listen where that was not given, may be empty
        @param complete sets what is the command's own, before the role is made
        @param makeRole makeMixerRole, makeSourceRole or makeSinkRole */
    template <typename Config, typename Complete, typename MakeRole>
    [[nodiscard]] Result<void> startRole(Config& config, const std::string& listen, Complete&& complete, MakeRole&& makeRole,
                                         run::RunnerOptions options, std::function<void(ExitCode)> onEnd)
    {
        auto clock = std::make_shared<RealClock>();  // one for engine and stack: arrival times and ticks are on the same axis
        if (! clock->isUsable())
            return Error { ExitCode::environment, "make the engine's timer", "the kernel gave none (timerfd, eventfd)", "raise the limit of open files (ulimit -n)" };
        config.engine = engine.config(clock);
        config.engine.settings = sip.shownSettings();
        complete();
        if (options.openWindow)
            if (auto there = MonitorWindow::checkDisplay(); ! there)
                return there;

        auto sipConfig = sip.config(engine, clock);
        if (sipConfig.listen.empty())
            sipConfig.listen = listen;
        options.listenNote = cli::noteOnListening(sip.listen);
        stack = makeSipStack(sipConfig);
        role = makeRole(config, *stack);
        runner = std::make_unique<run::RoleRunner>(*role, std::move(options), std::move(onEnd));
        return runner->start();
    }

    cli::SipOptions sip;
    cli::EngineOptions engine;
    cli::RunOptions run;

private:
    // In the order in which it must go: the runner before the role, the role before the stack that its engine uses.
    std::unique_ptr<LegFactory> stack;
    std::unique_ptr<Role> role;
    std::unique_ptr<run::RoleRunner> runner;
};

} // namespace mw
