#include "LatenessHistogram.h"

#include "../look/Shapes.h"

#include "../look/Figures.h"
#include "../look/Layout.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr int figuresHeight = 24;
constexpr double binUs = 10.0;  // bin i holds 2^i … 2^(i+1) of these, bin 0 all below too

juce::String lengthText(double us)
{
    if (us < 1000.0)
        return figures::of(us, 0) + juce::String::fromUTF8(" µs");
    return figures::of(us / 1000.0, us < 10000.0 && std::fmod(us, 1000.0) != 0.0 ? 2 : us < 100000.0 && std::fmod(us,
            1000.0) != 0.0 ? 1 : 0) + " ms";
}
} // namespace

LatenessHistogram::LatenessHistogram(MonitorModel& modelToShow) : model(modelToShow)
{
    setTitle("Histogram of tick lateness");
    setOpaque(true);
}

void LatenessHistogram::refresh()
{
    const auto& now = model.snapshot().ticks;
    if (now.latenessHistogram == shown.latenessHistogram && now.ticks == shown.ticks && now.lateTicks == shown.lateTicks
            && now.skippedTicks == shown.skippedTicks)
        return;
    // A tick more moves no bar by a pixel when there are many: what is drawn changes five times a second at most.
    const auto urgent = now.lateTicks != shown.lateTicks || now.ticks < shown.ticks;
    const auto perStep = static_cast<uint64_t>(std::max(1, 1000 / std::max(1, model.engine().config().blockMs) / historyHz));
    if (! urgent && now.ticks < shown.ticks + perStep && shown.ticks != 0)
        return;
    shown = now;
    repaint();
}

juce::Rectangle<int> LatenessHistogram::plotArea() const
{
    return getLocalBounds().withTrimmedLeft(plotAxisWidth).withTrimmedRight(layout::grid).withTrimmedTop(plotTopSpace).withTrimmedBottom(plotAxisHeight + figuresHeight);
}

float LatenessHistogram::xOf(double latenessUs) const
{
    const auto area = plotArea().toFloat();
    const auto bin = std::clamp(std::log2(std::max(latenessUs, 1.0) / binUs), 0.0, static_cast<double>(binCount));
    return area.getX() + static_cast<float>(bin) / static_cast<float>(binCount) * area.getWidth();
}

double LatenessHistogram::lateFromUs() const { return 500.0 * model.engine().config().blockMs; }

double LatenessHistogram::decades() const
{
    const auto most = *std::max_element(shown.latenessHistogram.begin(), shown.latenessHistogram.end());
    return std::max(1.0, std::ceil(std::log10(static_cast<double>(std::max<uint64_t>(most, 1)) * 1.05)));
}

juce::Rectangle<float> LatenessHistogram::barOf(size_t bin) const
{
    const auto count = shown.latenessHistogram[bin];
    if (count == 0)
        return {};
    const auto area = plotArea().toFloat();
    const auto width = area.getWidth() / static_cast<float>(binCount);
    // A single tick is a tenth of a decade high: it must be seen.
    const auto height = static_cast<float>((std::log10(static_cast<double>(count)) + 0.1) / (decades() + 0.1)) * area.getHeight();
    return { area.getX() + static_cast<float>(bin) * width + 1.0f, area.getBottom() - height, width - 2.0f, height };
}

juce::String LatenessHistogram::readingOf(size_t bin) const
{
    const auto low = binUs * std::exp2(static_cast<double>(bin));
    const auto range = bin == 0 ? "up to " + lengthText(2.0 * low)
                     : bin + 1 == binCount ? lengthText(low) + " and later"
                                           : lengthText(low) + juce::String::fromUTF8(" … ") + lengthText(2.0 * low);
    const auto count = shown.latenessHistogram[bin];
    return range + ": " + juce::String(count) + (count == 1 ? " tick" : " ticks");
}

void LatenessHistogram::mouseMove(const juce::MouseEvent& event)
{
    const auto area = plotArea();
    const auto inside = area.contains(event.getPosition());
    const auto now = inside ? std::optional<size_t>(std::min(binCount - 1,
            static_cast<size_t>((event.x - area.getX()) * static_cast<int>(binCount) / area.getWidth())))
                            : std::nullopt;
    if (now == hovered)
        return;
    hovered = now;
    repaint();
}

void LatenessHistogram::mouseExit(const juce::MouseEvent&)
{
    hovered.reset();
    repaint();
}

