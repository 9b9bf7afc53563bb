#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mw
{

/** A path that some measurement may set, so that a misspelled one is an error before the call and not a surprise after it. */
struct KnownFigure
{
    enum class Type { number, count, truth, text };

    std::string_view path;   ///< "level.active_dbm0"
    Type type = Type::number;
    std::string_view unit;   ///< of numbers
    std::string_view meaning;
};

/** All of them but those that carry a pilot's name (hears.NAME). Whoever measures something new adds its paths here; a test holds real
    reports to it. */
[[nodiscard]] std::span<const KnownFigure> knownFigures() noexcept;

/** A line a figure: path, unit, meaning; and the short words. For people. */
[[nodiscard]] std::string knownFigureText();

/** @param path not an alias @returns null when nobody can set it */
[[nodiscard]] const KnownFigure* knownFigure(std::string_view path) noexcept;

/** The path that a short word stands for ("digits", "loss"), or the word itself. */
[[nodiscard]] std::string_view withoutAlias(std::string_view path) noexcept;

/** The known path or alias that a mistyped one is nearest to, closestName(); empty when none is near. */
[[nodiscard]] std::string nearestFigure(std::string_view wrong);

} // namespace mw
