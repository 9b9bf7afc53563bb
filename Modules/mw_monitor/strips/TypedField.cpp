#include "TypedField.h"

#include "../look/EditorFocus.h"
#include "../look/Layout.h"
#include "CallLook.h"

#include <mw_lab/mw_lab.h>

#include <cmath>

namespace mw
{

TypedField::TypedField()
{
    setFont(layout::bodyFont());
    setJustificationType(juce::Justification::centred);
    setMinimumHorizontalScale(1.0f);
    setEditable(true, true, false);
    setWantsKeyboardFocus(true);
    onEditorShow = [this] {
        if (auto* open = getCurrentTextEditor())
        {
            open->setText(value, false);
            open->selectAll();
        }
    };
    onEditorHide = [this] { takeFocusAfterEditing(*this); };
    onTextChange = [this] { take(); };
}

void TypedField::show(const juce::String& text)
{
    if (text == value)
        return;
    value = text;
    wrong = false;
    if (! isBeingEdited())
        setText(value, juce::dontSendNotification);
}

void TypedField::take()
{
    const auto typed = getText();
    wrong = onTyped != nullptr && ! onTyped(typed);
    if (! wrong)
        setText(value, juce::dontSendNotification);
    setDescription(wrong ? "wrong: " + typed : value);
    repaint();
}

juce::TextEditor* TypedField::createEditorComponent()
{
    auto* made = Label::createEditorComponent();
    made->setJustification(juce::Justification::centred);
    made->setIndents(2, 2);
    made->setTitle(getTitle());
    return made;
}

void TypedField::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto area = getLocalBounds().toFloat();
    g.setColour(p.raised);
    g.fillRoundedRectangle(area, layout::corner);
    if (isBeingEdited())
        return;
    g.setColour(! isEnabled() ? p.quiet : wrong ? p.bad : p.text);
    g.setFont(getFont());
    g.drawText(getText(), getLocalBounds().reduced(2, 0).withTrimmedLeft(wrong ? 10 : 0), juce::Justification::centred, true);
    if (wrong)
    {
        g.drawRoundedRectangle(area.reduced(0.5f), layout::corner, 1.0f);
        drawState(g, { 4.0f, area.getCentreY() - 4.0f, 8.0f, 8.0f }, StateShape::triangle, p.bad);
    }
    Look::drawFocus(g, *this, area);
}

std::optional<double> numberFromTyped(const juce::String& typed, const juce::String& unit)
{
    auto text = typed.trim().replace(juce::String::fromUTF8("−"), "-").replaceCharacter(',', '.').toLowerCase();
    if (text.endsWith(unit.toLowerCase()))
        text = text.dropLastCharacters(unit.length()).trimEnd();
    if (text.isEmpty() || text.length() > 16 || ! text.containsOnly("0123456789+-.") || ! text.containsAnyOf("0123456789"))
        return std::nullopt;
    auto at = text.getCharPointer();
    const auto number = juce::CharacterFunctions::readDoubleValue(at);
    return at.isEmpty() && std::isfinite(number) ? std::optional<double>(number) : std::nullopt;
}

std::optional<double> gainFromTyped(const juce::String& typed)
{
    auto text = typed.trim().toLowerCase().replace(juce::String::fromUTF8("−"), "-").replace(juce::String::fromUTF8("∞"), "inf");
    if (text.endsWith("db"))
        text = text.dropLastCharacters(2).trimEnd();
    if (text == "-inf")
        return silenceDb;
    const auto number = numberFromTyped(text, "dB");
    return number.has_value() && *number >= minGainDb && *number <= maxGainDb ? number : std::nullopt;
}

} // namespace mw
