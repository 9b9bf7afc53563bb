#include "PlotColours.h"

#include <array>

namespace mw
{

juce::Colour plotColour(const Palette& palette, size_t number)
{
    static constexpr std::array<juce::uint32, 8> onDark { 0xff4fb3bf, 0xffe0a458, 0xffb69cf0, 0xff8cc084,
                                                          0xffe58fb1, 0xff7aa9f7, 0xffc9c66b, 0xffcf9a86 };
    static constexpr std::array<juce::uint32, 8> onLight { 0xff0b6e78, 0xff9a5b00, 0xff6a48b8, 0xff3b7a33,
                                                           0xffa83a6b, 0xff2c5fbd, 0xff6f6b00, 0xff8a4a33 };
    const auto dark = palette.surface.getPerceivedBrightness() < 0.5f;
    return juce::Colour((dark ? onDark : onLight)[number % onDark.size()]);
}

} // namespace mw
