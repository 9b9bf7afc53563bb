#pragma once

#include "../look/Look.h"

namespace mw
{

/** A number with its name and unit in one field: dragged sideways, typed after a click or Return, moved by the arrow keys;
    a right click puts it back. Message thread. */
class NumberField final : public juce::Slider
{
public:
    struct Range
    {
        double least = 0.0, most = 1.0, step = 1.0, usual = 0.0;
        int decimals = 0;
        double middle = 0.0;  ///< in the middle of the field's line; 0: as numbers go
    };

    /** @param shownName stands in the field @param title said to a screen reader, and found by tests @param unitOfIt "ms" */
    NumberField(const juce::String& shownName, const juce::String& title, const juce::String& unitOfIt, const Range& rangeOfIt);

    void paint(juce::Graphics&) override;
    void mouseDown(const juce::MouseEvent&) override;
    bool keyPressed(const juce::KeyPress&) override;
    void focusGained(FocusChangeType) override { repaint(); }
    void focusLost(FocusChangeType) override { repaint(); }

private:
    void lookAndFeelChanged() override;

    const juce::String name, unit;
    const Range range;
};

} // namespace mw
