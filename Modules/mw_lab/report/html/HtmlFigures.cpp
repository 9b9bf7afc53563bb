#include "HtmlFigures.h"

#include "../Numbers.h"
#include "HtmlText.h"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace mw
{

namespace
{
constexpr size_t mostOpenRows = 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> familyNames { {
    { "call", "The call" }, { "sound", "Sound" }, { "tone", "Tone" }, { "level", "Levels" }, { "gaps", "Gaps" }, { "score", "Score against what was sent" },
    { "dtmf", "DTMF" }, { "events", "Telephone-events" }, { "hears", "Who is heard" }, { "pilot", "Pilots" }, { "delay", "Delay" }, { "drift", "Clock drift" },
    { "echo", "Echo" }, { "steps", "Steps of level" }, { "commands", "Commands and what was heard of them" }, { "transport", "RTP stream" }, { "rtcp", "RTCP" }, { "xr", "RTCP XR" }, { "quality", "Quality" },
    { "faults", "Faults" } } };

std::string familyOf(const std::string& path) { return path.substr(0, path.find('.')); }

std::string nameOfFamily(const std::string& family)
{
    for (const auto& [word, name] : familyNames)
        if (word == family)
            return std::string(name);
    return family;
}

std::string cellText(const Figure::Value& value)
{
    if (const auto* number = std::get_if<double>(&value))
        return fixedText(*number, *number == std::floor(*number) && std::abs(*number) < 1e9 ? 0 : 3);
    if (const auto* truth = std::get_if<bool>(&value))
        return *truth ? "true" : "false";
    if (const auto* words = std::get_if<std::string>(&value))
        return *words;
    return "—";
}

std::string figureRow(const Figure& figure)
{
    const auto isSmall = figure.number().has_value() && std::abs(*figure.number()) < 0.1 && *figure.number() != 0.0;
    const auto* words = std::get_if<std::string>(&figure.value);
    const auto value = words != nullptr && words->empty() ? std::string("''") : figure.text(isSmall ? 5 : 2);
    return "<tr>" + htmlElement("th", figure.path.substr(figure.path.find('.') + 1))
           + htmlElement("td", value, figure.isMeasured() ? "value" : "value quiet") + htmlElement("td", figure.reference, "quiet")
           + htmlElement("td", figure.window, "quiet") + htmlElement("td", figure.accuracy, "quiet") + "</tr>\n";
}

} // namespace

std::string htmlFigures(const FigureSet& figures)
{
    std::vector<std::string> families;
    for (const auto& figure : figures.figures())
        if (const auto family = familyOf(figure.path); std::find(families.begin(), families.end(), family) == families.end())
            families.push_back(family);

    std::string html;
    for (const auto& family : families)
    {
        html += "<h3>" + htmlText(nameOfFamily(family)) + " <code>" + htmlText(family) + ".*</code></h3>\n"
                "<div class=\"wide\"><table class=\"figures\"><thead><tr><th>figure</th><th>value</th><th>reference</th><th>window</th><th>accuracy</th></tr></thead><tbody>\n";
        for (const auto& figure : figures.figures())
            if (familyOf(figure.path) == family)
                html += figureRow(figure);
        html += "</tbody></table></div>\n";
    }
    return html;
}

std::string htmlTables(const FigureSet& figures)
{
    std::string html;
    for (const auto& table : figures.tables())
    {
        if (table.rows.empty())
            continue;
        const auto rows = table.rows.size() + table.rowsLeftOut;
        html += std::string("<details") + (rows <= mostOpenRows ? " open=\"open\"" : "") + "><summary>Table " + htmlElement("b", table.name) + ", "
                + std::to_string(rows) + (rows == 1 ? " row" : " rows") + "</summary>\n<div class=\"wide\"><table><thead><tr>";
        for (const auto& column : table.columns)
            html += htmlElement("th", column.name + (column.unit.empty() ? "" : " [" + column.unit + "]"));
        html += "</tr></thead><tbody>\n";
        for (size_t i = 0; i < std::min(table.rows.size(), mostHtmlRows); ++i)
        {
            html += "<tr>";
            for (const auto& cell : table.rows[i])
                html += htmlElement("td", cellText(cell), std::holds_alternative<double>(cell) ? "value" : "");
            html += "</tr>\n";
        }
        html += "</tbody></table></div>\n";
        if (rows > mostHtmlRows)
            html += htmlElement("p", std::to_string(rows - mostHtmlRows) + " more rows are left out here", "quiet");
        html += "</details>\n";
    }
    return html;
}

} // namespace mw
