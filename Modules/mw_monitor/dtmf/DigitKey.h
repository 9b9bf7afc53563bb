#pragma once

#include "../look/Look.h"

#include <functional>

namespace mw
{

/** One key of the keypad. Message thread. */
class DigitKey final : public juce::Button
{
public:
    explicit DigitKey(char digitOfIt);

    std::function<void(char)> onPress;    ///< the mouse went down on it, or Return or a screen reader pressed it
    std::function<void(char)> onRelease;  ///< it was let go

    /** Whether its digit sounds in the mix now. */
    void setSounding(bool sounds);

    void paintButton(juce::Graphics&, bool highlighted, bool down) override;
    void mouseDown(const juce::MouseEvent&) override;
    void mouseUp(const juce::MouseEvent&) override;

private:
    void clicked() override;

    const char digit;
    bool byMouse = false, sounding = false;
};

} // namespace mw
