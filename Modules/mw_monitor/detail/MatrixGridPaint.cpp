#include "MatrixGrid.h"

#include "../look/Figures.h"
#include "../look/Layout.h"
#include "../look/Shapes.h"

namespace mw
{

void MatrixGrid::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    const auto area = cellArea();
    if (rowCount() == 0)
    {
        g.setColour(p.quiet);
        g.setFont(layout::bodyFont());
        g.drawText("Nobody is in the call yet: the grid has a row for everyone who hears", getLocalBounds(),
                juce::Justification::centred, true);
        return;
    }
    {
        const juce::Graphics::ScopedSaveState saved(g);
        g.reduceClipRegion(area);
        const auto first = placeAt(area.getTopLeft()).value_or(Place {});
        for (auto row = first.row; row < rowCount() && cellBounds({ row, 0 }).getY() < area.getBottom(); ++row)
            for (auto column = first.column; column < columnCount(); ++column)
            {
                const auto cell = cellBounds({ row, column });
                if (cell.getX() >= area.getRight())
                    break;
                paintCell(g, { row, column }, cell);
            }
    }
    paintHeaders(g);
    paintKey(g);
    Look::drawFocus(g, *this, getLocalBounds().toFloat());
}

void MatrixGrid::paintCell(juce::Graphics& g, Place place, juce::Rectangle<int> area) const
{
    const auto& p = Look::of(*this);
    const auto isSet = isCellSet(place);
    const auto gain = gainAt(place);
    if (hovered && (hovered->row == place.row || hovered->column == place.column))
    {
        g.setColour(p.raised.withAlpha(0.6f));
        g.fillRect(area);
    }
    if (isSet)
    {
        g.setColour(p.accent.withAlpha(0.14f));
        g.fillRect(area.reduced(1));
        g.setColour(p.accent);
        g.fillRect(area.reduced(1).withWidth(3));
    }
    g.setColour(p.line);
    g.fillRect(area.getRight() - 1, area.getY(), 1, area.getHeight());
    g.fillRect(area.getX(), area.getBottom() - 1, area.getWidth(), 1);

    const auto own = listeners[static_cast<size_t>(place.row)].strip == speakers[static_cast<size_t>(place.column)].strip;
    const auto centre = area.toFloat().getCentre();
    if (own && ! isSet)
    {
        g.setColour(p.line);
        g.drawLine(juce::Line<float>(area.getBottomLeft().toFloat(), area.getTopRight().toFloat()), 1.0f);
    }
    else if (gain == silenceDb)
    {
        g.setColour(isSet ? p.text : p.off);
        g.drawEllipse(juce::Rectangle<float>(8.0f, 8.0f).withCentre(centre), 1.5f);
    }
    else if (gain == 0.0)
    {
        g.setColour(isSet ? p.text : p.quiet);
        g.fillEllipse(juce::Rectangle<float>(8.0f, 8.0f).withCentre(centre));
    }
    else
    {
        g.setColour(p.text);
        g.setFont(layout::smallFont());
        g.drawText(figures::of(gain, 1), area, juce::Justification::centred, false);
    }
    if (chosen == place)
    {
        g.setColour(p.accent);
        g.drawRect(area, 2);
    }
}

