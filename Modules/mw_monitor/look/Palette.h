#pragma once

#include <juce_graphics/juce_graphics.h>

namespace mw
{

enum class Theme { dark, light };

/** The colours of a theme by their use. State colours say state only, and never alone: a shape or a word stands with them. */
struct Palette
{
    juce::Colour background;  ///< behind everything
    juce::Colour surface;     ///< of a panel
    juce::Colour raised;      ///< of a control on a panel
    juce::Colour line;        ///< one pixel between things
    juce::Colour text, quiet; ///< at least 4.5:1 on background, surface and raised
    juce::Colour accent;      ///< what can be grabbed, what is chosen, the focus
    juce::Colour onAccent;    ///< text upon it
    juce::Colour good, waiting, bad, off;
    juce::Colour meter, meterHot;  ///< below and above −9 dBm0

    [[nodiscard]] static const Palette& of(Theme theme);
};

/** Contrast of two opaque colours, 1…21 (WCAG 2.1, relative luminance). */
[[nodiscard]] double contrastOf(juce::Colour one, juce::Colour other);

} // namespace mw
