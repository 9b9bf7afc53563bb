#include "Accuracy.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace mw::accuracy
{

void Row::take(double error) noexcept
{
    ++cases;
    if (! std::isfinite(error))
        ++missed;
    else
        worst = std::max(worst, std::abs(error));
}

void Row::miss(const std::string& what)
{
    ++cases;
    if (missed++ == 0)
        firstMiss = what;
}

bool Row::held() const noexcept
{
    return cases > 0 && missed == 0 && (! bound.has_value() || worst <= *bound);
}

std::string shown(double value)
{
    char text[32];
    const auto magnitude = std::abs(value);
    if (magnitude != 0.0 && magnitude < 0.0001)
        std::snprintf(text, sizeof text, "%.1e", value);
    else
        std::snprintf(text, sizeof text, magnitude >= 100.0 ? "%.0f" : "%.3g", value);
    return text;
}

void Section::say(const std::string& paragraph) { parts.push_back({ paragraph, nullptr }); }

Row& Section::add(const std::string& condition, const std::string& quantity, const std::string& unit, std::optional<double> bound)
{
    auto& row = rows.emplace_back(condition, quantity, unit, bound);
    parts.push_back({ {}, &row });
    return row;
}

Row& Section::promise(const std::string& condition, const std::string& quantity, const std::string& unit, double bound)
{
    return add(condition, quantity, unit, bound);
}

Row& Section::finding(const std::string& condition, const std::string& quantity, const std::string& unit)
{
    return add(condition, quantity, unit, std::nullopt);
}

void Section::table(const std::vector<std::string>& columns, const std::vector<std::vector<std::string>>& cells)
{
    std::string text = "|", rule = "|";
    for (const auto& column : columns)
    {
        text += " " + column + " |";
        rule += "---|";
    }
    text += "\n" + rule;
    for (const auto& row : cells)
    {
        text += "\n|";
        for (const auto& cell : row)
            text += " " + cell + " |";
    }
    say(text);
}

void Section::picture(const std::string& file, const std::string& svg, const std::string& description)
{
    drawings.push_back({ file, svg });
    say("![" + description + "](pictures/" + file + ")");
}

std::vector<std::string> Section::allFaults() const
{
    auto all = faults;
    for (const auto& row : rows)
        if (! row.held())
            all.push_back(row.quantity + ", " + row.condition + ": "
                          + (row.cases == 0 ? std::string("nothing was measured")
                                            : "worst " + shown(row.worst) + " " + row.unit
                                                  + (row.bound.has_value() ? ", promised " + shown(*row.bound) : std::string())
                                                  + (row.missed > 0 ? "; " + std::to_string(row.missed) + " of " + std::to_string(row.cases)
                                                                          + " cases not measured " + row.firstMiss
                                                                    : std::string())));
    return all;
}

std::string Section::markdown() const
{
    std::string text;
    bool inTable = false;
    for (const auto& part : parts)
    {
        if (part.row == nullptr)
        {
            text += (text.empty() ? "" : "\n") + part.text + "\n";
            inTable = false;
            continue;
        }
        const auto& row = *part.row;
        if (! inTable)
            text += (text.empty() ? std::string() : std::string("\n")) + "| quantity | condition | cases | worst error | promised | held |\n|---|---|---|---|---|---|\n";
        inTable = true;
        const auto unit = row.unit.empty() ? std::string() : " " + row.unit;
        text += "| " + row.quantity + " | " + row.condition + " | " + std::to_string(row.cases) + " | " + shown(row.worst) + unit
              + (row.missed > 0 ? ", " + std::to_string(row.missed) + " not measured" : "") + " | "
              + (row.bound.has_value() ? shown(*row.bound) + unit : "—") + " | "
              + (! row.held() ? "**no**" : row.bound.has_value() ? "yes" : "—") + " |\n";
    }
    return text;
}

std::vector<Measurement>& measurements()
{
    static std::vector<Measurement> all;
    return all;
}

Registered::Registered(const char* sectionName, Run run)
{
    auto& all = measurements();
    const auto at = std::find_if(all.begin(), all.end(), [sectionName](const Measurement& each) { return each.name > sectionName; });
    all.insert(at, { sectionName, run });
}

} // namespace mw::accuracy