void MatrixGrid::paintHeaders(juce::Graphics& g) const
{
    const auto& p = Look::of(*this);
    const auto area = cellArea();
    g.setFont(layout::smallFont());
    {
        const juce::Graphics::ScopedSaveState saved(g);
        g.reduceClipRegion(area.getX(), 0, area.getWidth(), area.getY());
        for (int column = 0; column < columnCount(); ++column)
        {
            const auto cell = cellBounds({ 0, column });
            if (cell.getRight() < area.getX() || cell.getX() > area.getRight())
                continue;
            g.setColour(hovered && hovered->column == column ? p.text : p.quiet);
            g.drawText(columnName(column), cell.withY(0).withHeight(area.getY()).reduced(4, 0), juce::Justification::centred,
                    true);
        }
    }
    {
        const juce::Graphics::ScopedSaveState saved(g);
        g.reduceClipRegion(0, area.getY(), area.getX(), area.getHeight());
        for (int row = 0; row < rowCount(); ++row)
        {
            const auto cell = cellBounds({ row, 0 });
            if (cell.getBottom() < area.getY() || cell.getY() > area.getBottom())
                continue;
            const auto& listener = listeners[static_cast<size_t>(row)];
            const auto isSelected = listener.leg == selected;
            if (isSelected)
            {
                g.setColour(p.accent);
                g.fillRect(0, cell.getY() + 4, 3, cell.getHeight() - 8);
            }
            auto words = juce::Rectangle<int>(layout::grid, cell.getY(), area.getX() - 2 * layout::grid, cell.getHeight());
            if (routing.mode == MixMode::funnel)
            {
                const auto role = roleBounds(row);
                const auto isSink = routing.roles[static_cast<size_t>(listener.strip)] == LegRole::sink;
                g.setColour(p.raised);
                g.fillRoundedRectangle(role.reduced(0, 3).toFloat(), layout::corner);
                g.setColour(isSink ? p.text : p.quiet);
                g.drawText(isSink ? "sink" : "source", isSink ? role.withTrimmedLeft(10) : role, juce::Justification::centred,
                        false);
                if (isSink)
                    drawShape(g, Shape::down, { static_cast<float>(role.getX()) + 11.0f,
                            static_cast<float>(role.getCentreY()) }, 7.0f);
                words = words.withRight(role.getX() - layout::half);
            }
            g.setColour(isSelected || (hovered && hovered->row == row) ? p.text : p.quiet);
            g.drawText(listener.name, words, juce::Justification::centredRight, true);
        }
    }
    g.setColour(p.line);
    g.fillRect(0, area.getY() - 1, getWidth(), 1);
    g.fillRect(area.getX() - 1, 0, 1, area.getBottom());
    g.setColour(p.quiet);
    g.drawText("hears", juce::Rectangle<int>(layout::grid, 0, area.getX() - 2 * layout::grid - 14, area.getY()),
            juce::Justification::centredRight, false);
    drawShape(g, Shape::right, { static_cast<float>(area.getX()) - 14.0f, static_cast<float>(area.getY()) * 0.5f }, 7.0f);
}

void MatrixGrid::paintKey(juce::Graphics& g) const
{
    const auto& p = Look::of(*this);
    auto row = getLocalBounds().removeFromBottom(24).reduced(layout::grid, 0);
    g.setFont(layout::smallFont());
    auto key = row.removeFromRight(360);
    const auto tell = [&](const juce::String& text, int width) {
        g.setColour(p.quiet);
        g.drawText(text, key.removeFromLeft(width), juce::Justification::centredLeft, false);
    };
    const auto disc = [&] { return juce::Rectangle<float>(8.0f, 8.0f).withCentre(key.removeFromLeft(14).toFloat().getCentre()); };
    g.setColour(p.quiet);
    g.fillEllipse(disc());
    key.removeFromLeft(4);
    tell("0 dB", 48);
    g.setColour(p.off);
    g.drawEllipse(disc(), 1.5f);
    key.removeFromLeft(4);
    tell("not heard", 76);
    tell(juce::String::fromUTF8("−6.0  gain [dB]"), 104);
    g.setColour(p.accent);
    g.fillRect(key.removeFromLeft(3).withSizeKeepingCentre(3, 14));
    key.removeFromLeft(5);
    tell("set by hand", 80);

    const auto told = hovered ? hovered : chosen;
    g.setColour(told ? p.text : p.quiet);
    g.drawText(told ? describe(*told) : juce::String("Choose a cell and type its gain; Delete leaves it to the mode"), row,
            juce::Justification::centredLeft, true);
}

} // namespace mw
