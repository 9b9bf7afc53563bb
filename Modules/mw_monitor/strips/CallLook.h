#pragma once

#include "../look/Palette.h"

#include <mw_lab/mw_lab.h>

namespace mw
{

/** How a state is told: by a shape, a word and, last, a colour. */
enum class StateShape { disc, half, triangle, ring };

struct StateLook
{
    StateShape shape = StateShape::ring;
    juce::String word;
    juce::Colour Palette::*colour = &Palette::off;
};

/** "up", "held", "rings", "calls", "dials", "over": as short as a compact strip is narrow. */
[[nodiscard]] StateLook lookOf(CallState state);

/** How soon a state wants to be seen: 0 first. */
[[nodiscard]] int urgencyOf(CallState state) noexcept;

/** Draws the shape into a square. */
void drawState(juce::Graphics& g, juce::Rectangle<float> square, StateShape shape, juce::Colour colour);

} // namespace mw
