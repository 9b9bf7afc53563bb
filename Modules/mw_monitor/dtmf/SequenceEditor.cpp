#include "SequenceEditor.h"

#include "../look/Layout.h"

namespace mw
{

SequenceEditor::SequenceEditor()
{
    setTitle("DTMF sequence");
    setFont(layout::bodyFont());
    setJustification(juce::Justification::centredLeft);
    setIndents(layout::grid, 0);
    setSelectAllWhenFocused(false);
    setTextToShowWhenEmpty("digits, for example 1234,56#", Look::of(*this).quiet);
    setTooltip("0-9 A-D * # and the pause , (on + off time), at most 128. Return plays them");
}

int SequenceEditor::wrongAt() const
{
    const auto text = getText();
    static const juce::String known("0123456789ABCDabcd*#,");
    for (int i = 0; i < text.length(); ++i)
        if (! known.containsChar(text[i]))
            return i;
    return text.length() > static_cast<int>(DtmfSequence::maxLength) ? static_cast<int>(DtmfSequence::maxLength) : -1;
}

juce::String SequenceEditor::fault() const
{
    const auto parsed = sequence();
    return parsed ? juce::String() : juceText(parsed.error().why);
}

void SequenceEditor::paintOverChildren(juce::Graphics& g)
{
    TextEditor::paintOverChildren(g);
    const auto wrong = wrongAt();
    if (wrong < 0)
        return;
    const auto& p = Look::of(*this);
    g.reduceClipRegion(getLocalBounds().reduced(2));
    for (const auto& character : getTextBounds({ wrong, wrong + 1 }))
    {
        const auto where = character.toFloat().expanded(1.0f, 0.0f);
        g.setColour(p.bad.withAlpha(0.25f));
        g.fillRect(where);
        g.setColour(p.bad);
        g.fillRect(where.withTop(where.getBottom() - 2.0f));
    }
    g.drawRoundedRectangle(getLocalBounds().toFloat().reduced(0.5f), layout::corner, 1.0f);
}

} // namespace mw
