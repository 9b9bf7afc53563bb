#include "SvgPlot.h"

#include "SvgCanvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace mw
{

namespace
{
constexpr int fontPx = 12;

struct NamedColour
{
    const char* name;
    const char* light;
    const char* dark;
};
constexpr std::array<NamedColour, 10> seriesColours { {
    { "s1", "#0b6e78", "#4fb3bf" }, { "s2", "#b3541e", "#f0a35e" }, { "s3", "#5b4bb5", "#a99df0" }, { "s4", "#3d7a2a", "#8fcc7a" },
    { "s5", "#a8326e", "#ec8fbd" }, { "s6", "#6b6a1c", "#cfcb63" },
    { "good", "#17693d", "#6fcf97" }, { "bad", "#b02323", "#f07070" }, { "wait", "#7a5300", "#f2c94c" }, { "quiet", "#515b66", "#9aa3ad" } } };
constexpr std::array<NamedColour, 4> groundColours { {
    { "ink", "#15181c", "#e7eaee" }, { "soft", "#515b66", "#9aa3ad" }, { "rule", "#d3d9df", "#2c3138" }, { "ground", "#fcfcfd", "#1d2126" } } };

/** Every class that a plot uses. @param colour gives the CSS value for a colour */
template <typename ColourOf>
std::string rules(ColourOf&& colourOf)
{
    std::string css = ".plot text{font:" + std::to_string(fontPx) + "px system-ui,'Open Sans',sans-serif;fill:" + colourOf(groundColours[0]) + "}"
                      ".plot .pt{font-weight:600;font-size:14px}.plot .pq{fill:" + colourOf(groundColours[1]) + "}"
                      ".plot .pr{stroke:" + colourOf(groundColours[2]) + ";stroke-width:1;fill:none}"
                      ".plot .pa{stroke:" + colourOf(groundColours[1]) + ";stroke-width:1;fill:none}"
                      ".plot .ph{stroke:" + colourOf(groundColours[3]) + ";stroke-width:3;paint-order:stroke;stroke-linejoin:round}"
                      ".plot .pl{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}.plot .pd{stroke-dasharray:5 4}"
                      ".plot .pb{fill-opacity:.22;stroke:none}.plot .pc{stroke:" + colourOf(groundColours[3]) + ";stroke-width:1}"
                      ".plot .ps{fill-opacity:.14;stroke:none}";
    for (const auto& each : seriesColours)
        css += std::string(".plot .") + each.name + "{stroke:" + colourOf(each) + "}.plot .f-" + each.name + "{fill:" + colourOf(each) + "}";
    css += ".plot .f-ground{fill:" + colourOf(groundColours[3]) + "}";
    return css;
}

std::string variables(bool dark)
{
    std::string text;
    for (const auto& each : seriesColours)
        text += std::string("--plot-") + each.name + ":" + (dark ? each.dark : each.light) + ";";
    for (const auto& each : groundColours)
        text += std::string("--plot-") + each.name + ":" + (dark ? each.dark : each.light) + ";";
    return text;
}
} // namespace

const char* SvgPlot::nameOf(Colour colour) noexcept { return seriesColours[static_cast<size_t>(colour)].name; }

SvgPlot::SvgPlot(Config config) : settings(std::move(config)) {}

SvgPlot& SvgPlot::add(Kind kind, std::string name, std::vector<double> x, std::vector<double> y, Colour colour)
{
    const auto count = std::min(x.size(), y.size());
    x.resize(count);
    y.resize(count);
    Series one;
    one.kind = kind;
    one.name = std::move(name);
    one.x = std::move(x);
    one.y = std::move(y);
    one.colour = colour;
    series.push_back(std::move(one));
    return *this;
}

SvgPlot& SvgPlot::line(std::string name, std::vector<double> x, std::vector<double> y, Colour colour, bool dashed)
{
    add(Kind::line, std::move(name), std::move(x), std::move(y), colour);
    series.back().dashed = dashed;
    return *this;
}

SvgPlot& SvgPlot::step(std::string name, std::vector<double> x, std::vector<double> y, Colour colour)
{
    return add(Kind::step, std::move(name), std::move(x), std::move(y), colour);
}

SvgPlot& SvgPlot::points(std::string name, std::vector<double> x, std::vector<double> y, Colour colour)
{
    return add(Kind::points, std::move(name), std::move(x), std::move(y), colour);
}

SvgPlot& SvgPlot::bars(std::string name, std::vector<double> x, std::vector<double> y, Colour colour, double width)
{
    add(Kind::bars, std::move(name), std::move(x), std::move(y), colour);
    auto& bar = series.back();
    bar.width = width;
    if (! (width > 0.0))
    {
        auto sorted = bar.x;
        std::sort(sorted.begin(), sorted.end());
        auto least = std::numeric_limits<double>::infinity();
        for (size_t i = 1; i < sorted.size(); ++i)
            if (sorted[i] > sorted[i - 1])
                least = std::min(least, sorted[i] - sorted[i - 1]);
        bar.width = 0.8 * (std::isfinite(least) ? least : 1.0);
    }
    return *this;
}

SvgPlot& SvgPlot::band(std::string name, std::vector<double> x, std::vector<double> low, std::vector<double> high, Colour colour)
{
    add(Kind::band, std::move(name), std::move(x), std::move(low), colour);
    high.resize(series.back().x.size(), std::numeric_limits<double>::quiet_NaN());
    series.back().high = std::move(high);
    return *this;
}

SvgPlot& SvgPlot::cells(std::vector<Cell> list, double width, double height)
{
    groups.push_back({ std::move(list), width > 0.0 ? width : 1.0, height > 0.0 ? height : 1.0 });
    return *this;
}

SvgPlot& SvgPlot::heatMap(const std::vector<double>& x, const std::vector<double>& y, const std::vector<double>& values, double low, double high,
                          Colour colour)
{
    std::vector<Cell> list;
    for (size_t i = 0; i < values.size() && ! x.empty() && i / x.size() < y.size(); ++i)
        if (std::isfinite(values[i]))
            list.push_back({ x[i % x.size()], y[i / x.size()], high > low ? std::clamp((values[i] - low) / (high - low), 0.0, 1.0) : 1.0, colour, "", "" });
    const auto distance = [](const std::vector<double>& at) {
        return at.size() > 1 ? std::abs(at.back() - at.front()) / static_cast<double>(at.size() - 1) : 1.0;
    };
    return cells(std::move(list), distance(x), distance(y));
}

SvgPlot& SvgPlot::picture(std::string uri, double x0, double x1, double y0, double y1)
{
    pictures.push_back({ std::move(uri), x0, x1, y0, y1 });
    return *this;
}

SvgPlot& SvgPlot::mark(double x, std::string text, Colour colour)
{
    marks.push_back({ x, x, std::move(text), colour, false });
    return *this;
}

SvgPlot& SvgPlot::span(double x0, double x1, std::string text, Colour colour)
{
    marks.push_back({ x0, x1, std::move(text), colour, true });
    return *this;
}

SvgPlot& SvgPlot::limit(double y, std::string text, Colour colour)
{
    limits.push_back({ y, y, std::move(text), colour, false });
    return *this;
}

std::vector<double> SvgPlot::ticks(double low, double high, int most)
{
    if (! std::isfinite(low) || ! std::isfinite(high) || ! (high > low))
        return { std::isfinite(low) ? low : 0.0 };
    const auto raw = (high - low) / std::max(1, most - 1);
    const auto power = std::pow(10.0, std::floor(std::log10(raw)));
    auto distance = 10.0 * power;
    for (const auto factor : { 1.0, 2.0, 5.0 })
        if (factor * power >= raw * 0.999999)
        {
            distance = factor * power;
            break;
        }
    std::vector<double> list;
    const auto first = std::ceil(low / distance - 1e-9);
    for (auto number = first; number * distance <= high + 1e-9 * distance && list.size() < 1000; number += 1.0)
        list.push_back(number * distance + 0.0);
    return list;
}

std::string SvgPlot::escaped(const std::string& text)
{
    std::string out;
    for (const auto c : text)
        switch (c)
        {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r')
                    out += "\xef\xbf\xbd";
                else
                    out += c;
        }
    return out;
}

std::vector<const SvgPlot::Series*> SvgPlot::named() const
{
    std::vector<const Series*> list;
    for (const auto& each : series)
        if (! each.name.empty())
            list.push_back(&each);
    return list;
}

SvgPlot::Range SvgPlot::rangeOfX() const
{
    Range range { std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), false };
    const auto take = [&](double value) {
        if (! std::isfinite(value) || (settings.x.logarithmic && ! (value > 0.0)))
            return;
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
        range.measured = true;
    };
    for (const auto& each : series)
        for (const auto value : each.x)
        {
            take(value - (each.kind == Kind::bars ? 0.5 * each.width : 0.0));
            take(value + (each.kind == Kind::bars ? 0.5 * each.width : 0.0));
        }
    for (const auto& group : groups)
        for (const auto& cell : group.cells)
        {
            take(cell.x - 0.5 * group.width);
            take(cell.x + 0.5 * group.width);
        }
    for (const auto& each : pictures)
    {
        take(each.x0);
        take(each.x1);
    }
    return finished(range, settings.x, false);
}

