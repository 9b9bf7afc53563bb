#include "RoleBase.h"

#include "../measure/CallMeasurements.h"
#include "../pilot/PilotPlayer.h"
#include "../play/SpecPlayer.h"
#include "../report/Numbers.h"
#include "../report/SourceReport.h"
#include "SourceEar.h"

#include <algorithm>

namespace mw
{

namespace
{

/** Silence that is sent after the last sample, so that it leaves the far end's jitter buffer before the BYE [ms]. */
constexpr int sourceDrainMs = 500;
constexpr double highestToneShare = 0.49;  ///< of the engine's rate

/** A source's engine: calls that come in are its own business to refuse, and the legs hear the house, not each other. */
Engine::Config sourceEngine(Engine::Config config)
{
    config.answerAutomatically = false;
    return config;
}

class SourceRole final : public RoleBase
{
public:
    SourceRole(const SourceRoleConfig& configToUse, LegFactory& factory)
        : RoleBase(sourceEngine(configToUse.engine), factory, "source", configToUse.flight), config(configToUse)
    {
    }

private:
    struct Call
    {
        LegId leg = 0;
        bool answered = false, hasMedia = false, over = false, failed = false, endedByPeer = false;  ///< control thread
        std::string failure;
        std::unique_ptr<SourceEar> ear;
        TapPoint tap;
        std::optional<SinkCall> measured;

        [[nodiscard]] bool isReady() const noexcept { return answered && hasMedia && ! over; }
    };

    Result<void> check() override
    {
        const auto wrong = [](const std::string& what, const std::string& why, const std::string& remedy) {
            return Error { ExitCode::wrongUse, what, why, remedy };
        };
        if (config.count < 1 || config.count > config.engine.mixer.maxLegs)
            return wrong("make " + std::to_string(config.count) + " calls", "the engine has "
                         + std::to_string(config.engine.mixer.maxLegs) + " legs", "change the count or the number of legs");
        if (! (config.durationS >= 0.0))
            return wrong("run the source", "a time is out of range", "give seconds above 0");
        if (config.record != juce::File())
            if (auto writable = checkWritable(config.record, "the recording"); ! writable)
                return writable;
        if (auto writable = config.reports.check(config.record); ! writable)
            return writable;
        auto pilots = PilotMeasurement::expectedPilots(config.expectations, config.pilotNames);
        if (! pilots)
            return pilots.error();
        expectedPilots = std::move(pilots.value());

        const auto& play = config.play;
        if (play.kind == PlaySpec::Kind::tone)
        {
            if (play.frequencyHz > highestToneShare * config.engine.sampleRateHz)
                return wrong("play a tone of " + fixedText(play.frequencyHz, 1) + " Hz",
                             "the engine's rate is " + std::to_string(config.engine.sampleRateHz) + " Hz", "raise the rate");
            if (play.levelDbm0 > overloadDbm0(config.engine.mixer.law))
                return wrong("play a tone of " + fixedText(play.levelDbm0, 2) + " dBm0", "it would clip",
                             "give at most " + fixedText(overloadDbm0(config.engine.mixer.law), 2) + " dBm0");
        }
        if (play.kind == PlaySpec::Kind::dtmf)
            return play.dtmf.check();
        auto made = makeSpecPlayer(play, config.engine.sampleRateHz, config.engine.mixer.law, config.repeat ? Repeat::yes : Repeat::no);
        if (! made)
            return made.error();
        player = std::move(made.value());
        return {};
    }

    Result<void> prepare() override
    {
        MixerCommand mode;
        mode.kind = MixerCommand::Kind::setMode;
        mode.mode = MixMode::funnel;
        if (auto set = bench.command(mode); ! set)
            return set;
        bench.mixer().setDtmfOn(true);
        calls.clear();
        runError.reset();
        playing = played = false;
        drainsFromSample.reset();
        playedSeconds = 0.0;
        return {};
    }

