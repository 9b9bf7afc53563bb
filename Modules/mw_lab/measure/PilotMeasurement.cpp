#include "PilotMeasurement.h"

#include "../report/Numbers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace mw
{

namespace
{
constexpr std::string_view wholeCall = "the whole call", pilotWindow = "windows of 1.024 s, two a second";
constexpr std::string_view delayReference =
    "from the source's tick to the tick that took the sound in, both by the clock of one machine; the length of the "
    "source's packets is not in it";
/** Every codec carries a pilot of this level as something else than digital silence (RMS) [dBm0]. */
constexpr double silentPilotDbm0 = -75.0;
constexpr std::string_view delayAccuracy = "±0.5 ms on one machine";

/** Whether a level is nothing against the other one. */
bool isNothing(double rms, double otherRms) { return ! (rms > 0.01 * otherRms); }

/** Values of which each stands for so many. */
using Counted = std::vector<std::pair<double, uint64_t>>;

/** The value below which `share` of all lie. */
double quantileOf(const Counted& sorted, double share)
{
    uint64_t total = 0;
    for (const auto& [value, count] : sorted)
        total += count;
    auto before = std::llround(std::floor(share * static_cast<double>(total - 1) + 0.5));
    for (const auto& [value, count] : sorted)
        if ((before -= static_cast<long long>(count)) < 0)
            return value;
    return sorted.back().first;
}

/** The name in "hears.NAME", "hears.NAME_dbm0" and the like; empty for any other path. */
std::string_view pilotNameIn(std::string_view path)
{
    constexpr std::string_view family = "hears.";
    if (! path.starts_with(family))
        return {};
    path.remove_prefix(family.size());
    for (const std::string_view ending : { "_dbm0", "_delay_ms", "_gain_db" })
        if (path.ends_with(ending))
            path.remove_suffix(ending.size());
    return path;
}
} // namespace

Result<std::vector<int>> PilotMeasurement::expectedPilots(const std::vector<FigureExpectation>& expectations,
                                                          const PilotNames& names)
{
    std::vector<int> numbers;
    for (const auto& expectation : expectations)
    {
        const auto name = pilotNameIn(expectation.path);
        if (name.empty() || name == "self")
            continue;
        const auto number = names.numberOf(name);
        if (number == 0)
            return Error { ExitCode::wrongUse, "expect " + expectation.path, "no pilot is called " + std::string(name),
                           "name it, --pilot-names 1=" + std::string(name) + ", or expect it by its number, hears.pilot_1" };
        numbers.push_back(number);
    }
    return numbers;
}

PilotMeasurement::PilotMeasurement(int sampleRateHz, Law lawToUse, Config configToUse)
    : law(lawToUse),
      config(std::move(configToUse)),
      dbm0(std::string("RMS of the pilot alone, 0 dBm0 by ") + (law == Law::mu ? "µ-law" : "A-law")),
      receiver(config.mostReadings)
{
    receiver.lookAlways(config.own.number);
    receiver.prepare(sampleRateHz, law);
}

void PilotMeasurement::process(std::span<const float> block, const SoundTime& first)
{
    // Without a clock the samples count the time: then levels are right, and delays mean nothing.
    knowsTime = knowsTime && first.engineNs != 0;
    const auto timeNs = first.engineNs != 0
                          ? first.engineNs
                          : 1 + std::llround(static_cast<double>(first.sample) * 1.0e9 / first.engineSampleRateHz);
    if (! std::exchange(hasSound, true))
        firstNs = timeNs;
    receiver.process(block, timeNs);
}

std::string PilotMeasurement::whyNotHeard(const PilotSummary& summary) const
{
    if (receiver.windows() < enoughWindows)
        return "there were less than " + fixedText(PilotPlan::periodS * (1.0 + 0.5 * static_cast<double>(enoughWindows - 1)), 1)
             + " s of sound";
    if (summary.hiddenDbm0.has_value() && std::isfinite(*summary.hiddenDbm0))
        return "it was not heard; from " + fixedText(*summary.hiddenDbm0, 1) + " dBm0 on it would have been";
    return "it was not heard";
}

void PilotMeasurement::addOne(FigureSet& figures, const std::string& name, int number) const
{
    const auto summary = receiver.summary(number);
    const auto path = "hears." + name, which = "pilot " + std::to_string(number);
    const auto whyNot = whyNotHeard(summary);
    if (summary.windows == 0 && receiver.windows() < enoughWindows)
        figures.setNotMeasured(path, whyNot, { "", which, wholeCall, "" });
    else
        figures.set(path, summary.windows > 0, { "", which, wholeCall, "" });
    figures.set(path + "_dbm0", summary.levelDbm0, whyNot,
                { "dBm0", dbm0 + ", " + which, pilotWindow, "±0.2 dB in quiet, ±1 dB 15 dB beneath noise" });
    if (name != "self")
    {
        const auto sent = config.names.levelDbm0(number);
        const auto gain = sent.has_value() && summary.levelDbm0.has_value() ? std::optional<double>(*summary.levelDbm0 - *sent) : std::nullopt;
        figures.set(path + "_gain_db", gain,
                    sent.has_value() ? whyNot : "nobody said what it is sent at: --pilot-names " + std::to_string(number) + "=" + name + "@LEVEL",
                    { "dB", "level heard over level sent, " + which, pilotWindow, "±0.2 dB in quiet" });
    }
    figures.set(path + "_delay_ms", knowsTime ? summary.delayP50Ms : std::nullopt,
                knowsTime ? whyNot : "the time of the sound is not known",
                { "ms", std::string(delayReference) + ", " + which, "median of windows of 1.024 s", delayAccuracy });
}

void PilotMeasurement::addHears(FigureSet& figures, const std::vector<Heard>& heard) const
{
    std::vector<int> told = config.names.named();
    told.insert(told.end(), config.expected.begin(), config.expected.end());
    for (const auto& each : heard)
        told.push_back(each.number);
    std::ranges::sort(told);
    told.erase(std::ranges::unique(told).begin(), told.end());
    std::string names;
    for (const auto number : told)
    {
        if (number == config.own.number)
            continue;
        addOne(figures, config.names.nameOf(number), number);
        if (std::ranges::any_of(heard, [number](const Heard& each) { return each.number == number; }))
            names += (names.empty() ? "" : ",") + config.names.nameOf(number);
    }
    const FigureKind who { "", "names of the pilots heard, own one left out, by number", wholeCall, "" };
    if (names.empty() && receiver.windows() < enoughWindows)
        figures.setNotMeasured("pilot.heard", whyNotHeard({}), who);
    else
        figures.set("pilot.heard", names, who);

    if (config.own.number != 0)
        return addOne(figures, "self", config.own.number);
    constexpr std::string_view noOwn = "this side sends no pilot";
    figures.setNotMeasured("hears.self", noOwn, { "", "the pilot of this side", wholeCall, "" });
    figures.setNotMeasured("hears.self_dbm0", noOwn, { "dBm0", dbm0, pilotWindow, "" });
    figures.setNotMeasured("hears.self_delay_ms", noOwn, { "ms", delayReference, pilotWindow, "" });
}

void PilotMeasurement::addDelays(FigureSet& figures, const std::vector<Heard>& heard) const
{
    Counted delays;
    auto least = std::numeric_limits<double>::max(), most = std::numeric_limits<double>::lowest();
    std::string whose;
    for (const auto& each : heard)
    {
        if (each.number == config.own.number)
            continue;
        const auto& history = receiver.history(each.number);
        for (const auto& reading : history.kept().kept())
            delays.emplace_back(reading.delayMs, history.kept().spacing());
        least = std::min(least, history.leastDelayMs());
        most = std::max(most, history.mostDelayMs());
        whose += (whose.empty() ? ", pilots of " : ", ") + config.names.nameOf(each.number);
    }
    std::ranges::sort(delays);
    const auto reference = std::string(delayReference) + whose;
    const FigureKind kind { "ms", reference, pilotWindow, delayAccuracy };
    const auto whyNot = ! knowsTime ? "the time of the sound is not known" : "no pilot was heard";
    const auto known = knowsTime && ! delays.empty();
    const auto set = [&](std::string_view path, double value) {
        figures.set(path, known ? std::optional<double>(value) : std::nullopt, whyNot, kind);
    };
    set("delay.min_ms", least);
    set("delay.p50_ms", known ? quantileOf(delays, 0.5) : 0.0);
    set("delay.p95_ms", known ? quantileOf(delays, 0.95) : 0.0);
    set("delay.max_ms", most);
}

void PilotMeasurement::addDrift(FigureSet& figures, const std::vector<Heard>& heard) const
{
    // The pilot that was heard for longest tells best.
    const Heard* best = nullptr;
    for (const auto& each : heard)
        if (each.number != config.own.number && (best == nullptr || each.summary.windows > best->summary.windows))
            best = &each;
    std::optional<double> ppm;
    std::string reference = "pace of the sound as it was played, + is fast", accuracy;
    if (best != nullptr && knowsTime)
    {
        auto last = best->summary.lastNs;
        for (const auto& each : heard)
            last = std::max(last, each.summary.lastNs);
        const auto late = receiver.summary(best->number, last - PilotHistory::driftSpanNs);
        ppm = late.driftPpm;
        reference += ", pilot of " + config.names.nameOf(best->number);
        accuracy = "standard error " + fixedText(late.driftErrorPpm, 2) + " ppm";
    }
    figures.set("drift.pilot_ppm", ppm,
                best == nullptr ? "no pilot was heard" : "it was not heard for 10 s without a jump of its delay",
                { "ppm", reference, "the last minute at most", ppm.has_value() ? accuracy : "" });
}

void PilotMeasurement::addEcho(FigureSet& figures) const
{
    const FigureKind kind { "dB", "own pilot as it came back, to what was sent", pilotWindow, "±0.2 dB in quiet" };
    const FigureKind most { "dB", "a return of own pilot louder than this was not there", wholeCall, "" };
    if (config.own.number == 0)
    {
        figures.setNotMeasured("echo.return_db", "this side sends no pilot", kind);
        figures.setNotMeasured("echo.at_most_db", "this side sends no pilot", most);
        return;
    }
    const auto summary = receiver.summary(config.own.number);
    const auto above = [this](double level) { return level - config.own.levelDbm0; };
    figures.set("echo.return_db", summary.levelDbm0.has_value() ? std::optional<double>(above(*summary.levelDbm0)) : std::nullopt,
                whyNotHeard(summary), kind);
    auto bound = summary.levelDbm0.has_value() ? summary.levelDbm0 : summary.hiddenDbm0;
    if (bound.has_value() && ! std::isfinite(*bound))
        bound = silentPilotDbm0;  // nothing but digital silence came back
    if (! summary.levelDbm0.has_value() && receiver.windows() < enoughWindows)
        bound.reset();
    figures.set("echo.at_most_db", bound.has_value() ? std::optional<double>(above(*bound)) : std::nullopt, whyNotHeard(summary),
                most);
}

void PilotMeasurement::addSteps(FigureSet& figures) const
{
    const auto others = [this](const auto& found) { return found.number != config.own.number; };
    uint64_t changes = 0;
    std::array<bool, PilotPlan::pilotCount + 1> seen {};
    for (const auto& step : receiver.steps)
    {
        const auto isFirst = ! std::exchange(seen[static_cast<size_t>(step.number)], true);
        changes += others(step) && ! (isFirst && isNothing(step.beforeRms, step.afterRms)) ? 1u : 0u;
    }
    figures.set("steps.count", changes,
                { "", "pilots that changed by 0.3 dB or more and stayed so; the first coming of one is no change", wholeCall, "" });
    figures.set("pilot.breaks", static_cast<uint64_t>(std::ranges::count_if(receiver.breaks, others)),
                { "", "pilots that were away for 8 to 500 ms and came back", wholeCall, "" });
}

void PilotMeasurement::addTables(FigureSet& figures, const std::vector<Heard>& heard) const
{
    const auto orNone = [](const std::optional<double>& value) {
        return value.has_value() ? Figure::Value(*value) : Figure::Value();
    };
    const auto delayOrNone = [&](const std::optional<double>& value) { return knowsTime ? orNone(value) : Figure::Value(); };
    const auto clockOf = [this](int64_t timeNs) {
        return knowsTime ? Figure::Value(1.0e-9 * static_cast<double>(timeNs)) : Figure::Value();
    };
    const auto nameOf = [this](int number) {
        return number == config.own.number ? std::string("self") : config.names.nameOf(number);
    };

    DetailTable pilots { "pilots",
                         { { "pilot", "" },
                           { "number", "" },
                           { "windows", "" },
                           { "first", "s" },
                           { "last", "s" },
                           { "level", "dBm0" },
                           { "delay p50", "ms" },
                           { "delay p95", "ms" },
                           { "delay max", "ms" } },
                         {},
                         0 };
    for (const auto& each : heard)
        pilots.add({ nameOf(each.number), static_cast<double>(each.number), static_cast<double>(each.summary.windows),
                     secondsAt(each.summary.firstNs), secondsAt(each.summary.lastNs), orNone(each.summary.levelDbm0),
                     delayOrNone(each.summary.delayP50Ms), delayOrNone(each.summary.delayP95Ms), delayOrNone(each.summary.delayMaxMs) });
    figures.setTable(std::move(pilots));

    DetailTable delays {
        "delays", { { "time", "s" }, { "clock", "s" }, { "pilot", "" }, { "delay", "ms" }, { "level", "dBm0" } }, {}, 0
    };
    for (const auto& reading : receiver.readings)
        delays.add({ secondsAt(reading.timeNs), clockOf(reading.timeNs), nameOf(reading.number),
                     knowsTime ? Figure::Value(reading.delayMs) : Figure::Value(), reading.levelDbm0 });
    delays.rowsLeftOut += receiver.readingsLeftOut();
    figures.setTable(std::move(delays));

    const auto levelOf = [this](double rms, double otherRms) {
        return isNothing(rms, otherRms) ? Figure::Value() : Figure::Value(dbm0FromRms(rms, law));
    };
    DetailTable steps {
        "steps",
        { { "time", "s" }, { "clock", "s" }, { "pilot", "" }, { "before", "dBm0" }, { "after", "dBm0" }, { "step", "dB" } },
        {},
        0
    };
    for (const auto& step : receiver.steps)
    {
        const auto isWhole = ! isNothing(step.beforeRms, step.afterRms) && ! isNothing(step.afterRms, step.beforeRms);
        steps.add({ secondsAt(step.timeNs), clockOf(step.timeNs), nameOf(step.number), levelOf(step.beforeRms, step.afterRms),
                    levelOf(step.afterRms, step.beforeRms),
                    isWhole ? Figure::Value(dbFromGain(step.afterRms / step.beforeRms)) : Figure::Value() });
    }
    figures.setTable(std::move(steps));

    DetailTable breaks { "breaks", { { "time", "s" }, { "clock", "s" }, { "pilot", "" }, { "length", "ms" } }, {}, 0 };
    for (const auto& found : receiver.breaks)
        breaks.add({ secondsAt(found.startNs), clockOf(found.startNs), nameOf(found.number), found.lengthMs });
    figures.setTable(std::move(breaks));
}

void PilotMeasurement::finish(FigureSet& figures)
{
    receiver.finish();
    std::ranges::stable_sort(receiver.steps, {}, &PilotStep::timeNs);
    std::vector<Heard> heard;
    for (int number = 1; number <= PilotPlan::pilotCount; ++number)
        if (auto summary = receiver.summary(number); summary.windows > 0)
            heard.push_back({ number, summary });
    addHears(figures, heard);
    addDelays(figures, heard);
    addDrift(figures, heard);
    addEcho(figures);
    addSteps(figures);
    addTables(figures, heard);
}

} // namespace mw