SvgPlot::Range SvgPlot::rangeOfY() const
{
    Range range { std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), false };
    const auto take = [&](double value) {
        if (! std::isfinite(value) || (settings.y.logarithmic && ! (value > 0.0)))
            return;
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
        range.measured = true;
    };
    auto hasBars = false;
    for (const auto& each : series)
    {
        for (const auto value : each.y)
            take(value);
        for (const auto value : each.high)
            take(value);
        hasBars = hasBars || each.kind == Kind::bars;
    }
    if (hasBars && range.measured && ! settings.y.logarithmic)
        take(0.0);
    auto filled = ! groups.empty() || ! pictures.empty();
    for (const auto& group : groups)
        for (const auto& cell : group.cells)
        {
            take(cell.y - 0.5 * group.height);
            take(cell.y + 0.5 * group.height);
        }
    for (const auto& each : pictures)
    {
        take(each.y0);
        take(each.y1);
    }
    if (range.measured)
        for (const auto& each : limits)
            take(each.from);
    return finished(range, settings.y, ! filled);
}

SvgPlot::Range SvgPlot::finished(Range range, const Axis& axis, bool withMargin)
{
    if (! axis.categories.empty())
    {
        range.low = -0.5;
        range.high = static_cast<double>(axis.categories.size()) - 0.5;
    }
    else if (! range.measured)
    {
        range.low = axis.logarithmic ? 1.0 : 0.0;
        range.high = axis.logarithmic ? 10.0 : 1.0;
    }
    else if (withMargin && ! axis.logarithmic)
    {
        // A flat line lies in the middle; others get a little air.
        const auto size = range.high - range.low;
        const auto air = size > 0.0 ? 0.06 * size : std::max(0.5, 0.05 * std::abs(range.high));
        const auto fromZero = range.low >= 0.0 && range.low <= 0.3 * range.high;
        range.low = fromZero ? 0.0 : range.low - air;
        range.high += air;
    }
    else if (withMargin && range.measured)
    {
        range.low /= 1.5;
        range.high *= 1.5;
    }
    range.low = axis.min.value_or(range.low);
    range.high = axis.max.value_or(range.high);
    if (! (range.high > range.low))
        range.high = axis.logarithmic ? range.low * 10.0 : range.low + 1.0;
    return range;
}

