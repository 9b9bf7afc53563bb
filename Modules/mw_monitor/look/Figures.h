#pragma once

#include <juce_core/juce_core.h>

#include <cstdint>

namespace mw::figures
{

/** Numbers as the window shows them: a real minus sign, "−∞" for silence, "—" for what was not measured, never a unit. */
[[nodiscard]] juce::String of(double value, int decimals);

/** "00:12:41" of a time [ns]; hours grow beyond two figures. */
[[nodiscard]] juce::String clock(int64_t timeNs);

/** "48 MB", in powers of ten. @param octets */
[[nodiscard]] juce::String size(int64_t octets);

} // namespace mw::figures
