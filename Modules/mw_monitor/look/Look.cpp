#include "Look.h"

#include "Layout.h"

#include <array>
#include <cmath>

namespace mw
{

namespace
{
const juce::Identifier styleProperty { "mwButtonStyle" }, signProperty { "mwButtonSign" };

ButtonStyle styleOf(const juce::Button& button)
{
    return static_cast<ButtonStyle>(static_cast<int>(button.getProperties().getWithDefault(styleProperty, 0)));
}

juce::Font sized(float height, bool bold = false) { return juce::Font(Look::sansFamily(), height, bold ? juce::Font::bold : juce::Font::plain); }
} // namespace

namespace layout
{
juce::Font smallFont() { return sized(smallText); }
juce::Font bodyFont() { return sized(bodyText); }
juce::Font strongFont() { return sized(bodyText, true); }
juce::Font titleFont() { return sized(titleText, true); }
} // namespace layout

void setButtonStyle(juce::Button& button, ButtonStyle style) { button.getProperties().set(styleProperty, static_cast<int>(style)); }

void setButtonSign(juce::Button& button, std::optional<Shape> sign)
{
    if (sign.has_value())
        button.getProperties().set(signProperty, static_cast<int>(*sign));
    else
        button.getProperties().remove(signProperty);
    button.repaint();
}

Look::Look(Theme theme) : shownTheme(theme)
{
    setDefaultSansSerifTypefaceName(sansFamily());
    applyColours();
}

void Look::setTheme(Theme theme)
{
    shownTheme = theme;
    applyColours();
}

const Palette& Look::of(const juce::Component& component)
{
    const auto* look = dynamic_cast<const Look*>(&component.getLookAndFeel());
    return look != nullptr ? look->palette() : Palette::of(Theme::dark);
}

juce::String Look::sansFamily()
{
    static const juce::String family = [] {
        const auto installed = juce::Font::findAllTypefaceNames();
        for (const auto* wanted : { "Open Sans", "Noto Sans", "Liberation Sans", "DejaVu Sans" })
            if (installed.contains(wanted))
                return juce::String(wanted);
        return juce::Font::getDefaultSansSerifFontName();
    }();
    return family;
}

void Look::drawFocus(juce::Graphics& g, const juce::Component& component, juce::Rectangle<float> around)
{
    if (! component.hasKeyboardFocus(false))
        return;
    g.setColour(of(component).accent);
    g.drawRoundedRectangle(around.reduced(1.0f), layout::corner, 2.0f);
}

void Look::applyColours()
{
    const auto& p = palette();
    setColourScheme({ p.background, p.surface, p.surface, p.line, p.text, p.raised, p.onAccent, p.accent, p.text });
    using juce::Colour;
    const auto none = juce::Colours::transparentBlack;
    const std::pair<int, Colour> themed[] {
        { juce::ResizableWindow::backgroundColourId, p.background },
        { juce::DocumentWindow::textColourId, p.text },
        { juce::Label::textColourId, p.text },
        { juce::Label::textWhenEditingColourId, p.text },
        { juce::Label::backgroundWhenEditingColourId, p.raised },
        { juce::Label::outlineWhenEditingColourId, p.accent },
        { juce::TextButton::buttonColourId, p.raised },
        { juce::TextButton::buttonOnColourId, p.accent },
        { juce::TextButton::textColourOffId, p.text },
        { juce::TextButton::textColourOnId, p.onAccent },
        { juce::ToggleButton::textColourId, p.text },
        { juce::ToggleButton::tickColourId, p.accent },
        { juce::ToggleButton::tickDisabledColourId, p.off },
        { juce::TextEditor::backgroundColourId, p.raised },
        { juce::TextEditor::textColourId, p.text },
        { juce::TextEditor::highlightColourId, p.accent.withAlpha(0.35f) },
        { juce::TextEditor::highlightedTextColourId, p.text },
        { juce::TextEditor::outlineColourId, p.line },
        { juce::TextEditor::focusedOutlineColourId, p.accent },
        { juce::CaretComponent::caretColourId, p.accent },
        { juce::ComboBox::backgroundColourId, p.raised },
        { juce::ComboBox::textColourId, p.text },
        { juce::ComboBox::outlineColourId, p.line },
        { juce::ComboBox::arrowColourId, p.quiet },
        { juce::ComboBox::focusedOutlineColourId, p.accent },
        { juce::PopupMenu::backgroundColourId, p.raised },
        { juce::PopupMenu::textColourId, p.text },
        { juce::PopupMenu::headerTextColourId, p.quiet },
        { juce::PopupMenu::highlightedBackgroundColourId, p.accent },
        { juce::PopupMenu::highlightedTextColourId, p.onAccent },
        { juce::Slider::thumbColourId, p.accent },
        { juce::Slider::trackColourId, p.accent },
        { juce::Slider::backgroundColourId, p.line },
        { juce::Slider::textBoxTextColourId, p.text },
        { juce::Slider::textBoxBackgroundColourId, p.raised },
        { juce::Slider::textBoxHighlightColourId, p.accent.withAlpha(0.35f) },
        { juce::Slider::textBoxOutlineColourId, none },
        { juce::ScrollBar::thumbColourId, p.quiet.withAlpha(0.5f) },
        { juce::ListBox::backgroundColourId, none },
        { juce::ListBox::textColourId, p.text },
        { juce::ListBox::outlineColourId, none },
        { juce::TableHeaderComponent::textColourId, p.quiet },
        { juce::TableHeaderComponent::backgroundColourId, p.surface },
        { juce::TableHeaderComponent::outlineColourId, p.line },
        { juce::TableHeaderComponent::highlightColourId, p.raised },
        { juce::TabbedComponent::backgroundColourId, p.surface },
        { juce::TabbedComponent::outlineColourId, none },
        { juce::TabbedButtonBar::tabTextColourId, p.quiet },
        { juce::TabbedButtonBar::frontTextColourId, p.text },
        { juce::TabbedButtonBar::tabOutlineColourId, none },
        { juce::TabbedButtonBar::frontOutlineColourId, none },
        { juce::TooltipWindow::backgroundColourId, p.raised },
        { juce::TooltipWindow::textColourId, p.text },
        { juce::TooltipWindow::outlineColourId, p.line },
        { juce::AlertWindow::backgroundColourId, p.surface },
        { juce::AlertWindow::textColourId, p.text },
        { juce::AlertWindow::outlineColourId, p.line },
        { juce::GroupComponent::textColourId, p.quiet },
        { juce::GroupComponent::outlineColourId, p.line },
        { juce::HyperlinkButton::textColourId, p.accent },
        { juce::ProgressBar::backgroundColourId, p.raised },
        { juce::ProgressBar::foregroundColourId, p.accent },
        { juce::TreeView::backgroundColourId, none },
        { juce::DirectoryContentsDisplayComponent::highlightColourId, p.accent },
        { juce::DirectoryContentsDisplayComponent::textColourId, p.text },
        { juce::DirectoryContentsDisplayComponent::highlightedTextColourId, p.onAccent },
        { juce::FileChooserDialogBox::titleTextColourId, p.text },
    };
    for (const auto& [id, colour] : themed)
        setColour(id, colour);
}

// ---- type --------------------------------------------------------------------------------------------------------------------

juce::Typeface::Ptr Look::getTypefaceForFont(const juce::Font& font)
{
    if (font.getTypefaceName() != juce::Font::getDefaultSansSerifFontName())
        return LookAndFeel_V4::getTypefaceForFont(font);
    auto named = font;
    named.setTypefaceName(sansFamily());
    return juce::Typeface::createSystemTypefaceFor(named);
}

juce::Font Look::getTextButtonFont(juce::TextButton&, int height) { return height < 22 ? layout::smallFont() : layout::bodyFont(); }
juce::Font Look::getLabelFont(juce::Label& label) { return label.getFont(); }
juce::Font Look::getComboBoxFont(juce::ComboBox&) { return layout::bodyFont(); }
juce::Font Look::getPopupMenuFont() { return layout::bodyFont(); }
juce::Font Look::getTabButtonFont(juce::TabBarButton&, float) { return layout::bodyFont(); }

// ---- buttons -----------------------------------------------------------------------------------------------------------------

void Look::drawButtonBackground(juce::Graphics& g, juce::Button& button, const juce::Colour&, bool highlighted, bool down)
{
    const auto& p = palette();
    const auto area = button.getLocalBounds().toFloat();
    const auto style = styleOf(button);
    auto fill = p.raised;
    if (style == ButtonStyle::accent || (button.getToggleState() && style != ButtonStyle::danger))
        fill = p.accent;
    else if (style == ButtonStyle::quiet)
        fill = highlighted || down ? p.raised : juce::Colours::transparentBlack;
    else if (style == ButtonStyle::danger && (button.getToggleState() || down))
        fill = p.bad;
    if (! button.isEnabled())
        fill = fill.withMultipliedAlpha(0.4f);
    else if (down)
        fill = fill.contrasting(0.12f);
    else if (highlighted)
        fill = fill.contrasting(0.06f);
    g.setColour(fill);
    g.fillRoundedRectangle(area, layout::corner);
    drawFocus(g, button, area);
}

void Look::drawButtonText(juce::Graphics& g, juce::TextButton& button, bool, bool down)
{
    const auto& p = palette();
    const auto style = styleOf(button);
    const auto on = style == ButtonStyle::accent || button.getToggleState();
    auto colour = on ? p.onAccent : p.text;
    if (style == ButtonStyle::danger)
        colour = button.getToggleState() || down ? p.background : p.bad;
    g.setColour(button.isEnabled() ? colour : p.quiet.withAlpha(0.6f));
    g.setFont(getTextButtonFont(button, button.getHeight()));
    auto area = button.getLocalBounds().reduced(layout::half, 0);
    if (const auto* sign = button.getProperties().getVarPointer(signProperty))
    {
        constexpr int signWidth = 16;
        const auto words = std::min(juce::roundToInt(g.getCurrentFont().getStringWidthFloat(button.getButtonText())), area.getWidth() - signWidth);
        area = area.withSizeKeepingCentre(words + signWidth, area.getHeight());
        drawShape(g, static_cast<Shape>(static_cast<int>(*sign)), area.removeFromLeft(signWidth).toFloat().getCentre().translated(-2.0f, 0.0f), 9.0f);
    }
    g.drawText(button.getButtonText(), area, juce::Justification::centred, true);
}

void Look::drawToggleButton(juce::Graphics& g, juce::ToggleButton& button, bool highlighted, bool)
{
    const auto& p = palette();
    auto area = button.getLocalBounds().toFloat();
    const auto box = area.removeFromLeft(16.0f).withSizeKeepingCentre(16.0f, 16.0f);
    g.setColour(button.getToggleState() ? p.accent : p.raised);
    g.fillRoundedRectangle(box, layout::corner);
    g.setColour(highlighted ? p.accent : p.off);
    g.drawRoundedRectangle(box.reduced(0.5f), layout::corner, 1.0f);
    if (button.getToggleState())
    {
        juce::Path tick;
        tick.startNewSubPath(box.getX() + 4.0f, box.getCentreY());
        tick.lineTo(box.getX() + 7.0f, box.getBottom() - 4.5f);
        tick.lineTo(box.getRight() - 3.5f, box.getY() + 4.5f);
        g.setColour(p.onAccent);
        g.strokePath(tick, juce::PathStrokeType(2.0f));
    }
    g.setColour(button.isEnabled() ? p.text : p.quiet);
    g.setFont(layout::bodyFont());
    g.drawText(button.getButtonText(), area.withTrimmedLeft(layout::grid), juce::Justification::centredLeft, true);
    drawFocus(g, button, button.getLocalBounds().toFloat());
}

// ---- sliders -----------------------------------------------------------------------------------------------------------------

int Look::getSliderThumbRadius(juce::Slider&) { return 8; }

void Look::drawLinearSlider(juce::Graphics& g, int x, int y, int width, int height, float position, float, float,
                            juce::Slider::SliderStyle style, juce::Slider& slider)
{
    const auto& p = palette();
    const auto vertical = style == juce::Slider::LinearVertical || style == juce::Slider::LinearBarVertical;
    const auto area = juce::Rectangle<int>(x, y, width, height).toFloat();
    const auto centre = area.getCentre();
    const auto rail = vertical ? juce::Rectangle<float>(centre.x - 2.0f, area.getY(), 4.0f, area.getHeight())
                               : juce::Rectangle<float>(area.getX(), centre.y - 2.0f, area.getWidth(), 4.0f);
    g.setColour(p.line);
    g.fillRoundedRectangle(rail, 2.0f);

    // Unity, where a double click goes, is marked.
    const auto zero = slider.getRange().contains(0.0) ? slider.getPositionOfValue(0.0) : -1.0f;
    g.setColour(p.quiet);
    if (zero >= 0.0f && vertical)
        g.fillRect(centre.x - 9.0f, zero - 0.5f, 18.0f, 1.0f);
    else if (zero >= 0.0f)
        g.fillRect(zero - 0.5f, centre.y - 9.0f, 1.0f, 18.0f);

    const auto knob = vertical ? juce::Rectangle<float>(22.0f, 12.0f).withCentre({ centre.x, position })
                               : juce::Rectangle<float>(12.0f, 22.0f).withCentre({ position, centre.y });
    const auto active = slider.isMouseOverOrDragging() || slider.hasKeyboardFocus(false);
    g.setColour(slider.isEnabled() ? (active ? p.accent : p.text) : p.off);
    g.fillRoundedRectangle(knob, 3.0f);
    g.setColour(p.surface);
    if (vertical)
        g.fillRect(knob.getX() + 4.0f, knob.getCentreY() - 0.5f, knob.getWidth() - 8.0f, 1.0f);
    else
        g.fillRect(knob.getCentreX() - 0.5f, knob.getY() + 4.0f, 1.0f, knob.getHeight() - 8.0f);
    drawFocus(g, slider, slider.getLocalBounds().toFloat());
}

// ---- fields ------------------------------------------------------------------------------------------------------------------

void Look::drawComboBox(juce::Graphics& g, int width, int height, bool, int, int, int, int, juce::ComboBox& box)
{
    const auto& p = palette();
    const auto area = juce::Rectangle<int>(width, height).toFloat();
    g.setColour(p.raised);
    g.fillRoundedRectangle(area, layout::corner);
    juce::Path arrow;
    const auto centre = juce::Point<float>(area.getRight() - 14.0f, area.getCentreY());
    arrow.startNewSubPath(centre.x - 4.0f, centre.y - 2.0f);
    arrow.lineTo(centre.x, centre.y + 2.5f);
    arrow.lineTo(centre.x + 4.0f, centre.y - 2.0f);
    g.setColour(box.isEnabled() ? p.quiet : p.off);
    g.strokePath(arrow, juce::PathStrokeType(1.5f));
    drawFocus(g, box, area);
}

void Look::positionComboBoxText(juce::ComboBox& box, juce::Label& label)
{
    label.setBounds(box.getLocalBounds().withTrimmedRight(24).withTrimmedLeft(layout::half));
    label.setFont(getComboBoxFont(box));
}

void Look::fillTextEditorBackground(juce::Graphics& g, int width, int height, juce::TextEditor& editor)
{
    g.setColour(editor.findColour(juce::TextEditor::backgroundColourId));
    g.fillRoundedRectangle(juce::Rectangle<int>(width, height).toFloat(), layout::corner);
}

void Look::drawTextEditorOutline(juce::Graphics& g, int width, int height, juce::TextEditor& editor)
{
    const auto area = juce::Rectangle<int>(width, height).toFloat();
    if (editor.hasKeyboardFocus(true) && ! editor.isReadOnly())
    {
        g.setColour(palette().accent);
        g.drawRoundedRectangle(area.reduced(1.0f), layout::corner, 2.0f);
    }
    else
    {
        g.setColour(editor.findColour(juce::TextEditor::outlineColourId));
        g.drawRoundedRectangle(area.reduced(0.5f), layout::corner, 1.0f);
    }
}

// ---- the rest ----------------------------------------------------------------------------------------------------------------

void Look::drawScrollbar(juce::Graphics& g, juce::ScrollBar&, int x, int y, int width, int height, bool vertical, int thumbStart,
                         int thumbSize, bool over, bool down)
{
    const auto bar = vertical ? juce::Rectangle<int>(x, thumbStart, width, thumbSize) : juce::Rectangle<int>(thumbStart, y, thumbSize, height);
    g.setColour(palette().quiet.withAlpha(down ? 0.9f : over ? 0.7f : 0.45f));
    g.fillRoundedRectangle(bar.toFloat().reduced(2.0f), 3.0f);
}

void Look::drawPopupMenuBackground(juce::Graphics& g, int width, int height)
{
    g.fillAll(palette().raised);
    g.setColour(palette().off);
    g.drawRect(0, 0, width, height);
}

void Look::drawResizableWindowBorder(juce::Graphics& g, int width, int height, const juce::BorderSize<int>&, juce::ResizableWindow&)
{
    g.setColour(palette().off);
    g.drawRect(0, 0, width, height);
}

void Look::drawCornerResizer(juce::Graphics& g, int width, int height, bool over, bool dragged)
{
    g.setColour(over || dragged ? palette().accent : palette().off);
    for (const auto from : { 0.4f, 0.7f })
        g.drawLine(static_cast<float>(width) * from, static_cast<float>(height) - 3.0f, static_cast<float>(width) - 3.0f, static_cast<float>(height) * from, 1.0f);
}

juce::Component* Look::getParentComponentForMenuOptions(const juce::PopupMenu::Options& options)
{
    // The window's content is what keeps the focus among its controls, and what is drawn at the window's scale.
    auto* content = options.getParentComponent();
    if (content == nullptr)
        for (auto* each = options.getTargetComponent(); each != nullptr && dynamic_cast<juce::TopLevelWindow*>(each) == nullptr; each = each->getParentComponent())
            if (each->isKeyboardFocusContainer())
                content = each;
    return content;
}

void Look::preparePopupMenuWindow(juce::Component& menu)
{
    // A click on an item leaves the focus with the control that the menu is of.
    for (auto* item : menu.getChildren())
        item->setMouseClickGrabsKeyboardFocus(false);
}

void Look::drawTooltip(juce::Graphics& g, const juce::String& text, int width, int height)
{
    const auto& p = palette();
    g.fillAll(p.raised);
    g.setColour(p.line);
    g.drawRect(0, 0, width, height);
    g.setColour(p.text);
    g.setFont(layout::smallFont());
    g.drawFittedText(text, juce::Rectangle<int>(width, height).reduced(layout::half), juce::Justification::centredLeft, 8);
}

int Look::getTabButtonBestWidth(juce::TabBarButton& button, int)
{
    return juce::roundToInt(layout::bodyFont().getStringWidthFloat(button.getButtonText())) + 3 * layout::grid;
}

void Look::drawTabButton(juce::TabBarButton& button, juce::Graphics& g, bool over, bool)
{
    const auto& p = palette();
    const auto area = button.getLocalBounds();
    const auto front = button.isFrontTab();
    g.setColour(front ? p.text : over ? p.text : p.quiet);
    g.setFont(layout::bodyFont());
    g.drawText(button.getButtonText(), area, juce::Justification::centred, true);
    if (front)
    {
        g.setColour(p.accent);
        g.fillRect(area.withTop(area.getBottom() - 2).reduced(layout::half, 0));
    }
    drawFocus(g, button, area.toFloat());
}

void Look::drawTabAreaBehindFrontButton(juce::TabbedButtonBar&, juce::Graphics& g, int width, int height)
{
    g.setColour(palette().line);
    g.fillRect(0, height - 1, width, 1);
}

void Look::drawTableHeaderBackground(juce::Graphics& g, juce::TableHeaderComponent& header)
{
    const auto& p = palette();
    g.fillAll(p.surface);
    g.setColour(p.line);
    g.fillRect(header.getLocalBounds().removeFromBottom(1));
}

void Look::drawTableHeaderColumn(juce::Graphics& g, juce::TableHeaderComponent&, const juce::String& name, int, int width, int height,
                                 bool over, bool, int flags)
{
    const auto& p = palette();
    g.setColour(over ? p.text : p.quiet);
    g.setFont(layout::smallFont());
    auto area = juce::Rectangle<int>(width, height).reduced(layout::half, 0);
    const auto forwards = (flags & juce::TableHeaderComponent::sortedForwards) != 0;
    if (forwards || (flags & juce::TableHeaderComponent::sortedBackwards) != 0)
        drawShape(g, forwards ? Shape::warning : Shape::down, area.removeFromRight(14).toFloat().getCentre(), 7.0f);
    g.drawText(name, area, juce::Justification::centredLeft, true);
}

} // namespace mw
