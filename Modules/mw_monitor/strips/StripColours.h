#pragma once

#include "../look/Palette.h"

namespace mw
{

/** Behind a strip that is chosen: the surface, touched by the accent. */
[[nodiscard]] inline juce::Colour chosenBackground(const Palette& palette) { return palette.surface.interpolatedWith(palette.accent, 0.12f); }

} // namespace mw
