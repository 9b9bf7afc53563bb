#include "RoleBase.h"

#include "../report/Incidents.h"
#include "../report/JuceText.h"

#include <new>
#include <utility>

namespace mw
{

Engine::Config RoleBase::completed(Engine::Config config, const std::shared_ptr<Clock>& clockToUse, const char* role)
{
    config.clock = clockToUse;
    config.role = role;
    return config;
}

RoleBase::RoleBase(const Engine::Config& config, LegFactory& factory, const char* role, const FlightConfig& flightToKeep)
    : clock(config.clock != nullptr ? config.clock : std::make_shared<RealClock>()),
      bench(completed(config, clock, role), factory),
      background(config.runMediaThread ? Background::Mode::ownThread : Background::Mode::byHand),
      flightConfig(flightToKeep)
{
}

RoleBase::~RoleBase()
{
    stopTimer();
    if (listener != 0)
        bench.removeListener(listener);
    bench.stop();
}

Result<void> RoleBase::start()
{
    if (running)
        return Error { ExitCode::wrongUse, "start", "it is running already", "" };
    try
    {
        return tryToStart();
    }
    catch (const std::bad_alloc&)
    {
        undoStart();
        return Error { ExitCode::environment, "start", "no memory", "" };
    }
}

Result<void> RoleBase::tryToStart()
{
    if (auto checked = check(); ! checked)
        return checked;
    if (auto checked = flightConfig.check(); ! checked)
        return checked;
    if (auto prepared = prepare(); ! prepared)
        return prepared;

    done = finishing = wantedMemory = false;
    ended.reset();
    unregistered.clear();
    if (listener == 0)
        listener = bench.addListener([this](const LegEvent& event, const CallInfo& call) {
            if (orEndForWantOfMemory([&] {
                    keepAccount(event);
                    onEvent(event, call);
                    tellFlight(event, call);
                }))
                return;
            // A call that the role cannot follow is none; without its end the role would wait for it for ever.
            if (event.kind == LegEvent::Kind::closed)
                setDone();
            else
                orEndForWantOfMemory([&] { bench.hangUp(event.leg); });
        });
    flight.reset();
    if (flightConfig.isWanted())
    {
        auto made = FlightRecorder::create(flightConfig, bench, background);
        if (! made)
            return made.error();
        flight = std::move(made.value());
    }
    if (auto started = bench.start(); ! started)
    {
        undoStart();
        return started;
    }

    startedNs = nowNs();
    running = true;
    if (auto begun = begin(); ! begun)
    {
        undoStart();
        return begun;
    }
    if (bench.config().runMediaThread)
        startTimerHz(pollHz());
    return {};
}

void RoleBase::undoStart() noexcept
{
    stopTimer();
    finishing = true;
    bench.stop();
    if (std::exchange(running, false))
        abandon();
    if (flight != nullptr)
        orEndForWantOfMemory([this] { flight->abandon(); });
    flight.reset();
    background.stop();
}

/** @returns whether the work was done; a run that lost something for want of memory says so at its end */
template <typename Work>
bool RoleBase::orEndForWantOfMemory(Work work) noexcept
{
    try
    {
        work();
        return true;
    }
    catch (const std::bad_alloc&)
    {
        wantedMemory = true;
        return false;
    }
}

void RoleBase::setDone()
{
    if (! std::exchange(done, true) && whenDone)
        orEndForWantOfMemory(whenDone);
}

void RoleBase::poll()
{
    if (! running)
        return;
    if (! bench.config().runMediaThread)
        background.runByHand();
    orEndForWantOfMemory([this] {
        if (nowNs() - lookedNs >= lookIntervalNs)  // a stall shows only to who looks
        {
            lookedNs = nowNs();
            [[maybe_unused]] const auto looked = bench.snapshot();
        }
        onPoll();
        if (flight != nullptr)
            flight->poll();
    });
}

RoleOutcome RoleBase::finish(bool interrupted)
{
    if (ended.has_value())
        return *ended;
    if (! running)
        return ended.emplace(RoleOutcome { ExitCode::environment, "failed: it was not started", {} });

    stopTimer();
    poll();
    finishing = true;
    beforeStop();
    bench.stop();
    running = false;
    done = true;
    if (flight != nullptr)
        orEndForWantOfMemory([this] { flight->finish(); });
    ended.emplace(conclude(interrupted));
    if (wantedMemory && ended->code == ExitCode::passed)
    {
        ended->code = ExitCode::environment;
        ended->verdict = "failed: there was no memory for all that happened in the run";
    }
    return *ended;
}

void RoleBase::keepAccount(const LegEvent& event)
{
    if (event.kind == LegEvent::Kind::registered)
        unregistered.erase(event.peerUri);
    else if (event.kind == LegEvent::Kind::registrationFailed && ! finishing)  // at the end it is we who leave
        unregistered[event.peerUri] = "registration of " + event.peerUri + " failed:" + (event.sipCode > 0 ? " " + std::to_string(event.sipCode) : "")
                                    + (event.reason.empty() ? " no reason was given" : " " + event.reason);
}

void RoleBase::concludeAccounts(RoleOutcome& outcome) const
{
    for (const auto& [account, line] : unregistered)
        outcome.lines.push_back(line);
    if (unregistered.empty() || outcome.code != ExitCode::passed)
        return;
    outcome.code = ExitCode::callFailed;
    outcome.verdict = "failed: " + unregistered.begin()->second;
}

void RoleBase::tellFlight(const LegEvent& event, const CallInfo& call)
{
    if (flight == nullptr)
        return;
    auto info = call;
    info.failed = info.failed && ! finishing;  // it was we who ended it
    flight->heard(event, info);
}

void RoleBase::judged(LegId leg, const std::vector<ExpectationResult>& expectations)
{
    if (flight == nullptr)
        return;
    auto* json = new juce::DynamicObject();
    const juce::var said(json);
    juce::Array<juce::var> lines;
    auto held = true;
    for (const auto& expectation : expectations)
    {
        held = held && expectation.outcome == ExpectationOutcome::held;
        lines.add(juceText(expectation.line()));
    }
    json->setProperty("held", expectations.empty() ? juce::var() : juce::var(held));
    json->setProperty("expectations", lines);
    flight->judged(leg, held, said);
}

std::optional<Error> RoleBase::concludeFlight(RoleOutcome& outcome) const
{
    if (flight == nullptr)
        return std::nullopt;
    outcome.lines.push_back(flight->line());
    return flight->error();
}

std::string RoleBase::incidentLine(const EngineSnapshot& snapshot)
{
    const auto incidents = incidentText(snapshot);
    return "incidents: " + (incidents.empty() ? "none" : incidents);
}

std::string RoleBase::failureLine(const CallInfo& call)
{
    std::string text = call.outgoing ? "call to " : "call from ";
    text += call.peerUri + (call.establishedNs == 0 ? " failed:" : " broke:");
    if (call.sipCode > 0)
        text += " " + std::to_string(call.sipCode);
    return text + (call.reason.empty() ? " no reason was given" : " " + call.reason);
}

} // namespace mw
