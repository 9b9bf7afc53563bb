#include "FigureSet.h"

#include "../report/Numbers.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace mw
{

std::optional<double> Figure::number() const noexcept
{
    const auto* found = std::get_if<double>(&value);
    return found != nullptr ? std::optional<double>(*found) : std::nullopt;
}

std::string Figure::text(int decimals) const
{
    if (const auto* truth = std::get_if<bool>(&value))
        return *truth ? "true" : "false";
    if (const auto* words = std::get_if<std::string>(&value))
        return *words;
    if (const auto* figure = std::get_if<double>(&value))
    {
        const auto isCount = unit.empty() && *figure == std::floor(*figure);
        return fixedText(*figure, isCount ? 0 : decimals) + (unit.empty() ? "" : " " + unit);
    }
    return "not measured" + (whyNot.empty() ? std::string() : ": " + whyNot);
}

void DetailTable::add(std::vector<Figure::Value> row)
{
    assert(row.size() == columns.size());
    if (rows.size() < mostRows)
        rows.push_back(std::move(row));
    else
        ++rowsLeftOut;
}

std::optional<size_t> DetailTable::columnOf(std::string_view column) const noexcept
{
    const auto found = std::ranges::find(columns, column, &Column::name);
    return found == columns.end() ? std::nullopt : std::optional<size_t>(found - columns.begin());
}

std::optional<double> DetailTable::number(size_t row, std::string_view column) const noexcept
{
    const auto place = columnOf(column);
    const auto* value = place.has_value() && row < rows.size() ? std::get_if<double>(&rows[row][*place]) : nullptr;
    return value != nullptr ? std::optional<double>(*value) : std::nullopt;
}

std::string DetailTable::text(size_t row, std::string_view column) const
{
    const auto place = columnOf(column);
    const auto* value = place.has_value() && row < rows.size() ? std::get_if<std::string>(&rows[row][*place]) : nullptr;
    return value != nullptr ? *value : std::string();
}

Figure& FigureSet::place(std::string_view path, const FigureKind& kind)
{
    auto found = std::ranges::find(all, path, &Figure::path);
    auto& figure = found != all.end() ? *found : all.emplace_back();
    figure.path = path;
    figure.unit = kind.unit;
    figure.reference = kind.reference;
    figure.window = kind.window;
    figure.accuracy = kind.accuracy;
    figure.whyNot.clear();
    return figure;
}

void FigureSet::set(std::string_view path, double value, const FigureKind& kind)
{
    if (std::isfinite(value))
        place(path, kind).value = value;
    else
        setNotMeasured(path, "not a finite number", kind);
}

void FigureSet::set(std::string_view path, bool value, const FigureKind& kind) { place(path, kind).value = value; }

void FigureSet::set(std::string_view path, std::string value, const FigureKind& kind) { place(path, kind).value = std::move(value); }

void FigureSet::set(std::string_view path, const std::optional<double>& value, std::string_view whyNot, const FigureKind& kind)
{
    if (value.has_value())
        set(path, *value, kind);
    else
        setNotMeasured(path, whyNot, kind);
}

void FigureSet::setNotMeasured(std::string_view path, std::string_view whyNot, const FigureKind& kind)
{
    auto& figure = place(path, kind);
    figure.value = std::monostate {};
    figure.whyNot = whyNot;
}

void FigureSet::setTable(DetailTable table)
{
    const auto found = std::ranges::find(lists, table.name, &DetailTable::name);
    if (found != lists.end())
        *found = std::move(table);
    else
        lists.push_back(std::move(table));
}

void FigureSet::add(const FigureSet& other)
{
    for (const auto& figure : other.all)
    {
        const auto found = std::ranges::find(all, figure.path, &Figure::path);
        if (found != all.end())
            *found = figure;
        else
            all.push_back(figure);
    }
    for (const auto& table : other.lists)
        setTable(table);
}

const Figure* FigureSet::find(std::string_view path) const noexcept
{
    const auto found = std::ranges::find(all, path, &Figure::path);
    return found != all.end() ? &*found : nullptr;
}

const DetailTable* FigureSet::table(std::string_view name) const noexcept
{
    const auto found = std::ranges::find(lists, name, &DetailTable::name);
    return found != lists.end() ? &*found : nullptr;
}

} // namespace mw
