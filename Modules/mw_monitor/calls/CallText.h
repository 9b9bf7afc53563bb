#pragma once

#include "../look/Palette.h"

#include <juce_gui_basics/juce_gui_basics.h>
#include <mw_lab/mw_lab.h>

namespace mw
{

/** A call's state as the window shows it: a shape, a word and a colour, of which any one would do. */
struct CallMark
{
    enum class Shape { full, half, empty, triangle };
    Shape shape = Shape::empty;
    const char* word = "";
};

[[nodiscard]] CallMark markOf(const CallInfo& call) noexcept;

[[nodiscard]] juce::Colour colourOf(CallMark::Shape shape, const Palette& palette);

/** Draws the shape in the middle of an area. */
void drawMark(juce::Graphics& g, CallMark::Shape shape, const Palette& palette, juce::Rectangle<float> area);

/** Display name, or the URI. */
[[nodiscard]] juce::String nameOf(const CallInfo& call);

/** "in call · PCMU/8000", "failed · 486 Busy Here". */
[[nodiscard]] juce::String detailOf(const CallInfo& call);

/** How long it rings, runs or ran: "3:12"; empty when it was never established. @param nowNs engine clock [ns] */
[[nodiscard]] juce::String durationOf(const CallInfo& call, int64_t nowNs);

} // namespace mw
