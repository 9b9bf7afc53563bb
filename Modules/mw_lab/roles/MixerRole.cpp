#include "RoleBase.h"

#include "../flight/MixerLog.h"
#include "../record/Recorder.h"
#include "../record/WholeFile.h"
#include "../report/MetricsWriter.h"
#include "../report/Numbers.h"
#include "../session/Session.h"

#include <cmath>

namespace mw
{

namespace
{

constexpr const char* dialTag = "dial";
constexpr const char* sinkTag = "sink";

class MixerRole final : public RoleBase
{
public:
    MixerRole(const MixerRoleConfig& configToUse, LegFactory& factory) : RoleBase(configToUse.engine, factory, "mixer", configToUse.flight), config(configToUse) {}

private:
    Result<void> check() override
    {
        for (const auto& [name, gainDb] : { std::pair { "input gain", config.gainInDb }, std::pair { "DTMF gain", config.dtmfGainDb },
                                            std::pair { "output gain", config.outputGainDb } })
            if (std::isnan(gainDb) || (gainDb != silenceDb && (gainDb < minGainDb || gainDb > maxGainDb)))
                return Error { ExitCode::wrongUse, std::string("set the ") + name + " to " + fixedText(gainDb, 1) + " dB",
                               "it is out of range", "give −60 to +20 dB, or minus infinity" };
        if (config.dtmf.has_value())
            if (auto checked = config.dtmf->check(); ! checked)
                return checked;
        if (! (config.metricsIntervalS > 0.0) || ! (config.durationS >= 0.0))
            return Error { ExitCode::wrongUse, "run the mixer", "a duration or an interval is out of range", "give seconds above 0" };
        if (config.record != juce::File())
            if (auto writable = checkWritable(config.record, "the recording"); ! writable)
                return writable;
        if (config.log != juce::File())
            if (auto writable = checkWritable(config.log, "the log"); ! writable)
                return writable;
        if (config.metrics != juce::File())
            return checkWritable(config.metrics, "the metrics");
        return {};
    }

    Result<void> prepare() override
    {
        auto& mixer = bench.mixer();
        mixer.setMasterInGainDb(config.gainInDb);
        mixer.setOutputGainDb(config.outputGainDb);
        mixer.setDtmfOn(config.dtmfOn);
        for (int i = 0; i < houseStripCount; ++i)
        {
            auto strip = config.house[static_cast<size_t>(i)];
            if (static_cast<HouseStrip>(i) == HouseStrip::dtmf)
                strip.gainDb = config.dtmfGainDb;
            if (auto set = setHouseStrip(bench, static_cast<HouseStrip>(i), strip); ! set)
                return set;
        }
        MixerCommand tone;
        tone.kind = MixerCommand::Kind::setTone;
        tone.frequencyHz = config.toneHz;
        tone.levelDbm0 = config.toneDbm0;
        if (auto set = bench.command(tone); ! set)
            return Error { ExitCode::wrongUse, "set the tone", "its frequency or its level is out of range", "" };

        MixerCommand mode;
        mode.kind = MixerCommand::Kind::setMode;
        mode.mode = config.mode;
        mode.funnelReturn = config.funnelReturn;
        if (auto set = bench.command(mode); ! set)
            return set;
        for (const auto& cell : config.cells)
        {
            MixerCommand set;
            set.kind = MixerCommand::Kind::setCell;
            set.leg = cell.listener;
            set.from = cell.speaker;
            set.gainDb = cell.gainDb;
            if (! bench.command(set))
                return Error { ExitCode::wrongUse, "let leg " + std::to_string(cell.listener + 1) + " hear strip " + std::to_string(cell.speaker + 1),
                               "there is no such strip, or more cells were set than the mixer takes", "" };
        }
        dtmfBegun = dialledFailed = false;
        failures.clear();
        runError.reset();
        return {};
    }

    Result<void> begin() override
    {
        if (config.record != juce::File())
        {
            auto opened = Recorder::create(config.record, config.engine.sampleRateHz, background);
            if (! opened)
                return opened.error();
            recorder = std::move(opened.value());
            bench.mixer().setTap({ TapPoint::Kind::mix, 0 }, recorder->fifo());
        }
        if (config.metrics != juce::File())
        {
            auto opened = MetricsWriter::open(config.metrics);
            if (! opened)
                return opened.error();
            metrics = std::move(opened.value());
        }
        metricsDueS = config.metricsIntervalS;
        if (config.log != juce::File())
        {
            auto opened = MixerLog::open(bench, bench.clock(), config.log);
            if (! opened)
                return opened.error();
            log = std::move(opened.value());
        }

        for (const auto& leg : config.legs)
            if (auto called = callWithStrip(bench, leg); ! called)
                return called.error();
        for (const auto& uri : config.dial)
            if (auto leg = bench.dial(uri, dialTag); ! leg)
                return leg.error();
        for (const auto& uri : config.sinks)
        {
            auto leg = bench.dial(uri, sinkTag);
            if (! leg)
                return leg.error();
            if (auto set = bench.setRole(leg.value(), LegRole::sink); ! set)
                return set;
        }
        return {};
    }

