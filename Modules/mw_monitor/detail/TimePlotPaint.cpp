#include "LineRaster.h"
#include "../look/Shapes.h"
#include "TimePlot.h"

#include "../look/Layout.h"

#include <algorithm>
#include <cmath>

namespace mw
{

void TimePlot::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    const auto area = plotArea();
    if (area.isEmpty())
        return;
    paintGrid(g);
    const auto scale = g.getInternalContext().getPhysicalPixelScaleFactor();
    if (dirty || imageView != view.number() || ! juce::approximatelyEqual(scale, imageScale))
        drawLines(scale);
    g.drawImage(lineImage, area.toFloat());
    if (! hasValues)
    {
        g.setColour(p.quiet);
        g.setFont(layout::bodyFont());
        g.drawText(everMeasured ? "Nothing was measured in this stretch of time"
                : "Nothing measured yet: the plot begins with the first call",
                   area, juce::Justification::centred, true);
    }
    paintEvents(g);
    paintLegend(g);
    if (bandFrom && bandTo)
    {
        g.setColour(p.accent.withAlpha(0.2f));
        g.fillRect(area.withLeft(std::min(*bandFrom, *bandTo)).withRight(std::max(*bandFrom, *bandTo)));
    }
    paintHover(g);
    Look::drawFocus(g, *this, getLocalBounds().toFloat());
}

void TimePlot::paintGrid(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto area = plotArea();
    g.setFont(layout::smallFont());
    for (const auto& tick : valueTicks(spec.low, axisHigh, std::clamp(area.getHeight() / 24, 2, 9)))
    {
        const auto y = juce::roundToInt(yOf(tick.at));
        g.setColour(p.line);
        g.fillRect(area.getX(), y, area.getWidth(), 1);
        g.setColour(p.quiet);
        g.drawText(tick.text, 0, y - 8, area.getX() - 6, 16, juce::Justification::centredRight, false);
    }
    for (const auto& tick : timeTicks(view.fromNs(), view.toNs(), model.startNs(), std::max(2, area.getWidth() / 72)))
    {
        const auto x = juce::roundToInt(xOf(static_cast<int64_t>(tick.at)));
        g.setColour(p.line.withMultipliedAlpha(0.6f));
        g.fillRect(x, area.getY(), 1, area.getHeight());
        g.setColour(p.quiet);
        const auto words = juce::Rectangle<int>(x - 36, area.getBottom() + 3, 72, 14);
        if (words.getX() >= 0 && words.getRight() <= getWidth())
            g.drawText(tick.text, words, juce::Justification::centred, false);
    }
    g.setColour(p.quiet);
    g.drawText(spec.title + " [" + spec.unit() + "]", area.getX(), 0, 160, 14, juce::Justification::centredLeft, true);
}

void TimePlot::drawLines(float scale)
{
    const auto area = plotArea();
    const auto width = std::max(1, juce::roundToInt(static_cast<float>(area.getWidth()) * scale));
    const auto height = std::max(1, juce::roundToInt(static_cast<float>(area.getHeight()) * scale));
    if (lineImage.getWidth() != width || lineImage.getHeight() != height)
        lineImage = juce::Image(juce::Image::ARGB, width, height, true, juce::SoftwareImageType());
    else
        lineImage.clear(lineImage.getBounds());
    imageScale = scale;
    imageView = view.number();
    dirty = false;

    juce::Image::BitmapData pixels(lineImage, juce::Image::BitmapData::readWrite);
    std::vector<LinePoint> points;
    const auto first = std::max<int64_t>(1, stepAt(view.fromNs()) - 1), last = std::min(stepAt(view.toNs()) + 1,
            static_cast<int64_t>(model.steps()));
    for (auto line = shownLines.rbegin(); line != shownLines.rend(); ++line)
    {
        points.clear();
        for (auto step = first; step <= last; ++step)
        {
            const auto value = valueAt(*line, static_cast<uint64_t>(step));
            const auto y = std::isnan(value) ? value
                    : (yOf(static_cast<double>(value)) - static_cast<float>(area.getY())) * scale;
            points.push_back({ (xOf(timeOfStep(step)) - static_cast<float>(area.getX())) * scale, y });
        }
        drawLine(pixels, points, { line->colour, line->width, line->dashed, scale });
    }
}

namespace
{
Shape shapeOf(LogEntry::Mark mark) noexcept
{
    return mark == LogEntry::Mark::established ? Shape::disc : mark == LogEntry::Mark::ended ? Shape::square : Shape::rhombus;
}
} // namespace

