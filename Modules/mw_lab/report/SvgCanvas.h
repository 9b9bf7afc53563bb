#pragma once

#include "Numbers.h"
#include "SvgPlot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace mw
{

/** Pixels: at most two decimals, no zeros behind. */
inline std::string svgNumber(double value)
{
    std::array<char, 64> digits {};
    std::snprintf(digits.data(), digits.size(), "%.2f", value);
    std::string text(digits.data());
    while (text.back() == '0')
        text.pop_back();
    if (text.back() == '.')
        text.pop_back();
    return text == "-0" ? "0" : text;
}

/** About the width of a text in a plot's letters [px]. */
inline double svgWidth(const std::string& text)
{
    const auto letters = std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    constexpr double letterPx = 6.6;  // mean width of a letter, on the wide side
    return letterPx * static_cast<double>(letters);
}

/** The decimals that tell two ticks so far apart from each other. */
inline int svgDecimals(double distance)
{
    if (! (distance > 0.0))
        return 0;
    return std::clamp(static_cast<int>(std::ceil(-std::log10(distance) - 1e-6)), 0, 9);
}

/** "time [s]" */
inline std::string svgLabel(const SvgPlot::Axis& axis)
{
    return axis.label + (axis.unit.empty() ? "" : " [" + axis.unit + "]");
}

/** The drawing area, and where values lie on it. */
class SvgPlot::Canvas
{
public:
    Canvas(const Config& config, const Range& rangeX, const Range& rangeY, bool legend)
        : x(rangeX), y(rangeY), logX(config.x.logarithmic), logY(config.y.logarithmic), downwards(config.y.downwards)
    {
        top = 10.0 + (config.showsTitle && ! config.title.empty() ? 22.0 : 0.0) + (legend ? 20.0 : 0.0);
        bottom = config.height - (config.x.label.empty() ? 24.0 : 42.0);
        right = config.width - 14.0;
        ticksY = config.y.categories.empty() ? (logY ? decades(y) : ticks(y.low, y.high, std::max(2, static_cast<int>((bottom - top) / 34.0))))
                                             : std::vector<double>();
        auto widest = 0.0;
        const auto decimals = ticksY.size() > 1 && ! logY ? svgDecimals(ticksY[1] - ticksY[0]) : 0;
        for (const auto tick : ticksY)
            widest = std::max(widest, svgWidth(logY ? logText(tick) : fixedText(tick, decimals)));
        for (const auto& name : config.y.categories)
            widest = std::max(widest, svgWidth(name));
        left = 16.0 + widest + (config.y.label.empty() ? 0.0 : 20.0);
        ticksX = config.x.categories.empty() ? (logX ? decades(x) : ticks(x.low, x.high, std::max(2, static_cast<int>((right - left) / 70.0))))
                                             : std::vector<double>();
    }

    [[nodiscard]] double atX(double value) const { return left + share(value, x, logX) * (right - left); }
    [[nodiscard]] double atY(double value) const
    {
        const auto part = share(value, y, logY);
        return downwards ? top + part * (bottom - top) : bottom - part * (bottom - top);
    }

    static std::string logText(double value) { return fixedText(value, value < 1.0 ? svgDecimals(value) : 0); }

    static std::vector<double> decades(const Range& range)
    {
        std::vector<double> list;
        for (auto power = std::floor(std::log10(range.low)); power <= std::ceil(std::log10(range.high)) && list.size() < 40; power += 1.0)
            for (const auto factor : { 1.0, 2.0, 5.0 })
                if (const auto value = factor * std::pow(10.0, power); value >= range.low * 0.999 && value <= range.high * 1.001)
                    list.push_back(value);
        return list;
    }

    Range x, y;
    bool logX = false, logY = false, downwards = false;
    double left = 0.0, right = 0.0, top = 0.0, bottom = 0.0;
    std::vector<double> ticksX, ticksY;
    std::string out;

private:
    static double share(double value, const Range& range, bool logarithmic)
    {
        const auto along = [&](double v) { return logarithmic ? std::log10(std::max(v, 1e-300)) : v; };
        const auto low = along(range.low), high = along(range.high);
        return std::clamp((along(value) - low) / (high - low), -0.05, 1.05);
    }
};

} // namespace mw
