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

/** The three sizes of type [px at 100 %]. */
inline constexpr float smallText = 12.0f, bodyText = 14.0f, titleText = 18.0f;

/** Fonts of the interface; the family's figures are all of one width, so that numbers do not jump. */
[[nodiscard]] juce::Font smallFont();
[[nodiscard]] juce::Font bodyFont();
[[nodiscard]] juce::Font strongFont();
[[nodiscard]] juce::Font titleFont();

} // namespace mw::layout
