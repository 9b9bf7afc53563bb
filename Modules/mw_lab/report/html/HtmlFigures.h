#pragma once

#include "../../measure/FigureSet.h"

#include <string>

namespace mw
{

/** All figures, a table a family. */
[[nodiscard]] std::string htmlFigures(const FigureSet& figures);

/** All tables; long ones are folded, and their rows beyond mostHtmlRows are counted. */
[[nodiscard]] std::string htmlTables(const FigureSet& figures);

inline constexpr size_t mostHtmlRows = 500;

} // namespace mw
