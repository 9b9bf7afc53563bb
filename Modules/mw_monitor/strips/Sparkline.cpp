#include "Sparkline.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr float lowestDbm0 = -60.0f, hotFromDbm0 = -9.0f;
}

Sparkline::Sparkline()
{
    setOpaque(true);
    setInterceptsMouseClicks(false, false);
}

void Sparkline::show(const Series* levels, double topDbm0)
{
    const auto width = static_cast<size_t>(std::max(0, getWidth()));
    std::vector<float> next(width, Series::nothing);
    constexpr size_t steps = seconds * historyHz;
    for (size_t age = 0; levels != nullptr && width > 0 && age < std::min(steps, levels->size()); ++age)
    {
        auto& column = next[width - 1 - age * width / steps];
        const auto level = levels->at(age);
        column = std::isnan(column) ? level : std::max(column, level);
    }
    const auto same = std::equal(next.begin(), next.end(), columns.begin(), columns.end(),
                                 [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); });
    top = static_cast<float>(topDbm0);
    if (same)
        return;
    columns = std::move(next);
    repaint();
}

void Sparkline::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.background);
    const auto height = getHeight();
    const auto hotHeight = juce::roundToInt((hotFromDbm0 - lowestDbm0) / (top - lowestDbm0) * static_cast<float>(height));
    juce::RectangleList<int> calm, hot;
    for (size_t x = 0; x < columns.size(); ++x)
    {
        const auto level = columns[x];
        if (std::isnan(level))
            continue;
        const auto share = std::clamp((level - lowestDbm0) / (top - lowestDbm0), 0.0f, 1.0f);
        const auto bar = std::max(1, juce::roundToInt(share * static_cast<float>(height)));
        const auto calmBar = std::min(bar, hotHeight);
        calm.addWithoutMerging({ static_cast<int>(x), height - calmBar, 1, calmBar });
        if (bar > calmBar)
            hot.addWithoutMerging({ static_cast<int>(x), height - bar, 1, bar - calmBar });
    }
    g.setColour(p.meter);
    g.fillRectList(calm);
    g.setColour(p.meterHot);
    g.fillRectList(hot);
}

} // namespace mw
