#include "SinkReport.h"

#include "JuceText.h"
#include "../record/WholeFile.h"

#include "CsvReport.h"
#include "FigureJson.h"
#include "JUnitReport.h"
#include "SnapshotJson.h"
#include "html/HtmlReport.h"

#include <cmath>

namespace mw
{

namespace
{

juce::var sinkText(const std::string& text) { return text.empty() ? juce::var() : juce::var(juceText(text)); }

juce::var sinkNumber(const std::optional<double>& value) { return value.has_value() ? jsonNumber(*value) : juce::var(); }

juce::var digitsJson(const std::vector<DtmfDetection>& digits, int sampleRateHz)
{
    juce::Array<juce::var> list;
    for (const auto& digit : digits)
    {
        auto* json = new juce::DynamicObject();
        list.add(juce::var(json));
        json->setProperty("digit", juce::String::charToString(static_cast<juce::juce_wchar>(digit.digit)));
        json->setProperty("startS", static_cast<double>(digit.startSample) / sampleRateHz);
        json->setProperty("endS", static_cast<double>(digit.endSample) / sampleRateHz);
        json->setProperty("lowDbm0", jsonNumber(digit.lowDbm0));
        json->setProperty("highDbm0", jsonNumber(digit.highDbm0));
        json->setProperty("twistDb", jsonNumber(digit.twistDb));
        json->setProperty("lowHz", jsonNumber(digit.lowHz));
        json->setProperty("highHz", jsonNumber(digit.highHz));
    }
    return list;
}

juce::var tonesJson(const std::vector<ToneStretch>& tones)
{
    juce::Array<juce::var> list;
    for (const auto& tone : tones)
    {
        auto* json = new juce::DynamicObject();
        list.add(juce::var(json));
        json->setProperty("startS", tone.startS);
        json->setProperty("endS", tone.endS);
        json->setProperty("hz", jsonNumber(tone.frequencyHz));
        json->setProperty("levelDbm0", jsonNumber(tone.levelDbm0));
    }
    return list;
}

juce::var expectationJson(const ExpectationResult& expectation)
{
    auto* json = new juce::DynamicObject();
    juce::var result(json);
    json->setProperty("what", sinkText(expectation.what));
    json->setProperty("unit", sinkText(expectation.unit));
    json->setProperty("expected", sinkText(expectation.expected));
    json->setProperty("measured", sinkText(expectation.measured));
    const auto value = [](const std::optional<double>& number, const std::optional<std::string>& digits, const std::optional<bool>& truth) {
        if (truth.has_value())
            return juce::var(*truth);
        return digits.has_value() ? juce::var(juceText(*digits)) : sinkNumber(number);
    };
    json->setProperty("operation", nameOf(expectation.operation));
    json->setProperty("expectedValue", value(expectation.expectedValue, expectation.expectedDigits, expectation.expectedTruth));
    json->setProperty("expectedHigh", sinkNumber(expectation.expectedHigh));
    json->setProperty("tolerance", sinkNumber(expectation.tolerance));
    json->setProperty("measuredValue", value(expectation.measuredValue, expectation.measuredDigits, expectation.measuredTruth));
    json->setProperty("method", sinkText(expectation.method));
    json->setProperty("outcome", nameOf(expectation.outcome));
    return result;
}

} // namespace

juce::var callReportJson(const SinkCall& call, int sampleRateHz)
{
    auto result = toJson(call.info);
    auto* json = result.getDynamicObject();
    const auto& heard = call.analysis;
    const auto measured = heard.seconds > 0.0;
    const auto established = call.info.establishedNs != 0 && call.info.closedNs != 0;

    json->setProperty("durationS", established ? juce::var(static_cast<double>(call.info.closedNs - call.info.establishedNs) * 1e-9)
                                               : juce::var());
    json->setProperty("soundS", heard.seconds);
    json->setProperty("activeS", measured ? juce::var(heard.activeSeconds) : juce::var());
    json->setProperty("levelDbm0", sinkNumber(heard.levelDbm0));
    json->setProperty("peak", measured ? jsonNumber(heard.peak) : juce::var());
    json->setProperty("peakDbfs", measured ? jsonNumber(dbFromGain(heard.peak)) : juce::var());
    json->setProperty("clippedSamples", measured ? juce::var(static_cast<juce::int64>(heard.clippedSamples)) : juce::var());
    json->setProperty("missedSamples", static_cast<juce::int64>(heard.missedSamples));

    const auto* tone = heard.mainTone();
    json->setProperty("toneHz", tone != nullptr ? jsonNumber(tone->frequencyHz) : juce::var());
    json->setProperty("toneDbm0", tone != nullptr ? jsonNumber(tone->levelDbm0) : juce::var());
    json->setProperty("toneS", tone != nullptr ? jsonNumber(tone->endS - tone->startS) : juce::var());
    json->setProperty("tones", measured ? tonesJson(heard.tones) : juce::var());

    json->setProperty("digits", measured ? juce::var(juce::String(LegAnalysis::textOf(heard.digits))) : juce::var());
    json->setProperty("digitList", measured ? digitsJson(heard.digits, sampleRateHz) : juce::var());
    json->setProperty("digitsInMix", measured ? juce::var(juce::String(LegAnalysis::textOf(heard.digitsInMix))) : juce::var());
    json->setProperty("digitInMixList", measured ? digitsJson(heard.digitsInMix, sampleRateHz) : juce::var());

    json->setProperty("media", call.media.has_value() ? toJson(*call.media) : juce::var());
    juce::Array<juce::var> expectations;
    for (const auto& expectation : call.expectations)
        expectations.add(expectationJson(expectation));
    json->setProperty("expectations", expectations);
    json->setProperty("figures", figuresJson(call.figures));
    json->setProperty("tables", tablesJson(call.figures));
    json->setProperty("recording", sinkText(call.recording));
    json->setProperty("flight", sinkText(call.flight));
    return result;
}

void addRunOutcome(juce::DynamicObject& report, const RoleOutcome& outcome, const Engine::Config& engine)
{
    report.setProperty("verdict", sinkText(outcome.verdict));
    report.setProperty("exitCode", static_cast<int>(outcome.code));
    juce::Array<juce::var> lines;
    for (const auto& line : outcome.lines)
        lines.add(sinkText(line));
    report.setProperty("lines", lines);
    report.setProperty("levels", levelReferenceJson(engine.mixer.law));
    report.setProperty("settings", toJson(engine.settings));
}

juce::var sinkReportJson(const MeasuredRun& run, DtmfStandard dtmfStandard)
{
    const auto& [role, engine, calls, outcome, last, written] = run;
    auto* json = new juce::DynamicObject();
    juce::var result(json);
    json->setProperty("schema", sinkSchema);
    json->setProperty("schema_version", sinkSchemaVersion);
    json->setProperty("written", written.toISO8601(true));
    addRunOutcome(*json, outcome, engine);

    auto* method = new juce::DynamicObject();
    json->setProperty("method", juce::var(method));
    method->setProperty("sampleRateHz", engine.sampleRateHz);
    method->setProperty("blockMs", engine.blockMs);
    method->setProperty("levelWindowMs", ActiveLevel::windowMs);
    method->setProperty("levelFloorDbm0", ActiveLevel::floorDbm0);
    method->setProperty("level", "RMS over the windows whose own RMS is above the floor");
    method->setProperty("toneWindowMs", LegAnalyser::toneWindowMs);
    method->setProperty("tone", "dominant tone of a window, 6 dB above everything else; levels are of the tone alone");
    method->setProperty("digits", sinkText(std::string(nameOf(dtmfStandard)) + ", quiet background"));
    method->setProperty("digitsInMix", "other sound allowed beside the digits, digits and pauses of 70 ms and longer");

    auto* ticks = new juce::DynamicObject();
    json->setProperty("ticks", juce::var(ticks));
    ticks->setProperty("count", static_cast<juce::int64>(last.ticks.ticks));
    ticks->setProperty("late", static_cast<juce::int64>(last.ticks.lateTicks));
    ticks->setProperty("skipped", static_cast<juce::int64>(last.ticks.skippedTicks));
    ticks->setProperty("maxLatenessMs", static_cast<double>(last.ticks.maxLatenessNs) * 1e-6);

    json->setProperty("incidents", incidentsJson(last));
    json->setProperty("callsTotal", static_cast<juce::int64>(last.callsTotal));
    json->setProperty("callsFailed", static_cast<juce::int64>(last.callsFailed));
    json->setProperty("legsRefused", static_cast<juce::int64>(last.legsRefused));
    juce::Array<juce::var> list;
    for (const auto& call : calls)
        list.add(callReportJson(call, engine.sampleRateHz));
    json->setProperty("calls", list);
    return result;
}

Result<void> writeJsonFile(const juce::File& file, const juce::var& json)
{
    return writeWholeFile(file, juce::JSON::toString(json).toStdString() + "\n", "the report");
}

Result<void> writeReports(const MeasuredRun& run, const ReportFiles& files, const std::function<juce::var()>& json)
{
    std::optional<Error> first;
    const auto write = [&first](const juce::File& file, const std::string& what, auto&& textOf) {
        if (file == juce::File())
            return;
        if (const auto done = writeWholeFile(file, textOf(), what); ! done && ! first.has_value())
            first = done.error();
    };
    write(files.json, "the report", [&json] { return juce::JSON::toString(json()).toStdString() + "\n"; });
    write(files.junit, "the JUnit report", [&run] { return reportJUnit(run); });
    write(files.csv, "the call records", [&run] { return reportCsv(run); });
    write(files.html, "the page", [&run] { return reportHtml(run); });
    return first.has_value() ? Result<void>(*first) : Result<void>();
}

} // namespace mw
