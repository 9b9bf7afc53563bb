#include "CallLook.h"

namespace mw
{

StateLook lookOf(CallState state)
{
    switch (state)
    {
        case CallState::incoming: return { StateShape::half, "calls", &Palette::waiting };
        case CallState::dialling: return { StateShape::half, "dials", &Palette::waiting };
        case CallState::ringing: return { StateShape::half, "rings", &Palette::waiting };
        case CallState::established: return { StateShape::disc, "up", &Palette::good };
        case CallState::held: return { StateShape::half, "held", &Palette::waiting };
        case CallState::closed: return { StateShape::ring, "over", &Palette::off };
    }
    return {};
}

int urgencyOf(CallState state) noexcept
{
    switch (state)
    {
        case CallState::incoming: return 0;
        case CallState::dialling: return 1;
        case CallState::ringing: return 2;
        case CallState::held: return 3;
        case CallState::established: return 4;
        case CallState::closed: return 5;
    }
    return 5;
}

void drawState(juce::Graphics& g, juce::Rectangle<float> square, StateShape shape, juce::Colour colour)
{
    g.setColour(colour);
    juce::Path path;
    switch (shape)
    {
        case StateShape::disc: g.fillEllipse(square); return;
        case StateShape::ring: g.drawEllipse(square.reduced(0.75f), 1.5f); return;
        case StateShape::half:
            g.drawEllipse(square.reduced(0.75f), 1.5f);
            path.addPieSegment(square, 0.0f, juce::MathConstants<float>::pi, 0.0f);
            break;
        case StateShape::triangle:
            path.addTriangle(square.getBottomLeft(), square.getBottomRight(), { square.getCentreX(), square.getY() });
            break;
    }
    g.fillPath(path);
}

} // namespace mw
