#include "LogPage.h"

#include "PlotScale.h"

#include "../look/Layout.h"
#include "../look/Shapes.h"

#include <algorithm>

namespace mw
{

LogPage::LogPage(MonitorModel& modelToShow) : model(modelToShow)
{
    setTitle("Log page");
    table.setTitle("Log");
    table.setModel(this);
    table.setRowHeight(20);
    table.setHeaderHeight(22);
    table.setMultipleSelectionEnabled(true);
    auto& header = table.getHeader();
    const auto columnFlags = juce::TableHeaderComponent::visible | juce::TableHeaderComponent::resizable;
    header.addColumn("Time", time, 80, 64, 160, columnFlags);
    header.addColumn("Leg", leg, 160, 64, 400, columnFlags);
    header.addColumn("What happened", words, 400, 100, 10000, columnFlags);
    header.setStretchToFitActive(true);
    header.setPopupMenuActive(false);
    addAndMakeVisible(table);

    filter.setTitle("Filter of the log");
    filter.setTooltip("Show only what contains this text, in any column (Esc empties it)");
    filter.setFont(layout::bodyFont());
    filter.setJustification(juce::Justification::centredLeft);
    filter.setIndents(layout::grid, 0);
    filter.onTextChange = [this] { gather(true); };
    filter.onEscapeKey = [this] { filter.setText({}); };
    newestFirst.setTitle("Newest first");
    newestFirst.setTooltip("The newest line at the top; otherwise it is at the bottom and followed");
    setButtonStyle(newestFirst, ButtonStyle::toggle);
    newestFirst.setClickingTogglesState(true);
    newestFirst.setToggleState(true, juce::dontSendNotification);
    newestFirst.onClick = [this] { gather(true); };
    copyButton.setTitle("Copy the log");
    copyButton.setTooltip("Copy the chosen lines, or all that are shown, as text (Ctrl+C)");
    copyButton.onClick = [this] { copy(); };
    toolRow.add(filter, 160);
    toolRow.add(newestFirst, 100);
    toolRow.add(copyButton, 60);
}

LogPage::~LogPage() { table.setModel(nullptr); }

void LogPage::lookAndFeelChanged() { filter.setTextToShowWhenEmpty("Filter", Look::of(*this).quiet); }

const LogEntry* LogPage::entryOfRow(int row) const
{
    if (row < 0 || row >= static_cast<int>(matching.size()))
        return nullptr;
    const auto index = static_cast<size_t>(row);
    const auto number = newestFirst.getToggleState() ? matching[matching.size() - 1 - index] : matching[index];
    const auto oldest = model.logNumber() - model.log().size() + 1;
    return number >= oldest && number <= model.logNumber() ? &model.log()[static_cast<size_t>(number - oldest)] : nullptr;
}

juce::String LogPage::textOf(const LogEntry& entry, int column) const
{
    switch (column)
    {
        case time: return runningTime(entry.timeNs - model.startNs());
        case leg:
        {
            const auto* call = model.call(entry.leg);
            return call == nullptr ? juce::String() : juceText(call->peerName.empty() ? call->peerUri : call->peerName);
        }
        default: return juceText(entry.text);
    }
}

void LogPage::gather(bool anew)
{
    const auto& log = model.log();
    const auto oldest = model.logNumber() - log.size() + 1;
    if (anew)
    {
        matching.clear();
        seen = oldest - 1;
    }
    std::erase_if(matching, [oldest](uint64_t number) { return number < oldest; });
    const auto wanted = filter.getText().trim();
    for (auto number = std::max(seen + 1, oldest); number <= model.logNumber(); ++number)
    {
        const auto& entry = log[static_cast<size_t>(number - oldest)];
        if (wanted.isEmpty() || textOf(entry, words).containsIgnoreCase(wanted) || textOf(entry, leg).containsIgnoreCase(wanted)
            || textOf(entry, time).contains(wanted))
            matching.push_back(number);
    }
    seen = model.logNumber();
    // Whoever scrolled away from the newest line reads an older one: that is not moved.
    const auto atEnd = table.getViewport()->getViewPositionY() + table.getViewport()->getViewHeight() >= table.getViewport()->getViewedComponent()->getHeight() - 4;
    table.updateContent();
    table.repaint();
    if (! newestFirst.getToggleState() && (anew || atEnd) && ! matching.empty())
        table.scrollToEnsureRowIsOnscreen(getNumRows() - 1);
}

void LogPage::refresh()
{
    if (model.logNumber() != seen)
        gather(false);
}

juce::StringArray LogPage::rows() const
{
    juce::StringArray lines;
    const auto& chosen = table.getSelectedRows();
    for (int row = 0; row < static_cast<int>(matching.size()); ++row)
        if (const auto* entry = entryOfRow(row); entry != nullptr && (chosen.isEmpty() || chosen.contains(row)))
            lines.add(textOf(*entry, time) + "\t" + textOf(*entry, leg) + "\t" + textOf(*entry, words));
    return lines;
}

void LogPage::copy()
{
    const auto lines = rows();
    juce::SystemClipboard::copyTextToClipboard(lines.joinIntoString("\n") + "\n");
}

bool LogPage::keyPressed(const juce::KeyPress& key)
{
    if (key == juce::KeyPress('c', juce::ModifierKeys::commandModifier, 0))
        return copy(), true;
    if (key == juce::KeyPress('f', juce::ModifierKeys::commandModifier, 0))
        return filter.grabKeyboardFocus(), true;
    return false;
}

// ---- painting ------------------------------------------------------------------------------------------------------------------

void LogPage::paint(juce::Graphics& g) { g.fillAll(Look::of(*this).surface); }

void LogPage::resized() { table.setBounds(getLocalBounds().reduced(layout::grid, layout::half)); }

void LogPage::paintRowBackground(juce::Graphics& g, int row, int width, int height, bool selected)
{
    const auto& p = Look::of(table);
    const auto* entry = entryOfRow(row);
    if (selected)
        g.fillAll(p.accent.withAlpha(0.18f));
    else if (entry != nullptr && entry->leg != 0 && entry->leg == model.selected())
        g.fillAll(p.raised);
    g.setColour(p.line.withMultipliedAlpha(0.6f));
    g.fillRect(0, height - 1, width, 1);
}

void LogPage::paintCell(juce::Graphics& g, int row, int column, int width, int height, bool)
{
    const auto* entry = entryOfRow(row);
    if (entry == nullptr)
        return;
    const auto& p = Look::of(table);
    auto area = juce::Rectangle<int>(width, height).reduced(layout::half, 0);
    const auto bad = entry->weight == LogEntry::Weight::bad, good = entry->weight == LogEntry::Weight::good;
    g.setFont(layout::smallFont());
    if (column == words)
    {
        g.setColour(bad ? p.bad : good ? p.good : p.off);
        drawShape(g, bad ? Shape::warning : good ? Shape::disc : Shape::dot, area.removeFromLeft(18).toFloat().getCentre());
    }
    g.setColour(column != words ? p.quiet : bad ? p.bad : p.text);
    g.drawText(textOf(*entry, column), area, juce::Justification::centredLeft, true);
}

juce::String LogPage::getCellTooltip(int row, int column)
{
    const auto* entry = entryOfRow(row);
    return entry != nullptr ? textOf(*entry, column) : juce::String();
}

} // namespace mw
