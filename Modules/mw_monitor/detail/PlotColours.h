#pragma once

#include "../look/Look.h"

#include <cstddef>

namespace mw
{

/** Hues that tell lines of a plot apart, at least 3:1 against the theme's surface; they say nothing of state, and the legend
    names each. @param number any; they repeat after eight */
[[nodiscard]] juce::Colour plotColour(const Palette& palette, size_t number);

} // namespace mw
