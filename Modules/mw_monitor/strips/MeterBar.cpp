#include "MeterBar.h"

#include "../look/Figures.h"
#include "../look/Layout.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr int holdLine = 2, peakLine = 1;
constexpr int labelDistance = 11;  ///< between two figures [px]

/** A sample's amplitude as the RMS of the sine that has it as its peak. */
double asRms(float amplitude) { return static_cast<double>(amplitude) * std::sqrt(0.5); }
} // namespace

MeterBar::MeterBar()
{
    setOpaque(true);
    setInterceptsMouseClicks(false, false);
}

void MeterBar::show(const MeterReading& reading, const LevelScale& scale, const MonitorModel& model)
{
    const auto full = getHeight();
    const auto height = [&](double rms) { return scale.heightOf(model.shownLevel(rms), full); };
    const Heights next { height(static_cast<double>(reading.rms)), height(asRms(reading.peak)), height(asRms(reading.peakHold)) };
    const auto before = now;
    now = next;
    if (stale || scale != shown)
    {
        shown = scale;
        stale = false;
        repaint();
        return;
    }
    repaintBetween(before.rms, next.rms, 0);
    repaintBetween(before.peak, next.peak, peakLine);
    repaintBetween(before.hold, next.hold, holdLine);
}

void MeterBar::repaintBetween(int one, int other, int margin)
{
    if (one != other)
        repaint(0, getHeight() - std::max(one, other), getWidth(), std::abs(one - other) + margin);
}

void MeterBar::resized() { stale = true; }

void MeterBar::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto full = getHeight(), width = getWidth();
    g.fillAll(p.line);
    const auto hot = shown.heightOf(shown.hot, full);
    g.setColour(p.meter);
    g.fillRect(0, full - std::min(now.rms, hot), width, std::min(now.rms, hot));
    g.setColour(p.meterHot);
    if (now.rms > hot)
        g.fillRect(0, full - now.rms, width, now.rms - hot);
    g.setColour((now.peak > hot ? p.meterHot : p.meter).withAlpha(0.7f));
    if (now.peak > now.rms)
        g.fillRect(0, full - now.peak, width, peakLine);
    g.setColour(now.hold > hot ? p.meterHot : p.text);
    if (now.hold > 0)
        g.fillRect(0, full - now.hold, width, holdLine);
}

MeterMarks::MeterMarks() { setInterceptsMouseClicks(false, false); }

void MeterMarks::show(const LevelScale& scale)
{
    if (scale == shown)
        return;
    shown = scale;
    repaint();
}

void MeterMarks::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.setColour(p.quiet);
    g.setFont(layout::smallFont());
    auto lastLabel = -2 * labelDistance;
    for (const auto mark : LevelScale::marks)
    {
        if (mark > shown.top)
            continue;
        const auto y = getHeight() - heightOf(mark);
        g.fillRect(0, std::min(y, getHeight() - 1), 3, 1);
        // Zero is read most: +3 gives way to it.
        const auto zero = getHeight() - heightOf(0.0);
        if (y - lastLabel < labelDistance || (mark > 0 && zero - y < labelDistance))
            continue;
        lastLabel = y;
        // As on any meter, the figures below zero have no sign: beside the tick it would look like a second one.
        const auto text = (mark > 0 ? juce::String("+") : juce::String()) + figures::of(std::abs(mark), 0);
        g.drawText(text, 6, std::clamp(y - 8, 0, getHeight() - 12), getWidth() - 6, 16, juce::Justification::centredLeft, false);
    }
}

} // namespace mw
