#pragma once

#include <juce_graphics/juce_graphics.h>

namespace mw::layout
{

/** The grid that everything is aligned to [px at 100 %]. */
inline constexpr int grid = 8;
inline constexpr int half = grid / 2;
inline constexpr int controlHeight = 28;
inline constexpr int rowHeight = 24;
inline constexpr int stripWidth = 88, compactStripWidth = 56;
inline constexpr float corner = 4.0f;

/** The three sizes of type, from ascent to descent [px at 100 %]. Of Open Sans they are those at which the top of small letters
    falls on a whole pixel: between them and the dot of an i there must be a row that is empty, or the dot is not seen. */
inline constexpr float smallText = 12.75f, bodyText = 15.0f, titleText = 20.4f;

/** Fonts of the interface; the family's figures are all of one width, so that numbers do not jump. */
[[nodiscard]] juce::Font smallFont();
[[nodiscard]] juce::Font bodyFont();
[[nodiscard]] juce::Font strongFont();
[[nodiscard]] juce::Font titleFont();

} // namespace mw::layout
