#include "DemoVerdict.h"

#include "DemoHearing.h"
#include "DemoMeasure.h"
#include "DemoPlan.h"
#include "DemoSpeech.h"
#include "DemoText.h"

#include <mw_lab/report/JuceText.h>
#include <mw_lab/report/SvgPlot.h>

#include <algorithm>
#include <cmath>

namespace mw::demo
{

namespace
{
constexpr double leastSpeechSeconds = 4.0;   ///< recognised, of DemoPlan::speechSeconds; pauses and what lies below digits cannot be
constexpr double leastMixSeconds = 15.0;     ///< of mix.wav

bool isClose(double heard, double sent, double tolerance) { return std::isfinite(heard) && std::abs(heard - sent) <= tolerance; }

double medianOf(std::vector<double> values)
{
    if (values.empty())
        return silenceDb;
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/** A number of a JSON object; minus infinity for null (silence, or not measured). */
double numberIn(const juce::var& object, const char* name)
{
    const auto value = object[name];
    return value.isDouble() || value.isInt() || value.isInt64() ? static_cast<double>(value) : silenceDb;
}

Result<std::string> readText(const juce::File& file)
{
    if (! file.existsAsFile())
        return Error { ExitCode::environment, "read " + file.getFullPathName().toStdString(), "the file is missing", {} };
    return file.loadFileAsString().toStdString();
}

Result<juce::var> readSinkCall(const juce::File& file)
{
    const auto content = readText(file);
    if (! content)
        return content.error();
    juce::var report;
    if (juce::JSON::parse(juceText(content.value()), report).failed() || report["calls"].size() < 1)
        return Error { ExitCode::environment, "understand " + file.getFullPathName().toStdString(), "it holds no call", {} };
    return report["calls"][0];
}

Result<std::vector<juce::var>> readMetrics(const juce::File& file)
{
    const auto content = readText(file);
    if (! content)
        return content.error();
    juce::StringArray lines;
    lines.addLines(juceText(content.value()));
    lines.removeEmptyStrings();

    std::vector<juce::var> snapshots;
    for (const auto& line : lines)
    {
        juce::var snapshot;
        if (juce::JSON::parse(line, snapshot).failed())
            return Error { ExitCode::environment, "understand " + file.getFullPathName().toStdString(),
                           "line " + std::to_string(snapshots.size() + 1) + " is not JSON", {} };
        snapshots.push_back(snapshot);
    }
    if (snapshots.empty())
        return Error { ExitCode::environment, "understand " + file.getFullPathName().toStdString(), "it is empty", {} };
    return snapshots;
}

/** Levels that the mixer's meter showed on the strip of one caller, over the run [dBm0]. */
std::vector<double> stripLevels(const std::vector<juce::var>& snapshots, const juce::String& caller)
{
    std::vector<double> levels;
    for (const auto& snapshot : snapshots)
    {
        const auto calls = snapshot["calls"], strips = snapshot["strips"];
        for (int i = 0; i < calls.size(); ++i)
        {
            if (calls[i]["state"].toString() != "established" || ! calls[i]["peerUri"].toString().contains(caller + "@"))
                continue;
            for (int k = 0; k < strips.size(); ++k)
                if (strips[k]["index"] == calls[i]["channel"])
                    if (const auto level = numberIn(strips[k]["in"], "levelDbm0"); std::isfinite(level))
                        levels.push_back(level);
        }
    }
    return levels;
}

DemoClaim sourcesAtMixer(const std::vector<juce::var>& snapshots)
{
    constexpr double heardDbm0 = -50.0;
    int heard = 0;
    std::string levels;
    for (const auto* caller : { "tone", "speech", "digits" })
    {
        const auto all = stripLevels(snapshots, caller);
        const auto loudest = all.empty() ? silenceDb : *std::max_element(all.begin(), all.end());
        heard += loudest > heardDbm0 ? 1 : 0;
        levels += text("%s%s %.1f", levels.empty() ? "" : ", ", caller, loudest);
    }
    return { heard == 3, text("%d of 3 sources reached the mixer, highest levels on its strips [dBm0]: %s", heard, levels.c_str()) };
}

DemoClaim toneLevelAtMixer(const std::vector<juce::var>& snapshots)
{
    const auto level = medianOf(stripLevels(snapshots, "tone"));
    return { isClose(level, DemoPlan::toneDbm0, DemoPlan::toleranceDb),
             text("the mixer's meter read the tone at %.2f dBm0, sent at %.2f (%+.2f dB)", level, DemoPlan::toneDbm0, level - DemoPlan::toneDbm0) };
}

DemoClaim nothingLimited(const std::vector<juce::var>& snapshots)
{
    const auto& last = snapshots.back();
    auto limited = numberIn(last["mixer"], "masterLimitedSamples");
    for (const auto& snapshot : snapshots)
        for (int i = 0; i < snapshot["strips"].size(); ++i)
            limited = std::max(limited, numberIn(snapshot["strips"][i], "limitedSamples"));
    return { isClose(limited, 0.0, 0.5), text("the limiter changed %.0f samples: nothing was clipped on the way", limited) };
}

DemoClaim toneAtSink(const juce::var& call, const Recording& recording)
{
    const auto hz = numberIn(call, "toneHz"), level = numberIn(call, "toneDbm0");
    const auto apart = findTone(recording.samples, recording.sampleRateHz, DemoPlan::toneHz);
    const auto apartLevel = apart ? apart->levelDbm0 : silenceDb, apartHz = apart ? apart->frequencyHz : 0.0;
    const auto holds = isClose(hz, DemoPlan::toneHz, 0.5) && isClose(level, DemoPlan::toneDbm0, DemoPlan::toleranceDb)
                    && isClose(apartHz, DemoPlan::toneHz, 0.5) && isClose(apartLevel, DemoPlan::toneDbm0, DemoPlan::toleranceDb);
    return { holds, text("tone heard at the sink: %.2f Hz, %.2f dBm0, sent %.2f Hz, %.2f dBm0 (%+.2f dB); in its recording %.2f Hz, %.2f dBm0",
                         hz, level, DemoPlan::toneHz, DemoPlan::toneDbm0, level - DemoPlan::toneDbm0, apartHz, apartLevel) };
}

DemoClaim digitsAtSink(const juce::var& call)
{
    const auto expectations = call["expectations"];
    for (int i = 0; i < expectations.size(); ++i)
        if (expectations[i]["what"].toString() == "dtmf")
            return { expectations[i]["outcome"].toString() == "held",
                     text("digits heard at the sink beside tone and speech: %s, sent '%s'",
                          expectations[i]["measured"].toString().toRawUTF8(), DemoPlan::digits) };
    return { false, "the sink's report says nothing about digits" };
}

DemoClaim digitLevelsAtSink(const Recording& recording)
{
    const auto found = findDigits(recording.samples, recording.sampleRateHz, DemoPlan::onMs, DemoPlan::toneHz);
    std::string digits;
    std::vector<double> low, high;
    for (const auto& digit : found)
    {
        digits += digit.digit;
        low.push_back(digit.lowDbm0);
        high.push_back(digit.highDbm0);
    }
    const auto sentHigh = DemoPlan::lowDbm0 + DemoPlan::twistDb;
    const auto lowLevel = medianOf(low), highLevel = medianOf(high);
    const auto holds = digits == DemoPlan::digits && isClose(lowLevel, DemoPlan::lowDbm0, DemoPlan::toleranceDb)
                    && isClose(highLevel, sentHigh, DemoPlan::toleranceDb);
    return { holds, text("digits '%s' in the sink's recording at %.2f and %.2f dBm0 a tone, sent at %.2f and %.2f (%+.2f and %+.2f dB)",
                         digits.c_str(), lowLevel, highLevel, DemoPlan::lowDbm0, sentHigh, lowLevel - DemoPlan::lowDbm0, highLevel - sentHigh) };
}

DemoClaim speechAtSink(const Recording& recording, const std::vector<float>& sent)
{
    const auto found = findSound(recording.samples, sent, recording.sampleRateHz, DemoPlan::toneHz);
    if (! found)
        return { false, "speech: none of what was sent was recognised in the sink's recording" };
    const auto difference = found->heardDbm0 - found->sentDbm0;
    return { found->seconds >= leastSpeechSeconds && isClose(difference, 0.0, DemoPlan::toleranceDb),
             text("speech heard at the sink: %.1f s of it recognised sample by sample, at %.2f dBm0, sent at %.2f (%+.2f dB)",
                  found->seconds, found->heardDbm0, found->sentDbm0, difference) };
}

/** A figure of the sink's report by its path; minus infinity when it was not measured. */
double figureIn(const juce::var& call, const char* path) { return numberIn(call["figures"][juce::Identifier(path)], "value"); }

/** What the sink's report says of the call in figures, and that the network between two processes of one machine lost nothing. */
DemoClaim figuresAtSink(const juce::var& call)
{
    const auto active = figureIn(call, "level.active_dbm0"), activity = figureIn(call, "level.activity"), peak = figureIn(call, "level.peak");
    const auto lost = figureIn(call, "transport.network_lost"), jitter = figureIn(call, "transport.jitter_ms"), mos = figureIn(call, "quality.mos_cqe");
    const auto holds = std::isfinite(active) && std::isfinite(activity) && std::isfinite(jitter) && peak > 0.0 && peak < 1.0 && isClose(lost, 0.0, 0.5);
    return { holds, text("levels at the sink: %.2f dBm0 active (P.56) for %.0f %% of the time, peak %.2f of full scale; %.0f packets lost, jitter %.2f ms, MOS %s",
                         active, 100.0 * activity, peak, lost, jitter, std::isfinite(mos) ? text("%.2f", mos).c_str() : "not measured") };
}

DemoClaim pageWritten(const DemoFiles& files, const juce::var& call, const std::vector<DemoEar>& ears)
{
    const auto page = readText(files.page()), report = readText(files.sinkReport());
    const auto shows = [&page](const std::string& what) { return page && ! what.empty() && page.value().find(SvgPlot::escaped(what)) != std::string::npos; };
    const auto digits = call["figures"][juce::Identifier("dtmf.digits")]["value"].toString().toStdString();
    const auto verdict = report ? juce::JSON::fromString(juceText(report.value()))["verdict"].toString().toStdString() : std::string();
    auto holds = shows(verdict) && shows(digits) && shows("Spectrogram");
    for (const auto& ear : ears)
        for (const auto& other : ears)
            holds = holds && (&other == &ear || shows(hearingHint(ear, other.name)));
    const auto kilobytes = page ? static_cast<double>(page.value().size()) / 1000.0 : 0.0;
    return { holds, text("report.html shows the sink's verdict, its figures and its sound, and who hears whom (%.0f kB)", kilobytes) };
}

DemoClaim mixRecorded(const juce::File& file)
{
    const auto recording = readRecording(file);
    const auto seconds = recording ? static_cast<double>(recording.value().samples.size()) / recording.value().sampleRateHz : 0.0;
    const auto tone = recording ? findTone(recording.value().samples, recording.value().sampleRateHz, DemoPlan::toneHz) : std::nullopt;
    const auto level = tone ? tone->levelDbm0 : silenceDb;
    return { seconds >= leastMixSeconds && isClose(level, DemoPlan::toneDbm0, DemoPlan::toleranceDb),
             text("mix.wav holds %.1f s of the mix, the tone in it at %.2f dBm0 (%+.2f dB)", seconds, level, level - DemoPlan::toneDbm0) };
}
} // namespace

Result<std::vector<DemoClaim>> judge(const DemoFiles& files, const std::vector<float>& sentSpeech)
{
    const auto call = readSinkCall(files.sinkReport());
    if (! call)
        return call.error();
    const auto snapshots = readMetrics(files.metrics());
    if (! snapshots)
        return snapshots.error();
    const auto recording = readRecording(files.sinkRecording());
    if (! recording)
        return recording.error();

    const auto ears = readEars(files);
    if (! ears)
        return ears.error();

    const auto tone = toneAtSink(call.value(), recording.value());
    const auto speech = speechAtSink(recording.value(), sentSpeech);
    const auto digits = digitsAtSink(call.value());
    const auto digitLevels = digitLevelsAtSink(recording.value());
    const auto heard = (tone.holds ? 1 : 0) + (speech.holds ? 1 : 0) + (digits.holds || digitLevels.holds ? 1 : 0);

    std::vector<DemoClaim> claims {
        { heard == 3, text("%d of 3 sources heard at the far end: tone, speech, digits", heard) },
        sourcesAtMixer(snapshots.value()),
        tone, toneLevelAtMixer(snapshots.value()),
        speech,
        digits, digitLevels,
        nothingLimited(snapshots.value()),
        figuresAtSink(call.value()),
        mixRecorded(files.mix()),
        pageWritten(files, call.value(), ears.value()) };
    const auto hearing = judgeHearing(ears.value());
    claims.insert(claims.end() - 1, hearing.begin(), hearing.end());
    return claims;
}

} // namespace mw::demo
