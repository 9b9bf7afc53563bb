#include "Command.h"

#include "cli/Arguments.h"
#include "cli/RunOptions.h"
#include "demo/DemoConference.h"
#include "demo/DemoHearing.h"
#include "demo/DemoPart.h"
#include "demo/DemoPlan.h"
#include "demo/DemoSpeech.h"
#include "demo/DemoVerdict.h"
#include "run/Signals.h"
#include "run/Terminal.h"

#include <juce_core/juce_core.h>
#include <juce_events/juce_events.h>
#include <mw_lab/mw_lab.h>
#include <mw_monitor/mw_monitor.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace mw
{

namespace
{
using demo::DemoPlan;
using Part = demo::DemoPart;

/** `milliwatt demo`: mixers, sources and a sink as processes of their own on loopback, and a verdict.

    It goes through its stages on a timer of the message loop; every way out ends all processes first. */
class DemoSubCommand final : public Command, private juce::Timer
{
public:
    ~DemoSubCommand() override { stopTimer(); }

    std::string name() const override { return "demo"; }
    std::string summary() const override { return "Show it all in half a minute, with a verdict"; }

    void addOptions(CLI::App& app) override
    {
        cli::addConfigOption(app);
        cli::addValue(app, "--out", "DIR", [this](const std::string& text) -> Result<void> {
            if (text.empty())
                return cli::wrongValue("the name of the folder is empty");
            files.folder = juce::File::getCurrentWorkingDirectory().getChildFile(juceText(text));
            return {};
        }, "Folder for report.html, mix.wav, sink.json, metrics.jsonl, the recordings and the logs; made if it is missing; "
           "default ./milliwatt-demo-YYYYmmdd-HHMMSS");
        cli::addSwitch(app, "--gui", gui, "Show the mixer in the monitor's window meanwhile");
        cli::addReal(app, "--time-limit", limitS, { DemoPlan::limitSeconds, 600, "s" },
                     "The demo has ended by then in any case; a machine that is very busy may need more");
    }

    Result<void> check() override { return {}; }

    Result<void> start(std::function<void(ExitCode)> end) override
    {
        onEnd = std::move(end);
        if (gui)
            if (const auto there = MonitorWindow::checkDisplay(); ! there)
                return there;
        if (files.folder == juce::File())
            files.folder = juce::File::getCurrentWorkingDirectory().getChildFile(
                "milliwatt-demo-" + juce::Time::getCurrentTime().formatted("%Y%m%d-%H%M%S"));
        if (const auto made = files.folder.createDirectory(); made.failed())
            return Error { ExitCode::environment, "make the folder " + pathOf(files.folder), made.getErrorMessage().toStdString(), "choose another with --out" };
        // Nothing of an earlier run may be taken for this one's.
        for (const auto& file : { files.mix(), files.metrics(), files.sinkReport(), files.page(), files.sinkRecording(), files.uriOf("sink"), files.uriOf("mixer"),
                                  files.uriOf("conference"), files.conferenceMetrics(), files.hearing(0), files.hearing(1), files.hearing(2) })
            if (file.exists() && ! file.deleteFile())
                return Error { ExitCode::environment, "replace " + pathOf(file), "it cannot be removed", "choose another folder with --out" };

        auto made = demo::writeSpeech(DemoPlan::speechSeconds, DemoPlan::speechDbm0, files.speech());
        if (! made)
            return made.error();
        speech = std::move(made).value();

        signals = std::make_unique<run::Signals>([this] { giveUp("interrupted", ExitCode::expectationFailed); }, nullptr);
        terminal = std::make_unique<run::Terminal>([this](const std::vector<run::Key>& keys) {
            for (const auto& key : keys)
                if (key == run::Key { run::Key::Kind::character, 'q' })
                    giveUp("interrupted", ExitCode::expectationFailed);
        });

        say("milliwatt demo: three sources hear each other in a conference, then three are mixed and measured at a sink, all on this machine; files go to\n  "
            + pathOf(files.folder) + "\n");
        startedMs = juce::Time::getMillisecondCounter();
        if (auto began = sink.launch(files.folder, { "sink", "--listen", "127.0.0.1:0", "--uri-file", pathOf(files.uriOf("sink")), "--legs", "1",
                                        "--rate", number(DemoPlan::sampleRateHz), "--jitter-buffer", number(DemoPlan::jitterBufferMs),
                                        "--expect-dtmf", DemoPlan::digits, "--min-seconds", "10",
                                        "--report", pathOf(files.sinkReport()), "--html", pathOf(files.page()),
                                        "--record", pathOf(files.sinkRecording()) }, false); ! began)
            return began;
        if (auto began = conference.start(files); ! began)
            return began;
        enter(Stage::confers);
        startTimerHz(timerHz);
        return {};
    }

private:
    enum class Stage { confers, sinkStarts, mixerStarts, toneAlone, speechJoins, digitsPlay, hangsUp, ends, over };

    static constexpr int timerHz = 20;
    static constexpr double startLimitS = 20.0;  ///< for one process to listen [s]
    static constexpr double hangUpLimitS = 8.0;  ///< for all processes to end after they were told [s]

    static std::string pathOf(const juce::File& file) { return file.getFullPathName().toStdString(); }
    static std::string number(double value) { return juce::String(value).toStdString(); }
    static std::string number(int value) { return std::to_string(value); }
    double secondsSince(juce::uint32 ms) const { return (juce::Time::getMillisecondCounter() - ms) / 1000.0; }
    std::array<Part*, 5> allParts() { return { &tone, &voice, &digits, &mixer, &sink }; }

    static void say(const std::string& text)
    {
        std::fputs(text.c_str(), stdout);
        std::fflush(stdout);
    }

    Result<void> launchSource(Part& part, const std::string& what, std::vector<std::string> more)
    {
        std::vector<std::string> arguments { "source", "--call", mixerUri, "--user", part.name, "--play", what, "--listen", "127.0.0.1:0",
                                             "--rate", number(DemoPlan::sampleRateHz), "--codecs", "PCMU" };
        arguments.insert(arguments.end(), more.begin(), more.end());
        return part.launch(files.folder, arguments, false);
    }

    void enter(Stage next)
    {
        stage = next;
        stageMs = juce::Time::getMillisecondCounter();
    }

    /** @returns the address once the process has written it */
    std::string addressIn(const juce::File& file) const { return file.loadFileAsString().trim().toStdString(); }

    void timerCallback() override
    {
        if (stage != Stage::ends && stage != Stage::hangsUp && stage != Stage::over)
        {
            // A source that is through has done its part; whoever else ends, or ends badly, spoils the run.
            for (auto* part : allParts())
                if (const auto code = part->process.exitCode(); code && (*code != 0 || part == &mixer || part == &sink))
                {
                    const auto ending = part->ending(files.folder);
                    return giveUp(ending.why, ending.code);
                }
            if (secondsSince(startedMs) > limitS - DemoPlan::endSeconds)
                return giveUp("it took longer than the " + number(limitS) + " s of --time-limit", ExitCode::environment);
        }
        if (const auto moved = advance(); ! moved)
            giveUp(moved.error().message(), moved.error().code);
    }

    Result<void> advance()
    {
        switch (stage)
        {
            case Stage::confers:
                if (const auto over = conference.advance(); ! over)
                    return over.error();
                else if (over.value())
                    enter(Stage::sinkStarts);
                return {};

            case Stage::sinkStarts:
                sinkUri = addressIn(files.uriOf("sink"));
                if (! sinkUri.empty())
                {
                    enter(Stage::mixerStarts);
                    std::vector<std::string> arguments { "mixer", "--listen", "127.0.0.1:0", "--uri-file", pathOf(files.uriOf("mixer")), "--legs", "8",
                                           "--mode", "funnel", "--sink", sinkUri, "--rate", number(DemoPlan::sampleRateHz),
                                           "--jitter-buffer", number(DemoPlan::jitterBufferMs), "--codecs", "PCMU", "--record", pathOf(files.mix()),
                                           "--metrics", pathOf(files.metrics()), "--metrics-interval", "0.2" };
                    if (gui)
                        arguments.emplace_back("--gui");
                    return mixer.launch(files.folder, arguments, true);
                }
                return tooLate("the sink");

            case Stage::mixerStarts:
                mixerUri = addressIn(files.uriOf("mixer"));
                if (! mixerUri.empty())
                {
                    enter(Stage::toneAlone);
                    return launchSource(tone, "tone:" + number(DemoPlan::toneHz) + "@" + number(DemoPlan::toneDbm0),
                                        { "--duration", number(DemoPlan::toneSeconds) });
                }
                return tooLate("the mixer");

            case Stage::toneAlone:
                if (secondsSince(stageMs) < DemoPlan::toneAloneSeconds)
                    return {};
                enter(Stage::speechJoins);
                return launchSource(voice, pathOf(files.speech()), {});

            case Stage::speechJoins:
                if (secondsSince(stageMs) < DemoPlan::digitsAfterSeconds)
                    return {};
                enter(Stage::digitsPlay);
                return launchSource(digits, std::string("dtmf:") + DemoPlan::digits,
                                    { "--dtmf-on", number(DemoPlan::onMs), "--dtmf-off", number(DemoPlan::offMs),
                                      "--dtmf-level", number(DemoPlan::lowDbm0), "--dtmf-twist", number(DemoPlan::twistDb) });

            case Stage::digitsPlay:
                if (tone.process.exitCode() && voice.process.exitCode() && digits.process.exitCode())
                {
                    enter(Stage::hangsUp);
                    mixer.process.signal(SIGINT);
                }
                return {};

            case Stage::hangsUp:
                // The mixer's BYE ends the sink, whose expectations are then decided.
                if (mixer.process.exitCode() && sink.process.exitCode())
                    pronounce();
                else if (secondsSince(stageMs) > hangUpLimitS || secondsSince(startedMs) > limitS - DemoPlan::endSeconds)
                    giveUp("mixer and sink did not end within " + number(secondsSince(stageMs)) + " s", ExitCode::environment);
                return {};

            case Stage::ends:
            {
                auto someRun = conference.isRunning();
                for (auto* part : allParts())
                    someRun = part->process.isRunning() || someRun;
                if (someRun && secondsSince(stageMs) < DemoPlan::endSeconds - 0.5)
                    return {};
                for (auto* part : allParts())
                    part->process.signal(SIGKILL);
                conference.signal(SIGKILL);
                finish(failure);
                return {};
            }

            case Stage::over: break;
        }
        return {};
    }

    Result<void> tooLate(const std::string& who) const
    {
        if (secondsSince(stageMs) < startLimitS)
            return {};
        return Error { ExitCode::environment, "go on with the demo", who + " did not listen within " + number(startLimitS) + " s", {} };
    }

    /** Tells every process to end; the demo ends when they have. */
    void giveUp(const std::string& why, ExitCode code)
    {
        if (stage == Stage::ends || stage == Stage::over)
            return;
        failure = code;
        reason = why;
        for (auto* part : allParts())
            part->process.signal(SIGINT);
        conference.signal(SIGINT);
        enter(Stage::ends);
    }

    void pronounce()
    {
        for (auto* part : { &mixer, &sink })
            if (const auto code = *part->process.exitCode(); code != 0 && (part == &mixer || code != 1))
            {
                const auto ending = part->ending(files.folder);
                return giveUp(ending.why, ending.code);
            }

        const auto ears = demo::readEars(files);
        if (! ears)
            return giveUp(ears.error().message(), ears.error().code);
        if (const auto shown = demo::showHearing(ears.value(), files.page()); ! shown)
            return giveUp(shown.error().message(), shown.error().code);
        const auto judged = demo::judge(files, speech);
        if (! judged)
            return giveUp(judged.error().message(), judged.error().code);

        auto failed = 0;
        std::string text = "\nVerdict, from what was measured at the far end:\n";
        for (const auto& claim : judged.value())
        {
            text += claim.line() + "\n";
            failed += claim.holds ? 0 : 1;
        }
        text += "Who hears whom, by pilots of " + number(DemoPlan::pilotDbm0) + " dBm0 in a conference: level and one-way delay, and the own pilot's return\n";
        for (const auto& row : juce::StringArray::fromLines(demo::hearingTable(ears.value())))
            if (row.isNotEmpty())
                text += "  " + row.toStdString() + "\n";
        text += "  files " + pathOf(files.folder) + ": report.html (open it in a browser), mix.wav, sink.json, alice.json and the like, metrics.jsonl, sink.wav, speech.wav, logs\n";
        say(text);
        reason = failed == 0 ? "passed, all " + std::to_string(judged.value().size()) + " claims hold"
                             : "failed, " + std::to_string(failed) + " of " + std::to_string(judged.value().size()) + " claims do not hold";
        finish(failed == 0 ? ExitCode::passed : ExitCode::expectationFailed);
    }

    void finish(ExitCode code)
    {
        stopTimer();
        stage = Stage::over;
        terminal.reset();
        const auto text = "milliwatt demo: " + reason + " (" + juce::String(secondsSince(startedMs), 1).toStdString() + " s, exit code "
                        + std::to_string(static_cast<int>(code)) + ")\n";
        if (code == ExitCode::passed)
            say(text);
        else
        {
            std::fflush(stdout);
            std::fputs(text.c_str(), stderr);
        }
        onEnd(code);
    }

    demo::DemoFiles files;
    std::vector<float> speech;
    double limitS = DemoPlan::limitSeconds;
    bool gui = false;
    std::function<void(ExitCode)> onEnd;
    std::unique_ptr<run::Signals> signals;
    std::unique_ptr<run::Terminal> terminal;
    demo::DemoConference conference;
    Part sink { "sink", {} }, mixer { "mixer", {} }, tone { "tone", {} }, voice { "speech", {} }, digits { "digits", {} };
    Stage stage = Stage::over;
    juce::uint32 stageMs = 0, startedMs = 0;
    std::string sinkUri, mixerUri, reason;
    ExitCode failure = ExitCode::environment;
};
} // namespace

std::unique_ptr<Command> makeDemoCommand() { return std::make_unique<DemoSubCommand>(); }

} // namespace mw
