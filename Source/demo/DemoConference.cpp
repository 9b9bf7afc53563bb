#include "DemoConference.h"

#include "DemoPlan.h"

#include <csignal>

namespace mw::demo
{

namespace
{
constexpr double startLimitS = 20.0;  ///< for the mixer to listen, and for the sources to be in the call [s]
constexpr double endLimitS = 8.0;     ///< for all processes to end after they were told [s]

std::string pathOf(const juce::File& file) { return file.getFullPathName().toStdString(); }
} // namespace

Result<void> DemoConference::start(const DemoFiles& filesToWrite)
{
    files = filesToWrite;
    enter(Stage::mixerStarts);
    return mixer.launch(files.folder, { "mixer", "--listen", "127.0.0.1:0", "--uri-file", pathOf(files.uriOf(mixer.name)), "--legs",
                                        std::to_string(sources.size()), "--mode", "conference", "--rate", std::to_string(DemoPlan::sampleRateHz),
                                        "--jitter-buffer", std::to_string(DemoPlan::jitterBufferMs), "--max-backlog", std::to_string(DemoPlan::maxBacklogMs),
                                        "--codecs", DemoPlan::pilotCodec, "--metrics", pathOf(files.conferenceMetrics()), "--metrics-interval", "0.1" }, false);
}

Result<void> DemoConference::callTheMixer(const std::string& uri)
{
    std::string names;
    for (size_t i = 0; i < sources.size(); ++i)
        names += (i == 0 ? "" : ",") + std::to_string(i + 1) + "=" + DemoPlan::talkers[i];
    for (size_t i = 0; i < sources.size(); ++i)
    {
        sources[i].name = DemoPlan::talkers[i];
        const auto pilot = std::to_string(i + 1) + "@" + juce::String(DemoPlan::pilotDbm0).toStdString();
        if (auto launched = sources[i].launch(files.folder, { "source", "--call", uri, "--user", sources[i].name, "--listen", "127.0.0.1:0", "--rate",
                                                              std::to_string(DemoPlan::sampleRateHz), "--codecs", DemoPlan::pilotCodec,
                                                              "--jitter-buffer", std::to_string(DemoPlan::jitterBufferMs),
                                                              "--max-backlog", std::to_string(DemoPlan::maxBacklogMs), "--pilot", pilot,
                                                              "--pilot-names", names, "--report", pathOf(files.hearing(i)) }, false); ! launched)
            return launched;
    }
    return {};
}

Result<bool> DemoConference::advance()
{
    // Nobody may leave before all have heard each other.
    if (stage != Stage::ends && stage != Stage::over)
        for (auto* part : allParts())
            if (part->process.exitCode())
                return part->ending(files.folder);
    const auto tooLate = [this](const std::string& what) -> Result<bool> {
        if (secondsInStage() < startLimitS)
            return false;
        return Error { ExitCode::environment, "go on with the demo", what + " within " + juce::String(startLimitS).toStdString() + " s", {} };
    };

    switch (stage)
    {
        case Stage::mixerStarts:
            if (const auto uri = files.uriOf(mixer.name).loadFileAsString().trim().toStdString(); ! uri.empty())
            {
                enter(Stage::gathers);
                if (auto called = callTheMixer(uri); ! called)
                    return called.error();
                return false;
            }
            return tooLate("the conference's mixer did not listen");

        case Stage::gathers:
            if (established() < static_cast<int>(sources.size()))
                return tooLate("the three sources of the conference were not in their calls");
            enter(Stage::listens);
            return false;

        case Stage::listens:
            if (secondsInStage() >= DemoPlan::pilotSeconds)
            {
                enter(Stage::ends);
                mixer.process.signal(SIGINT);  // whose BYE ends the sources
            }
            return false;

        case Stage::ends:
            if (isRunning())
            {
                if (secondsInStage() > endLimitS)
                    return Error { ExitCode::environment, "go on with the demo", "the conference did not end within 8 s", {} };
                return false;
            }
            for (auto* part : allParts())
                if (part->process.exitCode() != 0)
                    return part->ending(files.folder);
            enter(Stage::over);
            return true;

        case Stage::over: break;
    }
    return true;
}

/** Calls that stand, by the mixer's last line of metrics that is whole. */
int DemoConference::established() const
{
    juce::StringArray lines;
    lines.addLines(files.conferenceMetrics().loadFileAsString());
    for (int i = lines.size(); --i >= 0;)
    {
        const auto snapshot = juce::JSON::fromString(lines[i]);
        if (! snapshot.isObject())
            continue;
        auto count = 0;
        for (int call = 0; call < snapshot["calls"].size(); ++call)
            count += snapshot["calls"][call]["state"].toString() == "established" ? 1 : 0;
        return count;
    }
    return 0;
}

void DemoConference::enter(Stage next)
{
    stage = next;
    stageMs = juce::Time::getMillisecondCounter();
}

double DemoConference::secondsInStage() const { return (juce::Time::getMillisecondCounter() - stageMs) / 1000.0; }

void DemoConference::signal(int number) noexcept
{
    for (auto* part : allParts())
        part->process.signal(number);
}

bool DemoConference::isRunning()
{
    auto someRun = false;
    for (auto* part : allParts())
        someRun = part->process.isRunning() || someRun;
    return someRun;
}

} // namespace mw::demo
