#pragma once

#include "../model/MonitorModel.h"

#include <juce_gui_basics/juce_gui_basics.h>

namespace mw
{

/** One tab of the details. It works only while it is shown. Message thread. */
class DetailPage : public juce::Component
{
public:
    /** The snapshot is new, or the page comes to the front. Repaint only what changed. */
    virtual void refresh() = 0;

    /** The page comes to the front or leaves it: what costs something while it is shown begins and ends here. */
    virtual void setShown(bool shown) { juce::ignoreUnused(shown); }

    /** What stands in the row of the tabs, at its right end; null for nothing. */
    [[nodiscard]] virtual juce::Component* tools() { return nullptr; }

    /** How wide the tools are at most [px]. */
    [[nodiscard]] virtual int toolsWidth() const { return 0; }
};

/** A row of controls from the right to the left, each of a width of its own, a gap of the grid between them. Message thread. */
class ToolRow final : public juce::Component
{
public:
    /** @param width [px] @param component must outlive this */
    void add(juce::Component& component, int width);

    [[nodiscard]] int wantedWidth() const noexcept;
    void resized() override;

private:
    std::vector<std::pair<juce::Component*, int>> row;  ///< from the left
};

} // namespace mw
