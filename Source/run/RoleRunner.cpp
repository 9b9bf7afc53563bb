#include "RoleRunner.h"

#include "../cli/HelpText.h"

#include <mw_lab/record/WholeFile.h>
#include <mw_lab/report/JuceText.h>

namespace mw::run
{

namespace
{
/** One line about an event; empty when it is only for --verbose and that was not asked for. */
std::string lineAbout(const LegEvent& event, const CallInfo& call, bool verbose)
{
    const auto who = "call " + std::to_string(event.leg) + " " + (event.peerUri.empty() ? call.peerUri : event.peerUri);
    const auto why = (event.sipCode != 0 ? " " + std::to_string(event.sipCode) : std::string())
                   + (event.reason.empty() ? std::string() : " " + event.reason);
    switch (event.kind)
    {
        case LegEvent::Kind::incoming:
            if (call.state == CallState::closed)
                return who + ": refused," + (why.empty() ? " no leg is free" : why);
            return verbose ? who + ": rings" : "";
        case LegEvent::Kind::ringing: return verbose ? who + ": the callee rings" : "";
        case LegEvent::Kind::established: return who + ": established";
        case LegEvent::Kind::mediaReady: return verbose ? who + ": sound as " + call.codec : "";
        case LegEvent::Kind::held: return verbose ? who + ": holds us" : "";
        case LegEvent::Kind::resumed: return verbose ? who + ": took us back" : "";
        case LegEvent::Kind::dtmf: return verbose ? who + ": sent digit " + std::string(1, event.digit) : "";
        case LegEvent::Kind::closed: return who + ": " + (event.failed ? "failed," : "ended,") + (why.empty() ? " hung up" : why);
        case LegEvent::Kind::registered: return "registered " + event.peerUri;
        case LegEvent::Kind::registrationFailed: return "registration of " + event.peerUri + " failed," + why;
    }
    return {};
}
} // namespace

RoleRunner::RoleRunner(Role& r, RunnerOptions o, std::function<void(ExitCode)> e)
    : role(r), options(std::move(o)), onEnd(std::move(e))
{
}

RoleRunner::~RoleRunner()
{
    stopTimer();
    role.setWhenDone(nullptr);
    if (listener >= 0)
        role.engine().removeListener(listener);
}

Result<void> RoleRunner::start()
{
    // Before the engine: a signal that comes while it starts must find someone to answer it.
    signals = std::make_unique<Signals>([this] { interrupt(); }, [this] { if (terminal) terminal->resume(); });

    auto started = role.start();
    if (! started)
    {
        signals.reset();
        return started;
    }

    auto& engine = role.engine();
    if (! options.uriFile.empty())
    {
        const juce::File file(juce::File::getCurrentWorkingDirectory().getChildFile(options.uriFile));
        if (auto written = writeWholeFile(file, engine.localUri() + "\n", "the address file"); ! written)
        {
            juce::ignoreUnused(role.finish(true));
            signals.reset();
            return written;
        }
    }

    if (options.openWindow)
    {
        auto opened = options.openWindow(engine, [this] { interrupt(); });
        if (! opened)
        {
            juce::ignoreUnused(role.finish(true));
            signals.reset();
            return opened.error();
        }
        window = std::move(opened).value();
    }

    keys = std::make_unique<RunKeys>(engine, options.keys, options.digit, [this] { interrupt(); });
    terminal = std::make_unique<Terminal>(options.quiet ? std::function<void(const std::vector<Key>&)>()
                                                        : [this](const std::vector<Key>& pressed) {
                                                              for (const auto& key : pressed)
                                                                  keys->press(key);
                                                              showStatus();
                                                          });
    listener = engine.addListener([this](const LegEvent& event, const CallInfo& call) { note(event, call); });

    if (! options.quiet)
        terminal->print(options.name + ": listens on " + engine.localUri() + options.listenNote + (terminal->readsKeys() ? "; h shows the keys, q quits\n" : "\n"));
    startTimerHz(! options.quiet && terminal->refreshes() ? refreshesPerSecond : 1);
    role.setWhenDone([this] { endSoon(false); });
    if (role.isDone())
        endSoon(false);
    return {};
}

void RoleRunner::endSoon(bool interrupted)
{
    // Not from within a callback of the role's, a key's or a signal's, which end() removes.
    juce::MessageManager::callAsync([weak = juce::WeakReference<RoleRunner>(this), interrupted] {
        if (auto* self = weak.get())
            self->end(interrupted);
    });
}

void RoleRunner::timerCallback()
{
    if (role.isDone())
        endSoon(false);
    showStatus();
}

void RoleRunner::showStatus()
{
    if (options.quiet || ending)
        return;
    const auto snapshot = role.engine().snapshot();
    if (! terminal->refreshes())
    {
        terminal->print(statusLine(snapshot) + "\n");
        return;
    }

    const auto width = terminal->width();
    const auto cut = [width](std::string line) {
        juce::String text = juceText(line);
        return (text.length() > width ? text.substring(0, width) : text).toStdString() + "\n";
    };
    auto text = statusTable(snapshot, width, terminal->hasColours());
    for (const auto& line : notes)
        text += cut(line);
    if (terminal->readsKeys())
    {
        const auto channel = keys->chosenChannel();
        text += cut((channel >= 0 ? "leg " + std::to_string(channel + 1) + " chosen" : std::string("no leg"))
                    + (keys->message().empty() ? "" : " | " + keys->message()) + " | h help, q quit");
        if (keys->showsHelp())
        {
            const auto help = options.keys == RunKeys::Set::mixer
                                ? cli::keyHelp(width)
                                : std::string("tab up down  choose a call\nx  b         hang it up\nq            quit\n");
            juce::StringArray lines;
            lines.addLines(juceText(help));
            for (const auto& line : lines)
                if (line.isNotEmpty())
                    text += cut(line.toStdString());
        }
    }
    terminal->show(text);
}

void RoleRunner::note(const LegEvent& event, const CallInfo& call)
{
    const auto line = lineAbout(event, call, options.verbose);
    if (line.empty() || options.quiet)
        return;
    if (! terminal->refreshes())
    {
        terminal->print(line + "\n");
        return;
    }
    notes.push_back(line);
    if (notes.size() > notesShown)
        notes.pop_front();
}

void RoleRunner::end(bool interrupted)
{
    if (ending)
        return;
    showStatus();
    ending = true;
    stopTimer();
    role.setWhenDone(nullptr);
    window.reset();

    const auto outcome = role.finish(interrupted);
    if (listener >= 0)
        role.engine().removeListener(std::exchange(listener, -1));

    std::string text;
    for (const auto& line : outcome.lines)
        text += "  " + line + "\n";
    text += options.name + ": " + (outcome.verdict.empty() ? std::string("ended") : outcome.verdict) + "\n";
    terminal->print(text);
    terminal.reset();

    const auto done = onEnd;  // it may destroy this object
    done(outcome.code);
}

} // namespace mw::run
