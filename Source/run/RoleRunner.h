#pragma once

#include "RunKeys.h"
#include "Signals.h"
#include "Terminal.h"

#include <mw_lab/mw_lab.h>

#include <juce_events/juce_events.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace mw::run
{

/** A window on a run; closing it is up to the runner, which destroys it before the role ends. */
class RunWindow
{
public:
    virtual ~RunWindow() = default;
};

/** How a run is shown and steered. */
struct RunnerOptions
{
    std::string name;                       ///< "milliwatt mixer", in front of messages
    RunKeys::Set keys = RunKeys::Set::calls;
    DtmfSettings digit;                     ///< times and levels of digits that are typed
    bool quiet = false;                     ///< the verdict and errors alone
    bool verbose = false;                   ///< also ringing, hold, media and received digits as lines
    std::string listenNote;                 ///< put behind our address when it is shown; may be empty
    std::function<Result<std::unique_ptr<RunWindow>>(Engine&, std::function<void()> quit)> openWindow;  ///< null: none
    std::string uriFile;                    ///< where our address is written once we listen; empty: nowhere
};

/** Runs a role on JUCE's message loop to its end: by itself, by a signal, by `q`. Shows the status meanwhile, and the
    verdict at the end. Control thread; it can be followed by another, in the same process, any number of times. */
class RoleRunner final : private juce::Timer
{
public:
    /** @param onEnd called once, from the message loop, when all is finished and printed; it may destroy the runner */
    RoleRunner(Role& role, RunnerOptions options, std::function<void(ExitCode)> onEnd);
    ~RoleRunner() override;

    /** Starts the role. On an error nothing runs and onEnd is not called. */
    [[nodiscard]] Result<void> start();

    /** Ends the run as a signal would. */
    void interrupt() { endSoon(true); }

private:
    void timerCallback() override;
    void endSoon(bool interrupted);
    void showStatus();
    void note(const LegEvent& event, const CallInfo& call);
    void end(bool interrupted);

    static constexpr int refreshesPerSecond = 5;
    static constexpr size_t notesShown = 4;

    Role& role;
    RunnerOptions options;
    std::function<void(ExitCode)> onEnd;
    std::unique_ptr<Signals> signals;
    std::unique_ptr<Terminal> terminal;
    std::unique_ptr<RunKeys> keys;
    std::unique_ptr<RunWindow> window;
    std::deque<std::string> notes;             ///< what happened last, shown below the table
    int listener = -1;
    bool ending = false;

    JUCE_DECLARE_WEAK_REFERENCEABLE(RoleRunner)
};

} // namespace mw::run