void TimePlot::paintEvents(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto area = plotArea().toFloat();
    for (const auto& event : events())
    {
        const auto isMarked = event.number == view.markedEvent();
        const auto faint = model.selected() != 0 && event.entry->leg != model.selected() && ! isMarked;
        const auto colour = event.entry->mark == LogEntry::Mark::established ? p.good
                          : event.entry->weight == LogEntry::Weight::bad     ? p.bad
                                                                             : p.quiet;
        g.setColour((isMarked ? p.accent : colour).withMultipliedAlpha(faint ? 0.4f : 1.0f));
        drawShape(g, shapeOf(event.entry->mark), { event.x, area.getY() });
        g.setColour((isMarked ? p.accent : p.quiet).withMultipliedAlpha(isMarked ? 1.0f : faint ? 0.12f : 0.3f));
        g.fillRect(juce::roundToInt(event.x), plotArea().getY(), isMarked ? 2 : 1, plotArea().getHeight());
        if (! isMarked)
            continue;
        const auto text = juceText(event.entry->text);
        const auto width = std::min(layout::smallFont().getStringWidthFloat(text) + 12.0f, area.getWidth());
        const auto x = std::clamp(event.x + 6.0f, area.getX(), area.getRight() - width);
        const auto label = juce::Rectangle<float>(x, area.getBottom() - 22.0f, width, 18.0f);
        g.setColour(p.accent);
        g.fillRoundedRectangle(label, layout::corner);
        g.setColour(p.onAccent);
        g.setFont(layout::smallFont());
        g.drawText(text, label.reduced(6.0f, 0.0f), juce::Justification::centredLeft, true);
    }
}

void TimePlot::paintLegend(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    auto area = legendArea();
    const auto rows = static_cast<size_t>(area.getHeight() / 18);
    const auto step = std::min(stepAt(view.toNs()), static_cast<int64_t>(model.steps()));
    g.setFont(layout::smallFont());
    for (size_t i = 0; i < std::min(rows, shownLines.size()); ++i)
    {
        auto row = area.removeFromTop(18);
        if (shownLines.size() > rows && i + 1 == rows)
        {
            g.setColour(p.quiet);
            g.drawText("and " + juce::String(shownLines.size() - i) + " more", row.withTrimmedLeft(24),
                    juce::Justification::centredLeft, true);
            break;
        }
        const auto& line = shownLines[i];
        const auto swatch = row.removeFromLeft(18).withSizeKeepingCentre(18, 3);
        g.setColour(line.colour.withAlpha(std::max(line.colour.getFloatAlpha(), 0.6f)));
        if (line.dashed)
        {
            g.fillRect(swatch.withWidth(7));
            g.fillRect(swatch.withTrimmedLeft(11));
        }
        else
            g.fillRect(swatch);
        row.removeFromLeft(6);
        g.setColour(line.width > 1.5f ? p.text : p.quiet);
        g.drawText(valueText(step > 0 ? valueAt(line, static_cast<uint64_t>(step)) : Series::nothing), row.removeFromRight(44),
                   juce::Justification::centredRight, false);
        g.drawText(line.name, row, juce::Justification::centredLeft, true);
    }
}

void TimePlot::paintHover(juce::Graphics& g)
{
    if (! hover)
        return;
    const auto& p = Look::of(*this);
    const auto area = plotArea();
    g.setFont(layout::smallFont());
    g.setColour(p.text.withAlpha(0.5f));
    g.fillRect(hover->x, area.getY(), 1, area.getHeight());

    juce::StringArray texts;
    if (const auto event = eventNear(hover->toFloat()))
        texts = { runningTime(event->entry->timeNs - model.startNs()), juceText(event->entry->text) };
    else
        texts = readingsAt(timeAt(static_cast<float>(hover->x)));
    constexpr int rowHeight = 15;
    const auto perColumn = std::max(1, (area.getHeight() - 8) / rowHeight);
    const auto columns = (texts.size() + perColumn - 1) / perColumn;
    auto columnWidth = 0.0f;
    for (const auto& text : texts)
        columnWidth = std::max(columnWidth, layout::smallFont().getStringWidthFloat(text) + 16.0f);
    const auto fitting = std::clamp(static_cast<int>(static_cast<float>(area.getWidth() - 16) / columnWidth), 1, std::max(1,
            columns));
    const auto shown = std::min(texts.size(), fitting * perColumn);
    if (shown < texts.size())
        texts.set(shown - 1, "and " + juce::String(texts.size() - shown + 1) + " more");

    const auto width = juce::roundToInt(columnWidth * static_cast<float>(fitting)) , height = std::min(shown,
            perColumn) * rowHeight + 8;
    auto box = juce::Rectangle<int>(hover->x + 12, area.getY() + 4, width, height);
    if (box.getRight() > area.getRight())
        box.setX(hover->x - 12 - width);
    box.setX(std::clamp(box.getX(), area.getX(), std::max(area.getX(), area.getRight() - width)));
    g.setColour(p.raised);
    g.fillRoundedRectangle(box.toFloat(), layout::corner);
    g.setColour(p.line);
    g.drawRoundedRectangle(box.toFloat().reduced(0.5f), layout::corner, 1.0f);
    for (int i = 0; i < shown; ++i)
    {
        g.setColour(i == 0 ? p.quiet : p.text);
        g.drawText(texts[i], box.getX() + 8 + juce::roundToInt(columnWidth * static_cast<float>(i / perColumn)),
                box.getY() + 4 + i % perColumn * rowHeight,
                   juce::roundToInt(columnWidth) - 8, rowHeight, juce::Justification::centredLeft, true);
    }
}

} // namespace mw
