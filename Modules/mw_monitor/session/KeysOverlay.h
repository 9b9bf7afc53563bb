#pragma once

#include "../look/Look.h"

namespace mw
{

/** All keys of the window, over everything; any key or click closes it. Message thread. */
class KeysOverlay final : public juce::Component
{
public:
    KeysOverlay();

    /** Shows it over its parent, or closes it. */
    void toggle();

    void paint(juce::Graphics&) override;
    bool keyPressed(const juce::KeyPress&) override;
    void mouseDown(const juce::MouseEvent&) override { close(); }

private:
    void close();

    juce::Component::SafePointer<juce::Component> focusBefore;
};

} // namespace mw
