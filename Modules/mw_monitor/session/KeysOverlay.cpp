#include "KeysOverlay.h"

#include "../look/Layout.h"
#include "KeyTable.h"

#include <algorithm>
#include <vector>

namespace mw
{

namespace
{
constexpr int columnWidth = 456, keyColumn = 168, lineHeight = 20, padding = 3 * layout::grid;

juce::String textOfKey(std::string_view text) { return juce::String::fromUTF8(text.data(), static_cast<int>(text.size())); }

/** Groups in the order of the table, each with its number of lines. */
std::vector<std::pair<std::string_view, int>> keyGroups()
{
    std::vector<std::pair<std::string_view, int>> groups;
    for (const auto& line : keyTable)
        if (groups.empty() || groups.back().first != line.group)
            groups.emplace_back(line.group, 1);
        else
            ++groups.back().second;
    return groups;
}

int heightOf(int lines) { return (lines + 1) * lineHeight + 2 * layout::grid; }
} // namespace

KeysOverlay::KeysOverlay()
{
    setTitle("Keys of the window");
    juce::String all;
    for (const auto& line : keyTable)
        all << textOfKey(line.keys) << ": " << textOfKey(line.what) << "\n";
    setDescription(all);
    setWantsKeyboardFocus(true);
    setVisible(false);
}

void KeysOverlay::toggle()
{
    if (isVisible())
        return close();
    focusBefore = juce::Component::getCurrentlyFocusedComponent();
    setBounds(getParentComponent()->getLocalBounds());
    setVisible(true);
    toFront(true);
    grabKeyboardFocus();
}

void KeysOverlay::close()
{
    setVisible(false);
    if (focusBefore != nullptr)
        focusBefore->grabKeyboardFocus();
    else if (auto* parent = getParentComponent())
        parent->grabKeyboardFocus();
}

bool KeysOverlay::keyPressed(const juce::KeyPress&)
{
    close();
    return true;
}

void KeysOverlay::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(juce::Colours::black.withAlpha(0.55f));
    const auto groups = keyGroups();
    // The first group fills one column, the others the second.
    auto rest = 0;
    for (size_t i = 1; i < groups.size(); ++i)
        rest += heightOf(groups[i].second);
    const auto height = std::max(heightOf(groups.front().second), rest) + 2 * padding + 32;
    const auto card = getLocalBounds().withSizeKeepingCentre(std::min(getWidth() - 2 * layout::grid, 2 * columnWidth + 3 * padding),
                                                             std::min(getHeight() - 2 * layout::grid, height));
    g.setColour(p.surface);
    g.fillRoundedRectangle(card.toFloat(), layout::corner);
    g.setColour(p.line);
    g.drawRoundedRectangle(card.toFloat().reduced(0.5f), layout::corner, 1.0f);

    auto inner = card.reduced(padding, padding);
    g.setColour(p.text);
    g.setFont(layout::titleFont());
    g.drawText("Keys", inner.removeFromTop(32), juce::Justification::topLeft);
    auto left = inner.removeFromLeft((inner.getWidth() - padding) / 2);
    inner.removeFromLeft(padding);
    auto right = inner;
    std::string_view group;
    for (const auto& line : keyTable)
    {
        auto& column = line.group == groups.front().first ? left : right;
        if (group != line.group)
        {
            if (! group.empty() && &column == &right && group != groups.front().first)
                column.removeFromTop(2 * layout::grid);
            group = line.group;
            g.setColour(p.quiet);
            g.setFont(layout::smallFont());
            g.drawText(textOfKey(group), column.removeFromTop(lineHeight), juce::Justification::centredLeft);
        }
        auto row = column.removeFromTop(lineHeight);
        g.setColour(p.accent);
        g.setFont(layout::bodyFont());
        g.drawText(textOfKey(line.keys), row.removeFromLeft(keyColumn), juce::Justification::centredLeft, true);
        g.setColour(p.text);
        g.drawText(textOfKey(line.what), row, juce::Justification::centredLeft, true);
    }
}

} // namespace mw
