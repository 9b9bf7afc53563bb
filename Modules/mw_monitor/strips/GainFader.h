#pragma once

#include "../look/Look.h"

#include <functional>

namespace mw
{

/** A gain's fader on GainTaper's travel, in dB; its lowest value stands for minus infinity. A drag moves in 0.1 dB, with Shift or
    Ctrl ten times as fine; a double click is unity; with the keyboard's focus ↑ and ↓ are 1 dB (Shift: 0.1 dB). A click on the
    rail moves nothing, so that a call's level never jumps. Each of these is one gesture. Message thread. */
class GainFader final : public juce::Slider
{
public:
    GainFader();

    /** Sets the gain as one gesture. @param gainDb clamped; below −60 dB is minus infinity */
    void moveTo(double gainDb);

    /** By some dB; minus infinity lies one step below −60 dB. */
    void moveBy(double byDb);

    /** [dB], silenceDb when closed. */
    [[nodiscard]] double gainDb() const;

    /** A right click. */
    std::function<void()> onMenu;

    double proportionOfLengthToValue(double proportion) override;
    double valueToProportionOfLength(double value) override;
    double snapValue(double attempted, DragMode mode) override;
    void paint(juce::Graphics&) override;
    void mouseDown(const juce::MouseEvent&) override;
    void mouseDrag(const juce::MouseEvent&) override;
    void mouseUp(const juce::MouseEvent&) override;
    void mouseDoubleClick(const juce::MouseEvent&) override;
    bool keyPressed(const juce::KeyPress&) override;
    void focusGained(FocusChangeType) override { repaint(); }
    void focusLost(FocusChangeType) override { repaint(); }

private:
    juce::Point<float> lastAt, virtualAt;  ///< of the mouse, and where it would be if it had moved as fine as was asked
    bool fine = false;
};

} // namespace mw
