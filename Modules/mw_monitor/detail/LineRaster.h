#pragma once

#include <juce_graphics/juce_graphics.h>

#include <span>

namespace mw
{

/** How a line of a plot is drawn. */
struct LineStyle
{
    juce::Colour colour;
    float width = 1.0f;    ///< [px]
    bool dashed = false;   ///< 6 on, 4 off [px]
    float scale = 1.0f;    ///< pixels of the image a pixel of the plot
};

/** One point of a line; a gap where y is not a number. */
struct LinePoint
{
    float x = 0.0f, y = 0.0f;  ///< [px of the image]
};

/** Draws a polyline that goes from left to right into an image, column by column with soft edges: much cheaper than stroking a
    path, so that a hundred lines of a thousand points are drawn in a few milliseconds. What lies outside is cut off. A point between
    two gaps is drawn as a dot.

    @param image ARGB @param points in order of x */
void drawLine(juce::Image::BitmapData& image, std::span<const LinePoint> points, const LineStyle& style);

} // namespace mw
