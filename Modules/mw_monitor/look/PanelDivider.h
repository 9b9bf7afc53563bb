#pragma once

#include "Look.h"

#include <functional>

namespace mw
{

/** The line between two panels: dragged, or moved by the arrow keys, it changes a panel's size; a double click gives it back
    its usual one. Whoever lays out the panels places it over their border. Message thread. */
class PanelDivider final : public juce::Component, public juce::SettableTooltipClient
{
public:
    /** Where the panel stands that the line belongs to: dragged towards it, the panel becomes smaller. */
    enum class Side { left, right, below };

    static constexpr int thickness = 5;  ///< what the mouse can catch [px]

    /** @param sizeNow of the panel, as it is laid out [px] @param resize wants it so large; the layout keeps its limits
        @param reset gives it its usual size */
    PanelDivider(Side sideOfPanel, const juce::String& title, std::function<int()> sizeNow, std::function<void(int)> resize,
                 std::function<void()> reset);

    void paint(juce::Graphics&) override;
    void mouseEnter(const juce::MouseEvent&) override { repaint(); }
    void mouseExit(const juce::MouseEvent&) override { repaint(); }
    void mouseDown(const juce::MouseEvent&) override;
    void mouseDrag(const juce::MouseEvent&) override;
    void mouseDoubleClick(const juce::MouseEvent&) override { restore(); }
    bool keyPressed(const juce::KeyPress&) override;
    void focusGained(FocusChangeType) override { repaint(); }
    void focusLost(FocusChangeType) override { repaint(); }

private:
    const Side side;
    const std::function<int()> size;
    const std::function<void(int)> setSize;
    const std::function<void()> restore;
    int sizeAtDown = 0;
};

} // namespace mw
