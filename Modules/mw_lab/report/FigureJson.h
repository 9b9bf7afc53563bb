#pragma once

#include "../measure/FigureSet.h"

#include <juce_core/juce_core.h>

namespace mw
{

/** Figures as an object by path: `{"level.active_dbm0": {"value", "unit", "reference", "window", "accuracy", "whyNot"}}`. What was not
    measured has the value null and says why; `whyNot` is absent otherwise. */
[[nodiscard]] juce::var figuresJson(const FigureSet& set);

/** The way back: figures from what figuresJson() made. What is not of that form is left out. */
[[nodiscard]] FigureSet figuresFromJson(const juce::var& json);

/** Tables as an object by name: `{"digits": {"columns": [{"name", "unit"}], "rows": [[…]], "rowsLeftOut"}}`. */
[[nodiscard]] juce::var tablesJson(const FigureSet& set);

} // namespace mw
