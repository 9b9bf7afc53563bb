#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mw
{

/** One figure that was measured of a call, or the reason why it was not. */
struct Figure
{
    using Value = std::variant<std::monostate, double, bool, std::string>;

    std::string path;        ///< "level.active_dbm0": family, name and unit, lower case
    Value value;             ///< std::monostate: not measured
    std::string unit;        ///< "dBm0", "ms", "ppm", "%"; empty for texts, truths and counts
    std::string reference;   ///< what it is measured by: "ITU-T P.56 method B, 0 dBm0 by µ-law"
    std::string window;      ///< over what: "the whole call", "blocks of 1.024 s"
    std::string accuracy;    ///< how well it is known: "±0.1 dB"; what holds stands in Docs/Accuracy.md
    std::string whyNot;      ///< while not measured: "no active speech was heard"

    [[nodiscard]] bool isMeasured() const noexcept { return ! std::holds_alternative<std::monostate>(value); }

    /** The value as a number. Nothing when it was not measured or is no number. */
    [[nodiscard]] std::optional<double> number() const noexcept;

    /** "−20.02 dBm0", "true", "123A"; "not measured: no pilot was heard". */
    [[nodiscard]] std::string text(int decimals = 2) const;
};

/** What a kind of figure is; the same for each call. */
struct FigureKind
{
    std::string_view unit, reference, window, accuracy;
};

/** A list that was measured: digits, gaps, delays over time. Each row has a cell for each column. */
struct DetailTable
{
    struct Column
    {
        std::string name;    ///< "start"
        std::string unit;    ///< "s"; empty for texts
    };

    std::string name;        ///< "digits"
    std::vector<Column> columns;
    std::vector<std::vector<Figure::Value>> rows;
    uint64_t rowsLeftOut = 0;  ///< rows beyond mostRows

    static constexpr size_t mostRows = 100000;

    /** Adds a row, or counts it when there are too many. @param row one cell a column */
    void add(std::vector<Figure::Value> row);

    /** Where a column stands; nothing: there is none of that name. */
    [[nodiscard]] std::optional<size_t> columnOf(std::string_view column) const noexcept;

    /** A cell by its column's name; nothing when it is none, or no number. */
    [[nodiscard]] std::optional<double> number(size_t row, std::string_view column) const noexcept;

    /** Likewise; empty when it is no text. */
    [[nodiscard]] std::string text(size_t row, std::string_view column) const;
};

/** Everything that was measured of one call, by path: the one source of report, expectations, tables and pictures.

    Paths are unique; a figure that is set again replaces the former. What was not measured is in it as well, with its reason,
    so that an expectation on it can say why it was not measurable. A plain value; one thread at a time. */
class FigureSet
{
public:
    /** A number. One that is not finite counts as not measured ("not a finite number"). */
    void set(std::string_view path, double value, const FigureKind& kind);
    void set(std::string_view path, bool value, const FigureKind& kind);
    void set(std::string_view path, std::string value, const FigureKind& kind);
    void set(std::string_view path, const char* value, const FigureKind& kind) { set(path, std::string(value), kind); }

    /** A count. */
    void set(std::string_view path, uint64_t count, const FigureKind& kind) { set(path, static_cast<double>(count), kind); }

    /** A number if there is one, else the reason why there is none. */
    void set(std::string_view path, const std::optional<double>& value, std::string_view whyNot, const FigureKind& kind);

    /** What could not be measured, and why. */
    void setNotMeasured(std::string_view path, std::string_view whyNot, const FigureKind& kind);

    /** Adds a table, or replaces that of the same name. */
    void setTable(DetailTable table);

    /** Takes over all figures and tables of another set. */
    void add(const FigureSet& other);

    /** @returns null when nobody set it */
    [[nodiscard]] const Figure* find(std::string_view path) const noexcept;
    [[nodiscard]] const DetailTable* table(std::string_view name) const noexcept;

    /** In the order of their first setting. */
    [[nodiscard]] const std::vector<Figure>& figures() const noexcept { return all; }
    [[nodiscard]] const std::vector<DetailTable>& tables() const noexcept { return lists; }

private:
    Figure& place(std::string_view path, const FigureKind& kind);

    std::vector<Figure> all;
    std::vector<DetailTable> lists;
};

} // namespace mw
