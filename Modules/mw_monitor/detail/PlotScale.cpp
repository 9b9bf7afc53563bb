#include "PlotScale.h"

#include <algorithm>
#include <cmath>

namespace mw
{

double roundUp(double value)
{
    const auto power = std::pow(10.0, std::floor(std::log10(value)));
    for (const auto digit : { 1.0, 2.0, 5.0 })
        if (digit * power >= value * (1.0 - 1e-9))
            return digit * power;
    return 10.0 * power;
}

std::vector<PlotTick> valueTicks(double low, double high, int room)
{
    const auto step = roundUp((high - low) / std::max(1, room - 1));
    const auto decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
    std::vector<PlotTick> ticks;
    for (auto number = std::ceil(low / step - 1e-9); number * step <= high + step * 1e-9; number += 1.0)
        ticks.push_back({ number * step + 0.0, figures::of(number * step + 0.0, decimals) });
    return ticks;
}

juce::String runningTime(int64_t timeNs)
{
    const auto tenths = static_cast<int64_t>(std::floor(static_cast<double>(timeNs) / 1e8 + 0.5));
    const auto size = std::abs(tenths);
    const auto two = [](int64_t number) { return juce::String(number).paddedLeft('0', 2); };
    const auto hours = size / 36000;
    return (tenths < 0 ? juce::String::fromUTF8("−") : juce::String()) + (hours > 0 ? juce::String(hours) + ":" : juce::String())
         + two(size / 600 % 60) + ":" + two(size / 10 % 60) + "." + juce::String(size % 10);
}

std::vector<PlotTick> timeTicks(int64_t fromNs, int64_t toNs, int64_t startNs, int room)
{
    constexpr int64_t second = 1'000'000'000;
    constexpr int64_t steps[] = { second / 5,   second / 2,  second,       2 * second,   5 * second,
                                  10 * second, 15 * second, 30 * second, 60 * second, 120 * second, 300 * second };
    const auto fits = [&](int64_t step) { return (toNs - fromNs) / step + 1 <= room; };
    const auto* const found = std::find_if(std::begin(steps), std::end(steps), fits);
    const auto step = found != std::end(steps) ? *found : 600 * second;
    std::vector<PlotTick> ticks;
    auto running = (fromNs - startNs) / step * step;
    if (running < fromNs - startNs)
        running += step;
    for (; running <= toNs - startNs; running += step)
    {
        const auto text = runningTime(running);
        ticks.push_back({ static_cast<double>(running + startNs), step < second ? text : text.dropLastCharacters(2) });
    }
    return ticks;
}

} // namespace mw
