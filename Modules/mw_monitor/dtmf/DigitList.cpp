#include "DigitList.h"

#include "../look/Figures.h"
#include "../look/Layout.h"
#include "../look/Shapes.h"

#include <cmath>

namespace mw
{

const char* nameOf(DigitEntry::Way way) noexcept
{
    switch (way)
    {
        case DigitEntry::Way::inBand: return "in-band";
        case DigitEntry::Way::telephoneEvent: return "telephone-event";
        case DigitEntry::Way::sipInfo: return "SIP INFO";
    }
    return "";
}

DigitList::DigitList(MonitorModel& modelToShow) : model(modelToShow)
{
    list.setModel(this);
    list.setRowHeight(rowHeight);
    list.setTitle("Digits sent and heard");
    addAndMakeVisible(list);
}

void DigitList::refresh()
{
    if (std::exchange(shown, model.digits().number()) == model.digits().number())
        return;
    list.updateContent();
    list.repaint();
    repaint();
}

const DigitEntry* DigitList::entryAt(int row) const
{
    const auto& entries = model.digits().entries();
    const auto count = static_cast<int>(entries.size());
    return row >= 0 && row < count ? &entries[static_cast<size_t>(count - 1 - row)] : nullptr;
}

juce::String DigitList::who(const DigitEntry& entry) const
{
    if (entry.leg == 0)
        return "the mix";
    const auto* call = model.call(entry.leg);
    return call != nullptr ? juceText(call->peerName.empty() ? call->peerUri : call->peerName) : "call " + juce::String(entry.leg);
}

juce::String DigitList::figuresOf(const DigitEntry& entry) const
{
    const auto dot = juce::String::fromUTF8(" · ");
    auto text = figures::clock(entry.timeNs - (model.snapshot().timeNs - model.snapshot().runningNs));
    text << "." << juce::String(entry.timeNs / 100'000'000 % 10);
    if (! std::isnan(entry.lowDbm0))
        text << dot << figures::of(entry.lowDbm0, 1) << " / " << figures::of(entry.highDbm0, 1) << " dBm0";
    else
        text << dot << nameOf(entry.way);
    if (! std::isnan(entry.durationMs))
        text << dot << figures::of(entry.durationMs, 0) << " ms";
    return text;
}

juce::String DigitList::rowText(int row) const
{
    const auto* entry = entryAt(row);
    if (entry == nullptr)
        return {};
    return (entry->sent ? "sent to " : "heard from ") + who(*entry) + " " + nameOf(entry->way) + ": " + juceText(entry->digits) + ", " + figuresOf(*entry);
}

juce::String DigitList::getTooltipForRow(int row)
{
    const auto* entry = entryAt(row);
    auto text = rowText(row);
    if (entry != nullptr && ! std::isnan(entry->lowHz))
        text << ", " << figures::of(entry->lowHz, 1) << " + " << figures::of(entry->highHz, 1) << " Hz, twist "
             << figures::of(entry->highDbm0 - entry->lowDbm0, 1) << " dB";
    return text;
}

void DigitList::paint(juce::Graphics& g)
{
    if (getNumRows() > 0)
        return;
    g.setColour(Look::of(*this).quiet);
    g.setFont(layout::smallFont());
    g.drawFittedText("Digits that are sent and heard stand here.", getLocalBounds().removeFromTop(rowHeight), juce::Justification::centredLeft, 2);
}

void DigitList::paintListBoxItem(int row, juce::Graphics& g, int width, int height, bool selected)
{
    const auto* entry = entryAt(row);
    if (entry == nullptr)
        return;
    const auto& p = Look::of(*this);
    auto area = juce::Rectangle<int>(width, height);
    if (selected)
    {
        g.setColour(p.raised);
        g.fillRoundedRectangle(area.toFloat(), layout::corner);
    }
    area.removeFromRight(layout::grid);
    auto upper = area.removeFromTop(height / 2);
    // Sent points away from us, heard towards us.
    g.setColour(entry->sent ? p.quiet : p.accent);
    drawShape(g, entry->sent ? Shape::right : Shape::left, upper.removeFromLeft(14).toFloat().getCentre().translated(-3.0f, 0.0f), 7.0f);
    area.removeFromLeft(14);
    g.setFont(layout::bodyFont().withHeight(layout::smallText).boldened());
    g.setColour(p.text);
    const auto digits = juceText(entry->digits);
    const auto font = g.getCurrentFont();
    const auto digitsWidth = std::min(font.getStringWidth(digits) + 2, upper.getWidth() / 2);
    g.drawText(digits, upper.removeFromRight(digitsWidth), juce::Justification::centredRight, true);
    g.setFont(layout::smallFont());
    g.drawText(who(*entry), upper, juce::Justification::centredLeft, true);
    g.setColour(p.quiet);
    g.drawText(figuresOf(*entry), area, juce::Justification::centredLeft, true);
}

} // namespace mw
