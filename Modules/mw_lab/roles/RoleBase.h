#pragma once

#include "../Roles.h"
#include "../flight/FlightRecorder.h"
#include "../measure/Expectations.h"
#include "../record/Background.h"

#include <juce_events/juce_events.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mw
{

/** What the roles share: the engine, its listener, the timer, the recorder thread, the end. Control thread. */
class RoleBase : public Role, private juce::Timer
{
public:
    /** @param role "mixer", "source" or "sink" */
    RoleBase(const Engine::Config& config, LegFactory& factory, const char* role, const FlightConfig& flight);
    ~RoleBase() override;

    [[nodiscard]] Result<void> start() final;
    RoleOutcome finish(bool interrupted) final;
    [[nodiscard]] bool isDone() const final { return done; }
    void setWhenDone(std::function<void()> call) final { whenDone = std::move(call); }
    [[nodiscard]] Engine& engine() final { return bench; }
    void poll() final;

protected:
    static constexpr int64_t lookIntervalNs = 500'000'000;  ///< between two looks at the snapshots [ns]

    // ---- for the roles ----------------------------------------------------------------------------------------------

    /** Checks everything that can be checked before the engine runs. */
    [[nodiscard]] virtual Result<void> check() = 0;

    /** Sets the mixer up and queues its first commands; the engine does not run yet. */
    [[nodiscard]] virtual Result<void> prepare() = 0;

    /** Opens files and dials; the engine runs. On an error abandon() is called after the engine was stopped. */
    [[nodiscard]] virtual Result<void> begin() = 0;

    /** Removes the files that begin() has made. */
    virtual void abandon() = 0;

    virtual void onEvent(const LegEvent& event, const CallInfo& call) = 0;
    virtual void onPoll() = 0;

    /** How often poll() is called [Hz]. */
    [[nodiscard]] virtual int pollHz() const noexcept { return 20; }

    /** The engine still runs: the last look at it. */
    virtual void beforeStop() {}

    /** The engine has stopped: closes files and judges. @param interrupted by a signal or the user's quit */
    virtual RoleOutcome conclude(bool interrupted) = 0;

    void setDone();
    [[nodiscard]] bool isFinishing() const noexcept { return finishing; }
    [[nodiscard]] int64_t nowNs() const noexcept { return clock->nowNs(); }
    [[nodiscard]] double secondsSinceStart() const noexcept { return static_cast<double>(nowNs() - startedNs) * 1e-9; }

    /** "call to sip:bob@… failed: 486 Busy Here" */
    [[nodiscard]] static std::string failureLine(const CallInfo& call);

    /** "incidents: none", or each counter that is not 0 */
    [[nodiscard]] static std::string incidentLine(const EngineSnapshot& snapshot);

    /** Tells the flight recorder, if there is one, what was expected of a call that ends now, and whether it held. */
    void judged(LegId leg, const std::vector<ExpectationResult>& expectations);

    /** In conclude(): where a call's flight recorder's folder is; empty: there is none. */
    [[nodiscard]] std::string flightFolderOf(LegId leg) const { return flight != nullptr ? flight->folderOf(leg) : std::string(); }

    /** In conclude(), before reports are written: an account that is not registered at the end makes a run that passed one that failed. */
    void concludeAccounts(RoleOutcome& outcome) const;

    /** In conclude(): adds what the flight recorder did. @returns what went wrong with it */
    std::optional<Error> concludeFlight(RoleOutcome& outcome) const;

    const std::shared_ptr<Clock> clock;
    Engine bench;
    Background background;

private:
    void timerCallback() override { poll(); }

    static Engine::Config completed(Engine::Config config, const std::shared_ptr<Clock>& clock, const char* role);

    Result<void> tryToStart();
    void undoStart() noexcept;
    void keepAccount(const LegEvent& event);
    void tellFlight(const LegEvent& event, const CallInfo& call);
    template <typename Work> bool orEndForWantOfMemory(Work work) noexcept;

    const FlightConfig flightConfig;
    std::unique_ptr<FlightRecorder> flight;  ///< null: none is wanted, or none runs
    std::map<std::string, std::string> unregistered;  ///< accounts whose last registration failed, and the line that tells
    std::function<void()> whenDone;
    int listener = 0;
    int64_t startedNs = 0, lookedNs = 0;
    bool running = false, done = false, finishing = false;  ///< control thread
    bool wantedMemory = false;  ///< control thread: something of this run was lost for want of it
    std::optional<RoleOutcome> ended;
};

} // namespace mw
