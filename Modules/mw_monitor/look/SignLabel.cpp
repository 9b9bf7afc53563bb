#include "SignLabel.h"

#include "Layout.h"
#include "Look.h"
#include "Shapes.h"

#include <algorithm>

namespace mw
{

namespace
{
constexpr float signWidth = 14.0f, signSize = 9.0f;
}

SignLabel::SignLabel()
{
    setFont(layout::smallFont());
    setBorderSize({});
}

void SignLabel::say(const juce::String& text, bool isFault)
{
    if (std::exchange(fault, isFault) != isFault)
        repaint();
    setText(text, juce::dontSendNotification);
}

void SignLabel::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    auto area = getBorderSize().subtractedFrom(getLocalBounds()).toFloat();
    const auto lines = std::max(1, static_cast<int>(area.getHeight() / getFont().getHeight()));
    auto side = getJustificationType();
    g.setColour(fault ? p.bad : p.quiet);
    g.setFont(getFont());
    if (fault && getText().isNotEmpty())
    {
        const auto whole = getFont().getStringWidthFloat(getText()) + 1.0f, room = area.getWidth() - signWidth;
        if (getJustificationType().testFlags(juce::Justification::right) && whole < room)
            area.removeFromLeft(room - whole);
        // Of a text that takes two lines the sign stands beside the first one.
        const auto sign = area.removeFromLeft(signWidth);
        const auto middle = sign.getCentreY() - (lines > 1 && whole > room ? 0.5f * getFont().getHeight() : 0.0f);
        drawShape(g, Shape::warning, { sign.getX() + 0.5f * signSize, middle }, signSize);
        if (whole > room)  // and the text beside the sign, wherever a shorter one would stand
            side = juce::Justification::centredLeft;
    }
    g.drawFittedText(getText(), area.getSmallestIntegerContainer(), side, lines, 1.0f);
}

} // namespace mw