    void abandon() override
    {
        if (recorder != nullptr)
        {
            bench.mixer().setTap({ TapPoint::Kind::mix, 0 }, nullptr);
            recorder->discard();
            recorder.reset();
        }
        if (metrics != nullptr)
        {
            metrics.reset();
            deleteRegularFile(config.metrics);
        }
        if (log != nullptr)
        {
            log.reset();
            deleteRegularFile(config.log);
        }
    }

    void onEvent(const LegEvent& event, const CallInfo& call) override
    {
        if (event.kind == LegEvent::Kind::established && config.dtmf.has_value() && ! std::exchange(dtmfBegun, true))
        {
            MixerCommand play;
            play.kind = MixerCommand::Kind::playDtmf;
            play.dtmf = *config.dtmf;
            if (auto played = bench.command(play); ! played && ! runError.has_value())
                runError = played.error();
        }
        if (event.kind == LegEvent::Kind::closed && event.failed && ! isFinishing())
        {
            failures.push_back(failureLine(call));
            dialledFailed = dialledFailed || call.outgoing;
        }
    }

    /** A mixer runs for days, and each look costs a wake-up of three threads. */
    int pollHz() const noexcept override { return config.metricsIntervalS < 1.0 || config.log != juce::File() ? 20 : 10; }

    void onPoll() override
    {
        if (log != nullptr)
            log->look(bench.snapshot());
        if (metrics != nullptr && secondsSinceStart() >= metricsDueS)
        {
            while (metricsDueS <= secondsSinceStart())
                metricsDueS += config.metricsIntervalS;
            writeMetrics();
        }
        if (config.durationS > 0.0 && secondsSinceStart() >= config.durationS)
            setDone();
    }

    void writeMetrics()
    {
        if (metrics == nullptr)
            return;
        if (auto written = metrics->write(bench.snapshot()); ! written && ! runError.has_value())
            runError = written.error();
    }

    void beforeStop() override
    {
        writeMetrics();
        last = bench.snapshot();
    }

    RoleOutcome conclude(bool) override
    {
        RoleOutcome outcome;
        auto after = bench.snapshot();
        after.callsFailed = last.callsFailed;  // those that we ended did not fail
        outcome.lines.push_back("calls: " + std::to_string(after.callsTotal) + ", failed " + std::to_string(after.callsFailed)
                                + ", refused " + std::to_string(after.legsRefused));
        outcome.lines.insert(outcome.lines.end(), failures.begin(), failures.end());
        const auto byHost = last.ticks.lateByHost > 0 ? " (" + std::to_string(last.ticks.lateByHost) + " by the host)" : std::string();
        outcome.lines.push_back("media: " + std::to_string(last.ticks.ticks) + " ticks, " + std::to_string(last.ticks.lateTicks)
                                + " late" + byHost + ", " + std::to_string(last.ticks.skippedTicks) + " skipped; "
                                + std::to_string(last.mixer.masterLimitedSamples) + " samples limited");
        outcome.lines.push_back(incidentLine(after));
        concludeFiles(outcome);
        if (const auto wrong = concludeFlight(outcome); wrong.has_value() && ! runError.has_value())
            runError = wrong;

        if (runError.has_value())
        {
            outcome.code = ExitCode::environment;
            outcome.lines.push_back(runError->message());
            outcome.verdict = "failed: " + runError->message();
        }
        else if (dialledFailed)
        {
            outcome.code = ExitCode::callFailed;
            outcome.verdict = "failed: " + (failures.size() == 1 ? failures.front() : std::to_string(failures.size()) + " calls failed");
        }
        else
        {
            outcome.verdict = "passed: " + std::to_string(after.callsTotal) + (after.callsTotal == 1 ? " call mixed" : " calls mixed");
        }
        concludeAccounts(outcome);
        return outcome;
    }

    void concludeFiles(RoleOutcome& outcome)
    {
        if (recorder != nullptr)
        {
            bench.mixer().setTap({ TapPoint::Kind::mix, 0 }, nullptr);
            recorder->finish();
            outcome.lines.push_back("recorded: " + fixedText(recorder->seconds(), 1) + " s of the mix in "
                                    + recorder->file().getFullPathName().toStdString() + ", "
                                    + std::to_string(recorder->droppedSamples()) + " samples dropped");
            if (recorder->error().has_value() && ! runError.has_value())
                runError = recorder->error();
            recorder.reset();
        }
        if (metrics != nullptr)
        {
            writeMetrics();
            outcome.lines.push_back("metrics: " + std::to_string(metrics->lines()) + " lines in "
                                    + metrics->file().getFullPathName().toStdString());
            metrics.reset();
        }
        if (log != nullptr)
        {
            outcome.lines.push_back("log: " + std::to_string(log->lines()) + " lines in " + log->file().getFullPathName().toStdString());
            if (log->error().has_value() && ! runError.has_value())
                runError = log->error();
            log.reset();
        }
    }

    const MixerRoleConfig config;
    std::unique_ptr<Recorder> recorder;
    std::unique_ptr<MetricsWriter> metrics;
    std::unique_ptr<MixerLog> log;
    double metricsDueS = 0.0;
    bool dtmfBegun = false, dialledFailed = false;
    std::vector<std::string> failures;
    std::optional<Error> runError;
    EngineSnapshot last;
};

} // namespace

std::unique_ptr<Role> makeMixerRole(const MixerRoleConfig& config, LegFactory& factory)
{
    return std::make_unique<MixerRole>(config, factory);
}

} // namespace mw
