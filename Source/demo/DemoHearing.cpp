#include "DemoHearing.h"

#include "DemoPlan.h"
#include "DemoText.h"

#include <mw_lab/report/html/HtmlPlots.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mw::demo
{

namespace
{
constexpr double mostReturnDb = -60.0;   ///< of one's own pilot; a mix-minus leaves none, and the search goes down to some −70 dB
constexpr double delayToleranceMs = 1.0;

std::optional<double> numberOf(const FigureSet& figures, const std::string& path)
{
    const auto* figure = figures.find(path);
    return figure != nullptr ? figure->number() : std::nullopt;
}

/** Whether an end hears a pilot, by its name; nothing where it was not measured. */
std::optional<bool> hears(const FigureSet& figures, const std::string& name)
{
    const auto* figure = figures.find("hears." + name);
    const auto* truth = figure != nullptr ? std::get_if<bool>(&figure->value) : nullptr;
    return truth != nullptr ? std::optional<bool>(*truth) : std::nullopt;
}

std::string orDash(const std::optional<double>& value, const char* format)
{
    return value.has_value() ? juce::String::formatted(format, *value).toStdString() : std::string("-");
}

/** Least and greatest of some figures. */
struct Span
{
    double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();
    size_t count = 0;

    void add(const std::optional<double>& value)
    {
        if (! value.has_value())
            return;
        least = std::min(least, *value);
        most = std::max(most, *value);
        ++count;
    }
};

DemoClaim allHearEachOther(const std::vector<DemoEar>& ears)
{
    size_t pairs = 0, right = 0;
    Span levels;
    for (const auto& ear : ears)
        for (const auto& other : ears)
        {
            if (&other == &ear)
                continue;
            ++pairs;
            const auto level = numberOf(ear.figures, "hears." + other.name + "_dbm0");
            levels.add(level);
            const auto isRight = level.has_value() && std::abs(*level - DemoPlan::pilotDbm0) <= DemoPlan::toleranceDb;
            right += hears(ear.figures, other.name) == true && isRight ? 1u : 0u;
        }
    const auto range = levels.count > 0 ? text("%.2f to %.2f dBm0", levels.least, levels.most) : std::string("no level");
    return { right == pairs && pairs == DemoPlan::talkers.size() * (DemoPlan::talkers.size() - 1),
             text("who hears whom in a conference: %zu of %zu pairs hear each other's pilot at its level, %s, sent at %.2f dBm0", right, pairs,
                  range.c_str(), DemoPlan::pilotDbm0) };
}

DemoClaim nobodyHearsItself(const std::vector<DemoEar>& ears)
{
    Span returns;
    size_t silent = 0;
    for (const auto& ear : ears)
    {
        returns.add(numberOf(ear.figures, "echo.at_most_db"));
        silent += hears(ear.figures, "self") == false ? 1u : 0u;
    }
    const auto most = returns.count > 0 ? text("%.1f dB at most", returns.most) : std::string("not measured");
    return { silent == ears.size() && returns.count == ears.size() && ! ears.empty() && returns.most < mostReturnDb,
             text("%zu of %zu do not hear themselves: what comes back of the own pilot is %s", silent, ears.size(), most.c_str()) };
}

DemoClaim delaysAreThoseOfTheBuffers(const std::vector<DemoEar>& ears)
{
    // Source to mixer and mixer to source: each buffer holds what comes for its depth, a block less, or more once it was short. On a busy
    // machine a sender stands still at times, and what it then does not send again is missing in one buffer: half of both is left.
    constexpr auto least = 1.0 * (DemoPlan::jitterBufferMs - DemoPlan::blockMs), most = 2.0 * DemoPlan::maxBacklogMs;
    Span medians, late;
    for (const auto& ear : ears)
    {
        late.add(numberOf(ear.figures, "delay.p95_ms"));
        for (const auto& other : ears)
            if (&other != &ear)
                medians.add(numberOf(ear.figures, "hears." + other.name + "_delay_ms"));
    }
    const auto pairs = ears.size() * (ears.size() - 1);
    const auto measured = pairs > 0 && medians.count == pairs && late.count == ears.size();
    const auto range = measured ? text("p50 %.1f to %.1f ms, p95 %.1f ms at most", medians.least, medians.most, late.most) : std::string("not measured of all");
    return { measured && medians.least >= least - delayToleranceMs && medians.most <= most + delayToleranceMs && late.most >= medians.least,
             text("one-way delay from source to source: %s; two jitter buffers of %d ms hold %.0f to %.0f ms", range.c_str(), DemoPlan::jitterBufferMs,
                  least, most) };
}
} // namespace

Result<std::vector<DemoEar>> readEars(const DemoFiles& files)
{
    std::vector<DemoEar> ears;
    for (size_t i = 0; i < DemoPlan::talkers.size(); ++i)
    {
        const auto file = files.hearing(i);
        const auto path = file.getFullPathName().toStdString();
        if (! file.existsAsFile())
            return Error { ExitCode::environment, "read " + path, "the file is missing", {} };
        const auto report = juce::JSON::fromString(file.loadFileAsString());
        if (report["calls"].size() != 1 || ! report["calls"][0]["figures"].isObject())
            return Error { ExitCode::environment, "understand " + path, "it holds no measured call", {} };
        ears.push_back({ DemoPlan::talkers[i], figuresFromJson(report["calls"][0]["figures"]) });
    }
    return ears;
}

std::vector<DemoClaim> judgeHearing(const std::vector<DemoEar>& ears)
{
    return { allHearEachOther(ears), nobodyHearsItself(ears), delaysAreThoseOfTheBuffers(ears) };
}

std::string hearingTable(const std::vector<DemoEar>& ears)
{
    constexpr size_t nameWidth = 12, cellWidth = 22;
    const auto padded = [](std::string cell, size_t width) { return cell.size() < width ? cell + std::string(width - cell.size(), ' ') : cell; };
    auto table = padded("hears", nameWidth);
    for (const auto& ear : ears)
        table += padded(ear.name, cellWidth);
    table += "delay p50 / p95\n";
    for (const auto& ear : ears)
    {
        table += padded(ear.name, nameWidth);
        for (const auto& other : ears)
        {
            const auto isSelf = &other == &ear;
            const auto heard = hears(ear.figures, isSelf ? "self" : other.name);
            const auto path = "hears." + (isSelf ? std::string("self") : other.name);
            std::string cell = heard.has_value() ? "silent" : "not measured";
            if (heard == true)
                cell = orDash(numberOf(ear.figures, path + "_dbm0"), "%.1f") + " dBm0, " + orDash(numberOf(ear.figures, path + "_delay_ms"), "%.1f") + " ms";
            else if (isSelf && heard == false)
                cell = "below " + orDash(numberOf(ear.figures, "echo.at_most_db"), "%.1f") + " dB";
            table += padded(cell, cellWidth);
        }
        table += orDash(numberOf(ear.figures, "delay.p50_ms"), "%.1f") + " / " + orDash(numberOf(ear.figures, "delay.p95_ms"), "%.1f") + " ms\n";
    }
    return table;
}

std::string hearingHint(const DemoEar& ear, const std::string& other)
{
    const auto* delay = ear.figures.find("hears." + other + "_delay_ms");
    if (hears(ear.figures, other) != true || delay == nullptr || ! delay->isMeasured())
        return {};
    return ear.name + " hears " + other + ", " + delay->text(1) + " late";
}

Result<void> showHearing(const std::vector<DemoEar>& ears, const juce::File& page)
{
    std::vector<HearingRow> rows;
    for (const auto& ear : ears)
        rows.push_back({ ear.name, ear.figures });
    const auto matrix = juceText(htmlMatrix(rows));
    const auto html = page.loadFileAsString();
    const auto place = html.indexOf("<section id=\"call-1\">");
    const auto path = page.getFullPathName().toStdString();
    if (place < 0)
        return Error { ExitCode::environment, "understand " + path, page.existsAsFile() ? "it shows no call" : "the file is missing", {} };
    if (html.contains(matrix))
        return {};
    if (! page.replaceWithText(html.substring(0, place) + matrix + html.substring(place), false, false, "\n"))
        return Error { ExitCode::environment, "write " + path, "the system took no more data", "choose another folder with --out" };
    return {};
}

} // namespace mw::demo
