#include "DemoCallers.h"

#include "DemoPlan.h"
#include "DemoSpeech.h"

#include <csignal>

namespace mw::demo
{

namespace
{
std::string number(double value) { return juce::String(value).toStdString(); }

/** An address that can be called from this machine. */
std::string reachable(const std::string& uri)
{
    return juce::String(uri).replace("@0.0.0.0:", "@127.0.0.1:").replace("@[::]:", "@[::1]:").toStdString();
}
} // namespace

DemoCallers::~DemoCallers()
{
    for (auto& caller : callers)
        caller.signal(SIGINT);
    if (folder != juce::File())
        folder.deleteRecursively();
}

Result<void> DemoCallers::start(const std::string& mixerUri)
{
    if (folder == juce::File())
        folder = juce::File::createTempFile("milliwatt-demo");
    if (const auto made = folder.createDirectory(); made.failed())
        return Error { ExitCode::environment, "make the folder " + folder.getFullPathName().toStdString(), made.getErrorMessage().toStdString(), {} };
    const auto speech = folder.getChildFile("speech.wav");
    if (const auto written = writeSpeech(DemoPlan::speechSeconds, DemoPlan::speechDbm0, speech); ! written)
        return written.error();
    const auto uri = reachable(mixerUri);
    const std::array<std::pair<const char*, std::string>, 3> sounds {
        std::pair { "speech", speech.getFullPathName().toStdString() },
        std::pair { "tone", "tone:" + number(DemoPlan::toneHz) + "@" + number(DemoPlan::toneDbm0) },
        std::pair { "digits", std::string("dtmf:") + DemoPlan::digits } };
    for (size_t i = 0; i < callers.size(); ++i)
        if (auto launched = launch(callers[i], sounds[i].first, sounds[i].second, uri); ! launched)
        {
            for (auto& caller : callers)
                caller.signal(SIGINT);
            return launched;
        }
    return {};
}

Result<void> DemoCallers::launch(run::ChildProcess& caller, const std::string& name, const std::string& what, const std::string& mixerUri)
{
    if (caller.isRunning())
        return {};
    std::vector<std::string> arguments { juce::File::getSpecialLocation(juce::File::currentExecutableFile).getFullPathName().toStdString(),
                                         "source", "--call", mixerUri, "--user", name, "--play", what, "--repeat", "--listen", "127.0.0.1:0", "-q" };
    if (name == "digits")
        for (const auto& each : { std::string("--dtmf-level"), number(DemoPlan::lowDbm0), std::string("--dtmf-twist"), number(DemoPlan::twistDb) })
            arguments.push_back(each);
    return caller.start(arguments, folder.getChildFile(juce::String(name) + ".log").getFullPathName().toStdString(), false);
}

} // namespace mw::demo
