#pragma once

#include <mw_lab/measure/FigureSet.h>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace mw
{

/** The figure's number; -1000 when nobody set it, or it was not measured. */
inline double valueOf(const FigureSet& figures, std::string_view path)
{
    const auto* figure = figures.find(path);
    return figure != nullptr && figure->number().has_value() ? *figure->number() : -1000.0;
}

/** The lines of a text, without their ends. */
inline std::vector<std::string> linesOf(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

} // namespace mw
