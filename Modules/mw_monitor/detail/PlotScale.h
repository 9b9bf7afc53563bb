#pragma once

#include "../look/Figures.h"

#include <cstdint>
#include <vector>

namespace mw
{

/** Room around the axes of every plot [px]. */
inline constexpr int plotAxisWidth = 48, plotAxisHeight = 20, plotTopSpace = 20;

/** A line of a grid with its words. */
struct PlotTick
{
    double at = 0.0;
    juce::String text;
};

/** Ticks at 1, 2 or 5 times a power of ten, between two values.
    @param room how many fit at most, 2 or more */
[[nodiscard]] std::vector<PlotTick> valueTicks(double low, double high, int room);

/** Ticks of running time at round seconds and minutes: "12:40" or "12:40.5", hours where they began.
    @param fromNs, toNs engine clock [ns] @param startNs where the running time is zero [ns] @param room how many fit at most */
[[nodiscard]] std::vector<PlotTick> timeTicks(int64_t fromNs, int64_t toNs, int64_t startNs, int room);

/** "1:02:03.4" of a running time [ns]: minutes, seconds, tenths. */
[[nodiscard]] juce::String runningTime(int64_t timeNs);

/** The least of 1, 2 or 5 times a power of ten that is not below a value. @param value above 0 */
[[nodiscard]] double roundUp(double value);

/** A linear mapping of values upon pixels, either way up. */
struct PlotMapping
{
    double fromValue = 0.0, toValue = 1.0;
    double fromPixel = 0.0, toPixel = 1.0;

    [[nodiscard]] double pixel(double value) const noexcept
    {
        return fromPixel + (value - fromValue) / (toValue - fromValue) * (toPixel - fromPixel);
    }
    [[nodiscard]] double value(double pixelAt) const noexcept
    {
        return fromValue + (pixelAt - fromPixel) / (toPixel - fromPixel) * (toValue - fromValue);
    }
};

} // namespace mw