    Result<void> begin() override
    {
        for (int i = 0; i < config.count; ++i)
        {
            auto leg = bench.dial(config.callUri, "source");
            if (! leg)
                return leg.error();
            if (auto set = bench.setRole(leg.value(), LegRole::sink); ! set)
                return set;
            calls.emplace_back();
            calls.back().leg = leg.value();
        }
        return {};
    }

    void abandon() override { calls.clear(); }

    Call* find(LegId leg)
    {
        const auto found = std::find_if(calls.begin(), calls.end(), [leg](const Call& call) { return call.leg == leg; });
        return found == calls.end() ? nullptr : &*found;
    }

    void onEvent(const LegEvent& event, const CallInfo& info) override
    {
        if (event.kind == LegEvent::Kind::incoming)
        {
            bench.reject(event.leg, 486, bench.config().refusalReason);
            return;
        }
        auto* call = find(event.leg);
        if (call == nullptr)
            return;
        switch (event.kind)
        {
            case LegEvent::Kind::established: call->answered = true; break;
            case LegEvent::Kind::mediaReady:
                call->hasMedia = true;
                listen(*call, info);
                break;
            case LegEvent::Kind::closed: closed(*call, event, info); break;
            default: return;
        }
        beginPlayingWhenAllAreThere();
    }

    void listen(Call& call, const CallInfo& info)
    {
        if (! SourceEar::isWanted(config) || call.ear != nullptr || info.channel < 0)
            return;
        auto opened = SourceEar::create(config, expectedPilots, static_cast<int>(&call - calls.data()) + 1, info.codec, background);
        if (! opened)
        {
            runError = opened.error();
            setDone();
            return;
        }
        call.ear = std::move(opened.value());
        call.tap = { TapPoint::Kind::legIn, info.channel };
        bench.mixer().setTap(call.tap, call.ear->fifo());
    }

    /** The call is over: all that was heard on it, and whether it was as expected. */
    void settle(Call& call, const CallInfo& info)
    {
        if (call.ear != nullptr)
        {
            bench.mixer().setTap(call.tap, nullptr);
            call.ear->finish();
        }
        if (! SourceEar::measures(config) || call.measured.has_value())
            return;
        auto& measured = call.measured.emplace();
        measured.info = info;
        if (isFinishing())
            measured.info.failed = false;  // it was we who ended it
        measured.media = bench.mediaStats(call.leg);
        if (call.ear != nullptr)
        {
            measured.analysis = *call.ear->analysis();
            measured.recording = call.ear->recording();
            measured.history = call.ear->soundHistory();
        }
        measured.figures = callFigures(bench, measured.info, measured.analysis, config.engine.mixer.law,
                                       { config.expectations, config.pilotNames, false });
        for (const auto& expectation : config.expectations)
            measured.expectations.push_back(ExpectationResult::of(expectation, measured.figures));
        judged(call.leg, measured.expectations);
    }

    void closed(Call& call, const LegEvent& event, const CallInfo& info)
    {
        const auto wasOver = std::exchange(call.over, true);
        settle(call, info);
        if (isFinishing() || wasOver)
            return;
        if (event.failed || info.establishedNs == 0)
        {
            call.failed = true;
            call.failure = failureLine(info);
        }
        else
        {
            call.endedByPeer = true;
            if (endsByItself() && ! played)
            {
                call.failed = true;
                call.failure = "call to " + info.peerUri + " was ended by the peer before everything was played";
            }
        }
        if (std::all_of(calls.begin(), calls.end(), [](const Call& each) { return each.over; }))
            setDone();
    }

    /** Whether there is an end of what is played. */
    [[nodiscard]] bool endsByItself() const noexcept
    {
        return config.durationS > 0.0
               || (! config.repeat && config.play.ends());
    }

