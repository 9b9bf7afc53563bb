#include "RoleBase.h"

#include "../measure/CallMeasurements.h"
#include "../measure/MixerLogReader.h"
#include "../measure/Expectations.h"
#include "../measure/LegAnalyser.h"
#include "../measure/PilotMeasurement.h"
#include "../measure/ScoreMeasurement.h"
#include "../measure/SoundHistoryMeasurement.h"
#include "../play/SoundFile.h"
#include "../report/Numbers.h"
#include "../report/SinkReport.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace mw
{

namespace
{

class SinkRole final : public RoleBase
{
public:
    SinkRole(const SinkRoleConfig& configToUse, LegFactory& factory) : RoleBase(configToUse.engine, factory, "sink", configToUse.flight), config(configToUse) {}

private:
    struct Listening
    {
        std::unique_ptr<LegAnalyser> analyser;
        TapPoint tap;
        std::shared_ptr<SoundHistory> history;
        int number = 0;  ///< of the call, counting from 1
    };

    Result<void> check() override
    {
        const auto wrong = [](const std::string& what, const std::string& why) {
            return Error { ExitCode::wrongUse, what, why, "" };
        };
        const auto unusable = [](double value) { return ! std::isfinite(value) || value < 0.0; };
        if (config.calls < 1)
            return wrong("wait for " + std::to_string(config.calls) + " calls", "their number must be 1 or more");
        if (unusable(config.durationS) || unusable(config.firstCallTimeoutS) || unusable(config.minSeconds))
            return wrong("run the sink", "a time is out of range: it must be 0 s or more");
        if (config.expectLevel.has_value() && (! std::isfinite(config.expectLevel->dbm0) || unusable(config.expectLevel->toleranceDb)))
            return wrong("expect a level", "level and tolerance must be numbers, the tolerance 0 dB or more");
        if (config.expectTone.has_value()
            && (! (config.expectTone->hz > 0.0) || config.expectTone->hz >= 0.5 * config.engine.sampleRateHz
                || unusable(config.expectTone->toleranceHz)))
            return wrong("expect a tone of " + fixedText(config.expectTone->hz, 1) + " Hz",
                         "it must be above 0 and below half the rate of " + std::to_string(config.engine.sampleRateHz) + " Hz");
        auto pilots = PilotMeasurement::expectedPilots(config.expectations, config.pilotNames);
        if (! pilots)
            return pilots.error();
        expectedPilots = std::move(pilots.value());
        if (config.reference != juce::File())
        {
            auto loaded = loadSoundFile(config.reference, config.engine.sampleRateHz);
            if (! loaded)
                return loaded.error();
            reference = std::make_shared<const std::vector<float>>(std::move(loaded.value().samples));
        }
        if (auto writable = config.reports.check(config.record); ! writable)
            return writable;
        if (config.record != juce::File())
            return checkWritable(config.record, "the recording");
        return {};
    }

    Result<void> prepare() override
    {
        // In matrix mode nobody hears anybody: a sink's callers hear silence, not each other.
        MixerCommand mode;
        mode.kind = MixerCommand::Kind::setMode;
        mode.mode = MixMode::matrix;
        if (auto set = bench.command(mode); ! set)
            return set;
        calls.clear();
        refused.clear();
        runError.reset();
        callsSeen = 0;
        return {};
    }

    Result<void> begin() override { return {}; }

    void abandon() override {}

    void onEvent(const LegEvent& event, const CallInfo& info) override
    {
        if (event.kind == LegEvent::Kind::mediaReady && info.channel >= 0 && ! listening.contains(event.leg))
            listen(event.leg, info);
        const auto isRefused = info.state == CallState::closed && info.channel < 0 && info.establishedNs == 0
                               && (event.kind == LegEvent::Kind::incoming || event.sipCode == 486);
        if (isRefused)
            refused.push_back(failureLine(info));  // a caller who found no leg free: that was no call of ours
        else if (event.kind == LegEvent::Kind::closed)
            closed(info);
    }

    void listen(LegId leg, const CallInfo& info)
    {
        std::unique_ptr<RecordingFile> wav;
        const auto number = ++callsSeen;
        if (config.record != juce::File())
        {
            auto opened = RecordingFile::create(numberedFile(config.record, number), config.engine.sampleRateHz);
            if (! opened)
                return stopWith(opened.error());
            wav = std::move(opened.value());
        }
        auto analyser = std::make_unique<LegAnalyser>(config.engine.sampleRateHz, config.engine.mixer.law, std::move(wav), background,
                                                      config.dtmfStandard);
        addCallMeasurements(*analyser, config.engine.sampleRateHz, config.engine.mixer.law, info.codec, { config.pilotNames, expectedPilots, {} },
                            config.dtmfStandard);
        if (reference != nullptr)
            analyser->add(std::make_unique<ScoreMeasurement>(config.engine.sampleRateHz, reference));
        std::shared_ptr<SoundHistory> history;
        if (config.reports.html != juce::File() && number <= mostCallHistories)
        {
            history = std::make_shared<SoundHistory>();
            analyser->add(std::make_unique<SoundHistoryMeasurement>(config.engine.sampleRateHz, config.engine.mixer.law, history));
        }
        if (auto started = analyser->start(); ! started)
            return stopWith(started.error());
        const TapPoint tap { TapPoint::Kind::legIn, info.channel };
        bench.mixer().setTap(tap, analyser->fifo());
        listening[leg] = { std::move(analyser), tap, std::move(history), number };
    }

    void stopWith(const Error& error)
    {
        runError = error;
        setDone();
    }

    [[nodiscard]] FaultReference faultReference() const
    {
        const auto expectsDigits = std::ranges::any_of(config.expectations, [](const FigureExpectation& each) { return each.path.starts_with("dtmf."); });
        return { config.expectations, config.pilotNames, expectsDigits || config.expectDtmf.has_value() };
    }

    void closed(const CallInfo& info)
    {
        SinkCall call;
        call.info = info;
        call.media = bench.mediaStats(info.leg);
        if (const auto found = listening.find(info.leg); found != listening.end())
        {
            auto& heard = found->second;
            bench.mixer().setTap(heard.tap, nullptr);
            call.analysis = heard.analyser->finish();
            call.history = heard.history;
            if (const auto* recording = heard.analyser->recording())
            {
                call.recording = recording->file().getFullPathName().toStdString();
                call.recordingError = recording->error();
            }
            listening.erase(found);
        }
        if (isFinishing())
            call.info.failed = false;  // it was we who ended it
        const auto log = mixerLog();
        call.figures = callFigures(bench, call.info, call.analysis, config.engine.mixer.law, faultReference(), config.dtmfStandard,
                                   log.has_value() ? &*log : nullptr);
        call.expectations = evaluate(config, call.analysis, call.figures);
        judged(info.leg, call.expectations);
        calls.push_back(std::move(call));
        if (calls.size() >= static_cast<size_t>(config.calls))
            setDone();
    }

    /** What the mixer wrote, or nothing. */
    std::optional<MixerLogContent> mixerLog()
    {
        if (config.mixerLog == juce::File())
            return std::nullopt;
        auto content = readMixerLog(config.mixerLog);
        if (content)
            return std::move(content.value());
        if (! runError.has_value())
            runError = content.error();
        return std::nullopt;
    }

    void onPoll() override
    {
        if (config.durationS > 0.0 && secondsSinceStart() >= config.durationS)
            setDone();
        if (config.firstCallTimeoutS > 0.0 && bench.snapshot().callsTotal == 0 && secondsSinceStart() >= config.firstCallTimeoutS)
            setDone();
    }

    RoleOutcome conclude(bool) override
    {
        last = bench.snapshot();
        last.callsFailed = static_cast<uint64_t>(std::count_if(calls.begin(), calls.end(), [](const SinkCall& call) { return call.info.failed; }));

        auto outcome = judge();
        concludeAccounts(outcome);
        outcome.lines.push_back(incidentLine(last));
        const MeasuredRun run { "sink", config.engine, calls, outcome, last, juce::Time::getCurrentTime() };
        if (auto written = writeReports(run, config.reports, [&] { return sinkReportJson(run, config.dtmfStandard); }); ! written)
        {
            outcome.code = ExitCode::environment;
            outcome.lines.push_back(written.error().message());
            outcome.verdict = "failed: " + written.error().message();
        }
        calls.clear();  // what was measured is told: its memory need not wait for the next run
        return outcome;
    }

    RoleOutcome judge()
    {
        RoleOutcome outcome;
        size_t held = 0, asked = 0;
        std::string firstFailure;
        for (auto& call : calls)
            call.flight = flightFolderOf(call.info.leg);
        for (const auto& call : calls)
        {
            const auto from = calls.size() > 1 ? call.info.peerUri + ": " : std::string();
            outcome.lines.push_back("call from " + call.info.peerUri + ": " + (call.info.codec.empty() ? "no media" : call.info.codec) + ", "
                                    + fixedText(call.analysis.seconds, 1) + " s of sound"
                                    + (call.analysis.levelDbm0.has_value() ? ", " + fixedText(*call.analysis.levelDbm0, 1) + " dBm0" : ""));
            if (call.info.failed)
            {
                outcome.lines.push_back(failureLine(call.info));
                if (firstFailure.empty())
                    firstFailure = outcome.lines.back();
            }
            for (const auto& expectation : call.expectations)
            {
                ++asked;
                held += expectation.outcome == ExpectationOutcome::held ? 1u : 0u;
                outcome.lines.push_back(from + expectation.line());
            }
            for (const auto& line : faultLines(call.figures))
                outcome.lines.push_back(from + line);
            if (call.analysis.missedSamples > 0)
                outcome.lines.push_back(from + std::to_string(call.analysis.missedSamples)
                                        + " samples were missed by the analysis: the machine is too slow, distrust the figures");
            if (call.recordingError.has_value() && ! runError.has_value())
                runError = call.recordingError;
        }

        outcome.lines.insert(outcome.lines.end(), refused.begin(), refused.end());
        if (const auto wrong = concludeFlight(outcome); wrong.has_value() && ! runError.has_value())
            runError = wrong;

        const auto count = std::to_string(held) + " of " + std::to_string(asked) + " expectations held";
        if (runError.has_value())
        {
            outcome.code = ExitCode::environment;
            outcome.lines.push_back(runError->message());
            outcome.verdict = "failed: " + runError->message();
        }
        else if (calls.empty())
        {
            outcome.code = ExitCode::callFailed;
            outcome.verdict = "failed: no call came within " + fixedText(secondsSinceStart(), 1) + " s"
                              + (refused.empty() ? "" : "; " + std::to_string(refused.size()) + " refused, the last: " + refused.back());
        }
        else if (! firstFailure.empty())
        {
            outcome.code = ExitCode::callFailed;
            outcome.verdict = "failed: " + firstFailure + (asked > 0 ? "; " + count : "");
        }
        else if (held < asked)
        {
            outcome.code = ExitCode::expectationFailed;
            outcome.verdict = "failed: " + count;
        }
        else
        {
            outcome.verdict = "passed: " + (asked > 0 ? count : std::to_string(calls.size()) + " calls received, nothing was expected");
        }
        return outcome;
    }

    const SinkRoleConfig config;
    std::vector<int> expectedPilots;
    ScoreMeasurement::Reference reference;
    std::map<LegId, Listening> listening;
    std::vector<SinkCall> calls;
    std::vector<std::string> refused;
    int callsSeen = 0;
    std::optional<Error> runError;
    EngineSnapshot last;
};

} // namespace

std::unique_ptr<Role> makeSinkRole(const SinkRoleConfig& config, LegFactory& factory)
{
    return std::make_unique<SinkRole>(config, factory);
}

} // namespace mw