std::string SvgPlot::pageStyle()
{
    return ":root{" + variables(false) + "}@media screen and (prefers-color-scheme:dark){:root{" + variables(true) + "}}"
           + rules([](const NamedColour& colour) { return std::string("var(--plot-") + colour.name + ")"; })
           + ".plot{width:100%;height:auto;display:block}";
}

std::string SvgPlot::inlineSvg(const std::string& id) const
{
    const auto size = std::to_string(settings.width) + " " + std::to_string(settings.height);
    return "<svg class=\"plot\" viewBox=\"0 0 " + size + "\" role=\"img\" aria-labelledby=\"" + id + "-t " + id + "-d\">"
           "<title id=\"" + id + "-t\">" + escaped(settings.title) + "</title><desc id=\"" + id + "-d\">" + escaped(spokenDescription())
           + "</desc>" + body() + "</svg>";
}

std::string SvgPlot::document() const
{
    // Plain colours, since not every program that draws SVG knows CSS variables.
    const auto width = std::to_string(settings.width), height = std::to_string(settings.height);
    return "<svg class=\"plot\" xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height + "\" viewBox=\"0 0 " + width + " "
           + height + "\" role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">" + escaped(settings.title) + "</title><desc id=\"d\">"
           + escaped(spokenDescription()) + "</desc>\n<style>" + rules([](const NamedColour& colour) { return std::string(colour.light); })
           + "@media (prefers-color-scheme:dark){" + rules([](const NamedColour& colour) { return std::string(colour.dark); }) + "}</style>\n"
           "<rect class=\"f-ground\" width=\"" + width + "\" height=\"" + height + "\"/>\n" + body() + "</svg>\n";
}

std::string SvgPlot::spokenDescription() const
{
    if (! settings.description.empty())
        return settings.description;
    std::string text = svgLabel(settings.y) + " over " + svgLabel(settings.x);
    const auto list = named();
    for (size_t i = 0; i < list.size(); ++i)
        text += (i == 0 ? ": " : ", ") + list[i]->name;
    return text;
}

} // namespace mw