    /** All legs hear the same from its first sample on, so it begins when no call is still being set up. */
    void beginPlayingWhenAllAreThere()
    {
        const auto pending = std::any_of(calls.begin(), calls.end(), [](const Call& call) { return ! call.over && ! call.isReady(); });
        const auto ready = std::any_of(calls.begin(), calls.end(), [](const Call& call) { return call.isReady(); });
        if (playing || pending || ! ready || isFinishing())
            return;

        playing = true;
        const auto snapshot = bench.snapshot();
        beganAtSample = snapshot.mixer.samplePosition;
        beganAtNs = nowNs();
        if (config.pilot.number != 0)
            bench.mixer().setPlayer(
                std::make_shared<PilotPlayer>(player, config.pilot, config.engine.sampleRateHz, config.engine.mixer.law));
        else if (player != nullptr)
            bench.mixer().setPlayer(player);
        if (player != nullptr)
            return;
        MixerCommand command;
        switch (config.play.kind)
        {
            case PlaySpec::Kind::silence:
            case PlaySpec::Kind::file:
            case PlaySpec::Kind::multiTone:
            case PlaySpec::Kind::sweep:
            case PlaySpec::Kind::noise:
            case PlaySpec::Kind::list: break;
            case PlaySpec::Kind::tone:
                command.kind = MixerCommand::Kind::setTone;
                command.frequencyHz = config.play.frequencyHz;
                command.levelDbm0 = config.play.levelDbm0;
                play(command);
                break;
            case PlaySpec::Kind::dtmf:
                command.kind = MixerCommand::Kind::playDtmf;
                command.dtmf = config.play.dtmf;
                command.dtmf.law = config.engine.mixer.law;
                command.dtmf.loop = config.play.dtmf.loop || config.repeat;
                play(command);
                break;
        }
    }

    void play(const MixerCommand& command)
    {
        auto taken = bench.command(command);
        if (taken)
            return;
        runError = taken.error();
        setDone();
    }

    /** Samples of the engine that the sequence takes. */
    [[nodiscard]] uint64_t dtmfSamples() const noexcept
    {
        const auto& dtmf = config.play.dtmf;
        const auto lengthMs = uint64_t { dtmf.sequence.length } * static_cast<uint64_t>(dtmf.onMs + dtmf.offMs);
        return samplesOf(lengthMs);
    }

    [[nodiscard]] uint64_t samplesOf(uint64_t ms) const noexcept
    {
        return ms * static_cast<uint64_t>(config.engine.sampleRateHz) / 1000;
    }

    void onPoll() override
    {
        if (! playing)
            return;
        if (config.durationS > 0.0)
        {
            if (static_cast<double>(nowNs() - beganAtNs) * 1e-9 >= config.durationS)
                complete();
            return;
        }
        if (! endsByItself())
            return;

        const auto position = bench.snapshot().mixer.samplePosition;
        if (player != nullptr)
        {
            if (! player->isFinished())
                return;
            if (! drainsFromSample.has_value())
                drainsFromSample = position;
        }
        else if (! drainsFromSample.has_value())
        {
            // The command takes effect within the two blocks that follow it.
            drainsFromSample = beganAtSample + dtmfSamples() + samplesOf(static_cast<uint64_t>(2 * config.engine.blockMs));
        }
        if (position >= *drainsFromSample + samplesOf(sourceDrainMs))
            complete();
    }

    void complete()
    {
        played = true;
        setDone();
    }

    void beforeStop() override
    {
        last = bench.snapshot();
        const auto position = last.mixer.samplePosition;
        playedSeconds = playing ? static_cast<double>(position - beganAtSample) / config.engine.sampleRateHz : 0.0;
    }