void LatenessHistogram::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    paintAxes(g);
    const auto lateX = xOf(lateFromUs());
    for (size_t bin = 0; bin < binCount; ++bin)
    {
        const auto bar = barOf(bin);
        if (bar.isEmpty())
            continue;
        const auto late = bar.getRight() > lateX + 1.0f;
        g.setColour(late ? p.bad : p.accent);
        g.fillRect(bar);
        if (late)
        {
            const juce::Graphics::ScopedSaveState saved(g);
            g.reduceClipRegion(bar.toNearestInt());
            g.setColour(p.surface.withAlpha(0.6f));
            for (auto x = bar.getX() - bar.getHeight(); x < bar.getRight(); x += 6.0f)
                g.drawLine(x, bar.getBottom(), x + bar.getHeight(), bar.getY(), 1.0f);
        }
        if (hovered == bin)
        {
            g.setColour(p.text);
            g.drawRect(bar.expanded(1.0f), 1.0f);
        }
    }
    const auto area = plotArea();
    g.setColour(p.quiet);
    g.fillRect(juce::roundToInt(lateX), area.getY(), 1, area.getHeight());
    g.setFont(layout::smallFont());
    g.drawText("late", juce::roundToInt(lateX) + 6, area.getY() + 2, 28, 14, juce::Justification::centredLeft, false);
    drawShape(g, Shape::right, { lateX + 38.0f, static_cast<float>(area.getY()) + 10.0f }, 7.0f);
    if (shown.ticks == 0)
        g.drawText("Nothing measured yet: no tick was run", area, juce::Justification::centred, true);
    paintFigures(g);
}

void LatenessHistogram::paintAxes(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto area = plotArea();
    g.setFont(layout::smallFont());
    const auto most = juce::roundToInt(decades());
    const auto each = std::max(1, most * 22 / std::max(22, area.getHeight()));
    for (int decade = 0; decade <= most; decade += each)
    {
        const auto y = juce::roundToInt(static_cast<double>(area.getBottom()) - (decade + 0.1) / (decades() + 0.1) * area.getHeight());
        g.setColour(p.line);
        g.fillRect(area.getX(), y, area.getWidth(), 1);
        g.setColour(p.quiet);
        const auto count = std::pow(10.0, decade);
        const auto text = count >= 1e6 ? figures::of(count / 1e6, 0) + " M" : count >= 1e3 ? figures::of(count / 1e3,
                0) + " k" : figures::of(count, 0);
        g.drawText(text, 0, y - 8, area.getX() - 6, 16, juce::Justification::centredRight, false);
    }
    g.setColour(p.line);
    g.fillRect(area.getX(), area.getBottom(), area.getWidth(), 1);
    g.setColour(p.quiet);
    for (const auto us : { 20.0, 100.0, 1000.0, 10000.0, 100000.0 })
        g.drawText(lengthText(us), juce::roundToInt(xOf(us)) - 32, area.getBottom() + 3, 64, 14, juce::Justification::centred,
                false);
    g.drawText("Ticks by lateness", area.getX(), 0, 160, 14, juce::Justification::centredLeft, true);
    if (hovered)
    {
        g.setColour(p.text);
        g.drawText(readingOf(*hovered), area.withTop(0).withHeight(14), juce::Justification::centredRight, true);
    }
}

void LatenessHistogram::paintFigures(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    auto row = getLocalBounds().removeFromBottom(figuresHeight).withTrimmedLeft(plotAxisWidth);
    g.setFont(layout::bodyFont());
    const auto tell = [&](const juce::String& text, bool bad) {
        g.setFont(bad ? layout::strongFont() : layout::bodyFont());
        g.setColour(bad ? p.bad : p.text);
        if (bad)
            drawShape(g, Shape::warning, row.removeFromLeft(16).toFloat().getCentre().translated(-3.0f, 0.0f));
        const auto width = juce::roundToInt((bad ? layout::strongFont()
                : layout::bodyFont()).getStringWidthFloat(text)) + 3 * layout::grid;
        g.drawText(text, row.removeFromLeft(width), juce::Justification::centredLeft, true);
    };
    tell(juce::String(shown.ticks) + " ticks", false);
    tell(juce::String(shown.lateTicks) + " late" + (shown.lateByHost > 0 ? ", " + juce::String(shown.lateByHost) + " by the host" : juce::String()), shown.lateTicks > 0);
    if (shown.skippedTicks > 0)
        tell(juce::String(shown.skippedTicks) + " skipped", true);
    tell("at most " + figures::of(static_cast<double>(shown.maxLatenessNs) * 1e-6, 2) + " ms", false);
}

} // namespace mw
