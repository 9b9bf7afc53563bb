#include "NumberField.h"

#include "../look/EditorFocus.h"
#include "../look/Figures.h"
#include "../look/Layout.h"
#include "../look/Menus.h"

namespace mw
{

NumberField::NumberField(const juce::String& shownName, const juce::String& title, const juce::String& unitOfIt, const Range& rangeOfIt)
    : Slider(LinearBar, TextBoxLeft), name(shownName), unit(unitOfIt), range(rangeOfIt)
{
    setTitle(title);
    const auto limits = figures::of(range.least, range.decimals) + juce::String::fromUTF8(" … ") + figures::of(range.most, range.decimals);
    setTooltip(title + " [" + unit + "], " + limits + ". Drag, arrow keys, or click and type; right click: "
               + figures::of(range.usual, range.decimals) + " " + unit);
    setRange(range.least, range.most, range.step);
    if (range.middle > 0.0)
        setSkewFactorFromMidPoint(range.middle);
    setValue(range.usual, juce::dontSendNotification);
    setDoubleClickReturnValue(true, range.usual);
    setSliderSnapsToMousePosition(false);
    setVelocityBasedMode(true);
    setVelocityModeParameters(0.6, 1, 0.06, false);
    setWantsKeyboardFocus(true);
    textFromValueFunction = [this](double value) { return figures::of(value, range.decimals) + " " + unit; };
    valueFromTextFunction = [this](const juce::String& text) {
        const auto plain = text.replace(juce::String::fromUTF8("−"), "-").replaceCharacter(',', '.').retainCharacters("-+.0123456789");
        return plain.containsAnyOf("0123456789") ? plain.getDoubleValue() : getValue();
    };
    updateText();
}

void NumberField::lookAndFeelChanged()
{
    Slider::lookAndFeelChanged();
    for (auto* child : getChildren())
        if (auto* text = dynamic_cast<juce::Label*>(child))
        {
            text->onEditorHide = [this] { takeFocusAfterEditing(*this); };
            text->setJustificationType(juce::Justification::centredRight);
            text->setFont(layout::bodyFont());
            text->setMinimumHorizontalScale(1.0f);
            text->setBorderSize({ 0, layout::half, 0, layout::half });
        }
}

void NumberField::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto area = getLocalBounds().toFloat();
    g.setColour(isMouseOverOrDragging(true) ? p.raised.contrasting(0.06f) : p.raised);
    g.fillRoundedRectangle(area, layout::corner);
    g.setColour(p.accent.withAlpha(isEnabled() ? 0.9f : 0.3f));
    const auto share = static_cast<float>(valueToProportionOfLength(getValue()));
    g.fillRoundedRectangle(area.withTop(area.getBottom() - 2.0f).withWidth(area.getWidth() * share), 1.0f);
    g.setColour(p.quiet);
    g.setFont(layout::smallFont());
    g.drawText(name, getLocalBounds().reduced(layout::half + 2, 0), juce::Justification::centredLeft);
    Look::drawFocus(g, *this, area);
}

void NumberField::mouseDown(const juce::MouseEvent& event)
{
    if (! event.mods.isPopupMenu())
        return Slider::mouseDown(event);
    juce::PopupMenu menu;
    menu.addItem("Back to " + figures::of(range.usual, range.decimals) + " " + unit, [safe = SafePointer(this)] {
        if (safe != nullptr)
            safe->setValue(safe->range.usual, juce::sendNotificationSync);
    });
    showMenu(menu, *this, juce::PopupMenu::Options().withTargetComponent(this));
}

bool NumberField::keyPressed(const juce::KeyPress& key)
{
    if (key == juce::KeyPress::returnKey)
        return showTextBox(), true;
    return Slider::keyPressed(key);
}

} // namespace mw
