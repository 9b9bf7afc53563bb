#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace mw
{

/** A short quiet text; while it tells of a fault it has the fault's colour, and the warning sign before it. Message thread. */
class SignLabel final : public juce::Label
{
public:
    SignLabel();

    void say(const juce::String& text, bool isFault);
    void paint(juce::Graphics&) override;

private:
    bool fault = false;
};

} // namespace mw
