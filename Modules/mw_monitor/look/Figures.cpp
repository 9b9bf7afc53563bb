#include "Figures.h"

#include <mw_lab/mw_lab.h>

#include <array>
#include <cmath>

namespace mw::figures
{

juce::String of(double value, int decimals) { return juceText(fixedText(value, decimals)); }

juce::String clock(int64_t timeNs)
{
    const auto seconds = timeNs / 1'000'000'000;
    const auto two = [](int64_t number) { return juce::String(number).paddedLeft('0', 2); };
    return two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
}

juce::String size(int64_t octets)
{
    static constexpr std::array<const char*, 5> units { "B", "kB", "MB", "GB", "TB" };
    auto value = static_cast<double>(octets);
    size_t unit = 0;
    for (; value >= 1000.0 && unit + 1 < units.size(); ++unit)
        value /= 1000.0;
    return juce::String(value, unit == 0 || value >= 100.0 ? 0 : 1) + " " + units[unit];
}

} // namespace mw::figures