    RoleOutcome conclude(bool interrupted) override
    {
        bench.mixer().setPlayer(nullptr);
        RoleOutcome outcome;
        size_t failed = 0, held = 0, asked = 0;
        for (auto& call : calls)
        {
            if (call.failed || ! call.answered)
            {
                ++failed;
                if (call.failure.empty())
                    call.failure = "call to " + config.callUri + " failed: ended before it was answered";
                outcome.lines.push_back(call.failure);
            }
            settle(call, bench.call(call.leg).value_or(CallInfo {}));
            if (call.ear != nullptr)
            {
                if (const auto line = call.ear->recordingLine(); ! line.empty())
                    outcome.lines.push_back(line);
                if (const auto error = call.ear->recordingError(); error.has_value() && ! runError.has_value())
                    runError = error;
            }
            if (! call.measured.has_value())
                continue;
            const auto which = calls.size() > 1 ? "call " + std::to_string(&call - calls.data() + 1) + ": " : std::string();
            call.measured->flight = flightFolderOf(call.leg);
            for (const auto& expectation : call.measured->expectations)
            {
                ++asked;
                held += expectation.outcome == ExpectationOutcome::held ? 1u : 0u;
                outcome.lines.push_back(which + expectation.line());
            }
            for (const auto& line : faultLines(call.measured->figures))
                outcome.lines.push_back(which + line);
        }
        const auto sent = "played " + fixedText(playedSeconds, 1) + " s to " + std::to_string(calls.size() - failed) + " of "
                          + std::to_string(calls.size()) + " calls";
        outcome.lines.push_back(sent);
        last.mediaTotals = bench.snapshot().mediaTotals;  // as of the end of the legs
        outcome.lines.push_back(incidentLine(last));
        if (const auto wrong = concludeFlight(outcome); wrong.has_value() && ! runError.has_value())
            runError = wrong;
        if (runError.has_value())
        {
            outcome.code = ExitCode::environment;
            outcome.verdict = "failed: " + runError->message();
        }
        else if (failed > 0)
        {
            outcome.code = ExitCode::callFailed;
            outcome.verdict = "failed: " + (calls.size() == 1 ? outcome.lines.front() : std::to_string(failed) + " of "
                                                                                            + std::to_string(calls.size()) + " calls failed");
        }
        else if (held < asked)
        {
            outcome.code = ExitCode::expectationFailed;
            outcome.verdict = "failed: " + std::to_string(held) + " of " + std::to_string(asked) + " expectations held";
        }
        else
        {
            outcome.verdict = std::string("passed: ") + (interrupted && ! played ? "interrupted, " : "") + sent
                            + (asked > 0 ? ", " + std::to_string(held) + " of " + std::to_string(asked) + " expectations held"
                                         : "");
        }
        concludeAccounts(outcome);
        writeReport(outcome);
        calls.clear();  // what was measured is told: its memory need not wait for the next run
        return outcome;
    }

    void writeReport(RoleOutcome& outcome)
    {
        std::vector<SinkCall> measured;
        for (const auto& call : calls)
            if (call.measured.has_value())
                measured.push_back(*call.measured);
        const MeasuredRun run { "source", config.engine, measured, outcome, last, juce::Time::getCurrentTime() };
        if (auto written = writeReports(run, config.reports, [&] { return sourceReportJson(run, config, playedSeconds); }); ! written)
        {
            outcome.code = ExitCode::environment;
            outcome.lines.push_back(written.error().message());
            outcome.verdict = "failed: " + written.error().message();
        }
    }

    const SourceRoleConfig config;
    std::shared_ptr<BlockSource> player;  ///< of what is not digits, a tone or silence alone
    std::vector<int> expectedPilots;
    std::vector<Call> calls;
    bool playing = false, played = false;
    uint64_t beganAtSample = 0;
    int64_t beganAtNs = 0;
    std::optional<uint64_t> drainsFromSample;
    double playedSeconds = 0.0;
    std::optional<Error> runError;
    EngineSnapshot last;
};

} // namespace

std::unique_ptr<Role> makeSourceRole(const SourceRoleConfig& config, LegFactory& factory)
{
    return std::make_unique<SourceRole>(config, factory);
}

} // namespace mw
