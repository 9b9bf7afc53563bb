#include "Palette.h"

#include <algorithm>
#include <cmath>

namespace mw
{

const Palette& Palette::of(Theme theme)
{
    static const Palette dark {
        .background = juce::Colour(0xff15181c), .surface = juce::Colour(0xff1d2126), .raised = juce::Colour(0xff272c33),
        .line = juce::Colour(0xff2c3138), .text = juce::Colour(0xffe7eaee), .quiet = juce::Colour(0xff9aa3ad),
        .accent = juce::Colour(0xff4fb3bf), .onAccent = juce::Colour(0xff10181a), .good = juce::Colour(0xff6fcf97),
        .waiting = juce::Colour(0xfff2c94c), .bad = juce::Colour(0xfff07070), .off = juce::Colour(0xff8f99a5),
        .meter = juce::Colour(0xff4fb3bf), .meterHot = juce::Colour(0xfff2c94c) };
    static const Palette light {
        .background = juce::Colour(0xfff1f3f5), .surface = juce::Colour(0xfffcfcfd), .raised = juce::Colour(0xffe8ecef),
        .line = juce::Colour(0xffd3d9df), .text = juce::Colour(0xff15181c), .quiet = juce::Colour(0xff515b66),
        .accent = juce::Colour(0xff0b6e78), .onAccent = juce::Colour(0xffffffff), .good = juce::Colour(0xff17693d),
        .waiting = juce::Colour(0xff7a5300), .bad = juce::Colour(0xffb02323), .off = juce::Colour(0xff5a6470),
        .meter = juce::Colour(0xff0b8793), .meterHot = juce::Colour(0xffc98a00) };
    return theme == Theme::dark ? dark : light;
}

double contrastOf(juce::Colour one, juce::Colour other)
{
    const auto luminance = [](juce::Colour colour) {
        const auto linear = [](float channel) {
            const auto value = static_cast<double>(channel);
            return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * linear(colour.getFloatRed()) + 0.7152 * linear(colour.getFloatGreen()) + 0.0722 * linear(colour.getFloatBlue());
    };
    const auto a = luminance(one), b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

} // namespace mw
