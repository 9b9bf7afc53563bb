#include "CallText.h"

#include <algorithm>

namespace mw
{

CallMark markOf(const CallInfo& call) noexcept
{
    using Mark = CallMark::Shape;
    switch (call.state)
    {
        case CallState::incoming: return { Mark::half, "calls you" };
        case CallState::dialling: return { Mark::half, "dialling" };
        case CallState::ringing: return { Mark::half, "ringing" };
        case CallState::established: return call.onHold ? CallMark { Mark::half, "on hold" } : CallMark { Mark::full, "in call" };
        case CallState::held: return { Mark::half, call.onHold ? "on hold, both" : "holds us" };
        case CallState::closed: return call.failed ? CallMark { Mark::triangle, "failed" } : CallMark { Mark::empty, "ended" };
    }
    return {};
}

juce::Colour colourOf(CallMark::Shape shape, const Palette& palette)
{
    switch (shape)
    {
        case CallMark::Shape::full: return palette.good;
        case CallMark::Shape::half: return palette.waiting;
        case CallMark::Shape::triangle: return palette.bad;
        case CallMark::Shape::empty: return palette.off;
    }
    return palette.off;
}

void drawMark(juce::Graphics& g, CallMark::Shape shape, const Palette& palette, juce::Rectangle<float> area)
{
    const auto box = area.withSizeKeepingCentre(10.0f, 10.0f);
    g.setColour(colourOf(shape, palette));
    juce::Path path;
    switch (shape)
    {
        case CallMark::Shape::full: g.fillEllipse(box); return;
        case CallMark::Shape::half:
            g.drawEllipse(box.reduced(0.75f), 1.5f);
            path.addPieSegment(box, juce::MathConstants<float>::pi, 2.0f * juce::MathConstants<float>::pi, 0.0f);
            break;
        case CallMark::Shape::empty: g.drawEllipse(box.reduced(0.75f), 1.5f); return;
        case CallMark::Shape::triangle: path.addTriangle(box.getBottomLeft(), box.getBottomRight(), { box.getCentreX(), box.getY() }); break;
    }
    g.fillPath(path);
}

juce::String nameOf(const CallInfo& call) { return juceText(call.peerName.empty() ? call.peerUri : call.peerName); }

juce::String detailOf(const CallInfo& call)
{
    const auto dot = juce::String::fromUTF8(" · ");
    juce::String text(markOf(call).word);
    if (call.state != CallState::closed)
        return call.codec.empty() ? text : text + dot + juceText(call.codec);
    if (call.sipCode == 0 && call.reason.empty())
        return text;
    text << dot;
    if (call.sipCode != 0)
        text << call.sipCode << " ";
    return (text + juceText(call.reason)).trimEnd();
}

juce::String durationOf(const CallInfo& call, int64_t nowNs)
{
    const auto isOver = call.state == CallState::closed;
    if (isOver && call.establishedNs == 0)
        return {};
    const auto sinceNs = call.establishedNs != 0 ? call.establishedNs : call.startedNs;
    const auto seconds = std::max<int64_t>(((isOver ? call.closedNs : nowNs) - sinceNs) / 1'000'000'000, 0);
    const auto two = [](int64_t number) { return juce::String(number).paddedLeft('0', 2); };
    return seconds < 3600 ? juce::String(seconds / 60) + ":" + two(seconds % 60)
                          : juce::String(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
}

} // namespace mw
