#pragma once

#include <juce_graphics/juce_graphics.h>

namespace mw
{

/** Small signs that stand with a colour. They are drawn and not written: most sans families have no such characters. */
enum class Shape { disc, square, rhombus, dot, warning, right, left, down };

/** @param size of the sign [px]; the colour is the one that is set */
void drawShape(juce::Graphics& g, Shape shape, juce::Point<float> centre, float size = 8.0f);

} // namespace mw
