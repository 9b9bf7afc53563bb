#pragma once

#include "../look/Layout.h"
#include "../look/Look.h"
#include "CallLook.h"

#include <array>
#include <cstddef>

namespace mw
{

/** Short texts on a component that are painted by it, and of which one that changes is painted alone. Message thread.
    @tparam count how many there are */
template <size_t count>
class StripLines
{
public:
    enum class Style { plain, quiet, strong, wrong };

    struct Line
    {
        juce::Rectangle<int> area;  ///< empty: not shown
        juce::String label;         ///< quiet, at the left; may be empty
        juce::String text;
        Style style = Style::plain;
        juce::Justification justification = juce::Justification::centredLeft;
    };

    explicit StripLines(juce::Component& componentToPaintOn) : component(componentToPaintOn) {}

    void place(size_t index, juce::Rectangle<int> area, const juce::String& label = {},
               juce::Justification justification = juce::Justification::centredLeft)
    {
        auto& line = lines[index];
        line.area = area;
        line.label = label;
        line.justification = justification;
    }

    void set(size_t index, const juce::String& text, Style style)
    {
        auto& line = lines[index];
        if (line.text == text && line.style == style)
            return;
        line.text = text;
        line.style = style;
        component.repaint(line.area);
    }

    [[nodiscard]] const juce::String& text(size_t index) const { return lines[index].text; }

    void paint(juce::Graphics& g, const Palette& p) const
    {
        for (const auto& line : lines)
        {
            if (line.area.isEmpty() || line.text.isEmpty() || ! g.clipRegionIntersects(line.area))
                continue;
            g.setFont(line.style == Style::strong ? layout::strongFont() : layout::smallFont());
            auto area = line.area;
            const auto taken = g.getCurrentFont().getStringWidthFloat(line.text + line.label) + (line.style == Style::wrong ? 16.0f : 4.0f);
            if (line.label.isNotEmpty() && taken <= static_cast<float>(area.getWidth()))
            {
                g.setColour(p.quiet);
                g.drawText(line.label, area, juce::Justification::centredLeft, false);
            }
            if (line.style == Style::wrong)
                g.setFont(layout::smallFont().boldened());
            g.setColour(line.style == Style::quiet ? p.quiet : line.style == Style::wrong ? p.bad : p.text);
            const auto justification = line.label.isNotEmpty() ? juce::Justification::centredRight : line.justification;
            if (line.style == Style::wrong)
            {
                // A shape stands with the colour.
                const auto width = juce::roundToInt(g.getCurrentFont().getStringWidthFloat(line.text));
                const auto left = justification == juce::Justification::centredRight ? area.getRight() - width - 12 : area.getX();
                drawState(g, juce::Rectangle<int>(left, area.getCentreY() - 4, 8, 8).toFloat(), StateShape::triangle, p.bad);
                area.setLeft(left + 12);
            }
            g.drawText(line.text, area, justification, true);
        }
    }

private:
    juce::Component& component;
    std::array<Line, count> lines;
};

} // namespace mw
