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
    if (isShowing())
        grabKeyboardFocus();
}

void KeysOverlay::close()
{
    setVisible(false);
    if (getParentComponent() == nullptr || ! getParentComponent()->isShowing())
        return;
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
    // As many groups at the left as it takes for both columns to be nearly of a height.
    auto all = 0, leftHeight = 0;
    for (const auto& [name, lines] : groups)
        all += heightOf(lines);
    size_t atLeft = 0;
    while (atLeft + 1 < groups.size() && leftHeight + heightOf(groups[atLeft].second) / 2 < all / 2)
        leftHeight += heightOf(groups[atLeft++].second);
    const auto height = std::max(leftHeight, all - leftHeight) - 2 * layout::grid + 2 * padding + 32 + layout::grid;
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
    size_t number = 0;
    for (const auto& line : keyTable)
    {
        const auto begins = group != line.group;
        number += begins ? 1 : 0;
        auto& column = number <= atLeft ? left : right;
        if (begins)
        {
            if (number != 1 && number != atLeft + 1)
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
