#include "DetailPage.h"

#include "../look/Layout.h"

namespace mw
{

void ToolRow::add(juce::Component& component, int width)
{
    row.emplace_back(&component, width);
    addAndMakeVisible(component);
}

int ToolRow::wantedWidth() const noexcept
{
    auto width = 0;
    for (const auto& [component, own] : row)
        width += own + layout::half;
    return width;
}

void ToolRow::resized()
{
    auto area = getLocalBounds();
    for (auto each = row.rbegin(); each != row.rend(); ++each)
    {
        each->first->setBounds(area.removeFromRight(each->second));
        area.removeFromRight(layout::half);
    }
}

} // namespace mw
