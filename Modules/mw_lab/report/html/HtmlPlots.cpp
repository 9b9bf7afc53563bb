#include "HtmlPlots.h"

#include "../Numbers.h"
#include "HtmlText.h"
#include "PngImage.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace mw
{

namespace
{
constexpr double lowestDbm0 = -70.0;        ///< of the plot of levels [dBm0]
constexpr double spectrumRangeDb = 90.0;    ///< below full scale [dB]
constexpr size_t leastPoints = 5;           ///< of a plot over time
constexpr size_t mostMarks = 500;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

double numberOf(const Figure::Value& value)
{
    const auto* number = std::get_if<double>(&value);
    return number != nullptr ? *number : nothing;
}

/** A stretch of the time axis with a word. */
struct Stretch
{
    double startS = 0.0, endS = 0.0;
    std::string word;
    SvgPlot::Colour colour = SvgPlot::Colour::quiet;
};

void addDigits(std::vector<Stretch>& stretches, const FigureSet& figures)
{
    const auto* table = figures.table("digits");
    if (table == nullptr)
        return;
    const auto digit = table->columnOf("digit"), start = table->columnOf("start"), end = table->columnOf("end");
    if (! digit || ! start || ! end)
        return;
    for (size_t i = 0; i < std::min(table->rows.size(), mostMarks); ++i)
        if (const auto* text = std::get_if<std::string>(&table->rows[i][*digit]))
            stretches.push_back({ numberOf(table->rows[i][*start]), numberOf(table->rows[i][*end]), *text, SvgPlot::Colour::series2 });
}

void addGaps(std::vector<Stretch>& stretches, const FigureSet& figures)
{
    const auto* table = figures.table("gaps");
    const auto start = table != nullptr ? table->columnOf("start") : std::nullopt;
    const auto length = table != nullptr ? table->columnOf("duration") : std::nullopt;
    const auto kind = table != nullptr ? table->columnOf("kind") : std::nullopt;
    if (start && length && kind)
        for (size_t i = 0; i < std::min(table->rows.size(), mostMarks); ++i)
        {
            const auto startS = numberOf(table->rows[i][*start]);
            const auto* word = std::get_if<std::string>(&table->rows[i][*kind]);
            stretches.push_back({ startS, startS + 1e-3 * numberOf(table->rows[i][*length]), word != nullptr ? *word : "gap", SvgPlot::Colour::bad });
        }
}

/** In the order of time, since a word gives way to those before it. */
void mark(SvgPlot& plot, std::vector<Stretch> stretches)
{
    std::ranges::stable_sort(stretches, {}, [](const Stretch& each) { return std::isfinite(each.startS) ? each.startS : 0.0; });
    for (auto& each : stretches)
        plot.span(each.startS, each.endS, std::move(each.word), each.colour);
}

std::string figureOf(const SvgPlot& plot, const std::string& id, const std::string& caption)
{
    return "<figure>" + htmlElement("figcaption", caption) + plot.inlineSvg(id) + "</figure>\n";
}

SvgPlot::Axis timeAxis(double seconds) { return { .label = "time", .unit = "s", .min = 0.0, .max = std::max(seconds, 0.02) }; }

std::string levelPlot(const SinkCall& call, const SoundHistory& history, Law law, const std::string& id)
{
    SvgPlot plot({ .title = "Level over time", .x = timeAxis(history.seconds()), .y = { .label = "level", .unit = "dBm0", .min = lowestDbm0, .max = 5.0 },
                   .showsTitle = false });
    std::vector<double> x, rms, peak;
    const auto level = [law](double value) { return std::max(lowestDbm0, dbm0FromRms(value, law)); };
    for (size_t i = 0; i < history.columns().size(); ++i)
    {
        const auto& column = history.columns()[i];
        x.push_back(history.columnSeconds() * static_cast<double>(i));
        rms.push_back(level(std::sqrt(column.meanSquare)));
        peak.push_back(level(column.peak / std::sqrt(2.0)));
    }
    if (! x.empty())
    {
        x.push_back(history.seconds());
        rms.push_back(rms.back());
        peak.push_back(peak.back());
    }
    std::vector<Stretch> stretches;
    constexpr auto wordShare = 0.1;  // of the plot's width that the word needs
    for (const auto& silence : history.silences())
        stretches.push_back({ silence.startS, silence.endS, silence.endS - silence.startS > wordShare * history.seconds() ? "silence" : "",
                              SvgPlot::Colour::quiet });
    addDigits(stretches, call.figures);
    addGaps(stretches, call.figures);
    mark(plot, std::move(stretches));
    plot.line("peak, as a sine of that amplitude", x, peak, SvgPlot::Colour::quiet, true).step("RMS", std::move(x), std::move(rms));
    return figureOf(plot, id, "Level over time, columns of " + fixedText(history.columnSeconds(), 2) + " s; silences of 0.2 s and more, digits and gaps marked");
}

/** From dark blue over purple and orange to light yellow: brighter is louder, on any ground. */
std::vector<std::array<uint8_t, 3>> heatColours()
{
    constexpr std::array<std::array<double, 3>, 6> stops { { { 8, 10, 28 }, { 52, 22, 98 }, { 128, 37, 120 }, { 205, 66, 84 }, { 247, 142, 52 }, { 252, 245, 178 } } };
    std::vector<std::array<uint8_t, 3>> colours(256);
    for (size_t i = 0; i < colours.size(); ++i)
    {
        const auto at = static_cast<double>(i) / 255.0 * static_cast<double>(stops.size() - 1);
        const auto below = std::min(static_cast<size_t>(at), stops.size() - 2);
        for (size_t part = 0; part < 3; ++part)
            colours[i][part] = static_cast<uint8_t>(std::lround(std::lerp(stops[below][part], stops[below + 1][part], at - static_cast<double>(below))));
    }
    return colours;
}

std::string spectrogram(const SinkCall& call, const SoundHistory& history, const std::string& id)
{
    if (history.columns().empty())
        return {};
    PngImage image { history.columns().size(), SoundHistory::rows, std::vector<uint8_t>(history.columns().size() * SoundHistory::rows), heatColours() };
    for (size_t x = 0; x < image.width; ++x)
        for (size_t row = 0; row < image.height; ++row)
        {
            const auto db = 10.0 * std::log10(2.0 * history.power(x, row) + 1e-12);
            image.pixels[(image.height - 1 - row) * image.width + x] = static_cast<uint8_t>(std::lround(255.0 * std::clamp(1.0 + db / spectrumRangeDb, 0.0, 1.0)));
        }
    SvgPlot plot({ .title = "Spectrogram", .description = "Frequency over time; brighter is louder; digits are marked", .x = timeAxis(history.seconds()),
                   .y = { .label = "frequency", .unit = "Hz", .min = 0.0, .max = history.topHz() }, .showsTitle = false });
    plot.picture(image.dataUri(), 0.0, std::max(history.seconds(), 0.02), 0.0, history.topHz());
    std::vector<Stretch> digits;
    addDigits(digits, call.figures);
    mark(plot, std::move(digits));
    return figureOf(plot, id, "Spectrogram, 0 to −" + fixedText(spectrumRangeDb, 0) + " dB below a full-scale sine; digits marked");
}

/** A table with a column "time" [s]: a plot for each unit; a line for each of its words where it has a column of words. */
std::string timePlots(const DetailTable& table, double seconds, const std::string& id)
{
    const auto time = table.columnOf("time");
    if (! time || table.rows.size() < leastPoints)
        return {};
    std::optional<size_t> words;
    std::vector<std::string> units;
    for (size_t i = 0; i < table.columns.size(); ++i)
    {
        const auto isText = std::ranges::any_of(table.rows, [i](const auto& row) { return std::holds_alternative<std::string>(row[i]); });
        const auto& column = table.columns[i];
        if (isText && ! words)
            words = i;
        if (! isText && i != *time && column.name != "clock" && ! column.unit.empty() && std::ranges::find(units, column.unit) == units.end())
            units.push_back(column.unit);
    }
    std::string html;
    for (const auto& unit : units)
    {
        SvgPlot plot({ .title = table.name + " over time", .x = timeAxis(seconds), .y = { .label = table.name, .unit = unit }, .showsTitle = false });
        std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> lines;
        for (size_t i = 0; i < table.columns.size(); ++i)
            if (table.columns[i].unit == unit && i != *time && table.columns[i].name != "clock")
                for (const auto& row : table.rows)
                {
                    const auto* word = words ? std::get_if<std::string>(&row[*words]) : nullptr;
                    auto& line = lines[(word != nullptr ? juceText(*word).toStdString() + " " : std::string()) + table.columns[i].name];
                    line.first.push_back(numberOf(row[*time]));
                    line.second.push_back(numberOf(row[i]));
                }
        auto colour = 0;
        for (auto& [name, line] : lines)
            plot.line(name, std::move(line.first), std::move(line.second), static_cast<SvgPlot::Colour>(colour++ % 6));
        html += figureOf(plot, id + "-" + std::to_string(&unit - units.data()), "Table " + table.name + " over time [" + unit + "]");
    }
    return html;
}

/** What one end hears of a pilot. @param name of the pilot, "self" for the end's own @param end its name */
SvgPlot::Cell matrixCell(const FigureSet& figures, const std::string& name, const std::string& end, bool hasRoom)
{
    const auto path = "hears." + name;
    const auto* hears = figures.find(path);
    const auto* truth = hears != nullptr ? std::get_if<bool>(&hears->value) : nullptr;
    const auto whom = juceText(name).toStdString();
    SvgPlot::Cell cell;
    if (truth == nullptr)
    {
        cell.colour = SvgPlot::Colour::quiet;
        cell.share = 0.06;
        cell.text = "—";
        cell.hint = hears != nullptr ? hears->text() : "not looked for";
        return cell;
    }
    const auto* level = figures.find(path + "_dbm0");
    const auto* delay = figures.find(path + "_delay_ms");
    const auto late = *truth && delay != nullptr && delay->isMeasured() ? ", " + delay->text(1) : std::string();
    cell.colour = ! *truth ? SvgPlot::Colour::quiet : name == "self" ? SvgPlot::Colour::bad : SvgPlot::Colour::good;
    cell.share = *truth ? 0.35 : 0.12;
    cell.text = ! *truth ? "silent" : level != nullptr && level->isMeasured() ? level->text(1) + (hasRoom ? late : std::string()) : "heard";
    cell.hint = end + (*truth ? " hears " : " does not hear ") + whom + (late.empty() ? "" : late + " late");
    return cell;
}

} // namespace

std::string htmlPlots(const SinkCall& call, Law law, size_t number)
{
    const auto id = "call-" + std::to_string(number) + "-";
    std::string html;
    if (call.history != nullptr)
        html += levelPlot(call, *call.history, law, id + "level") + spectrogram(call, *call.history, id + "spectrogram");
    for (size_t i = 0; i < call.figures.tables().size(); ++i)
        html += timePlots(call.figures.tables()[i], call.analysis.seconds, id + "table-" + std::to_string(i));
    return html;
}

std::string htmlMatrix(const std::vector<SinkCall>& calls)
{
    std::vector<HearingRow> rows;
    for (size_t i = 0; i < calls.size(); ++i)
        rows.push_back({ "call " + std::to_string(i + 1), calls[i].figures });
    return htmlMatrix(rows);
}

std::string htmlMatrix(const std::vector<HearingRow>& rows)
{
    constexpr std::string_view family = "hears.";
    std::vector<std::string> names;
    for (const auto& row : rows)
        for (const auto& figure : row.figures.figures())
            if (figure.path.starts_with(family) && figure.unit.empty() && figure.number() == std::nullopt)
                if (const auto name = figure.path.substr(family.size()); name != "self" && std::ranges::find(names, name) == names.end())
                    names.push_back(name);
    if (names.empty())
        return {};
    std::ranges::stable_sort(names, {}, [&rows](const std::string& name) { return std::ranges::find(rows, name, &HearingRow::name) - rows.begin(); });
    const auto isEnd = [&names](const HearingRow& row) { return std::ranges::find(names, row.name) != names.end(); };
    if (! std::ranges::all_of(rows, isEnd))
        names.emplace_back("self");

    SvgPlot::Config config { .title = "Who hears whom", .x = { .label = "", .categories = {} }, .y = { .label = "", .categories = {}, .downwards = true },
                             .height = static_cast<int>(40 + 34 * rows.size()), .showsTitle = false };
    for (const auto& name : names)
        config.x.categories.push_back(juceText(name).toStdString());
    for (const auto& row : rows)
        config.y.categories.push_back(juceText(row.name).toStdString());
    constexpr size_t mostWithDelay = 6;  // columns that have room for it
    std::vector<SvgPlot::Cell> cells;
    for (size_t y = 0; y < rows.size(); ++y)
        for (size_t x = 0; x < names.size(); ++x)
        {
            auto cell = matrixCell(rows[y].figures, names[x] == rows[y].name ? "self" : names[x], config.y.categories[y], names.size() <= mostWithDelay);
            cell.x = static_cast<double>(x);
            cell.y = static_cast<double>(y);
            cells.push_back(std::move(cell));
        }
    SvgPlot plot(std::move(config));
    plot.cells(std::move(cells));
    return "<section id=\"matrix\"><h2>Who hears whom</h2>\n"
           + figureOf(plot, "matrix-plot", "A row an end, a column a pilot: the level at which it was heard, and how late (one way)") + "</section>\n";
}

} // namespace mw
