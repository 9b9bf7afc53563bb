#pragma once

#include "Palette.h"
#include "Shapes.h"

#include <juce_gui_basics/juce_gui_basics.h>

#include <optional>

namespace mw
{

/** How everything in the window is drawn. A component asks `Look::of(*this)` for the palette, and repaints by itself when the
    theme changes (JUCE's lookAndFeelChanged). Message thread. */
class Look final : public juce::LookAndFeel_V4
{
public:
    explicit Look(Theme theme = Theme::dark);

    void setTheme(Theme theme);
    [[nodiscard]] Theme theme() const noexcept { return shownTheme; }
    [[nodiscard]] const Palette& palette() const noexcept { return Palette::of(shownTheme); }

    /** The palette of the look a component is drawn with; the dark one's where there is none of ours. */
    [[nodiscard]] static const Palette& of(const juce::Component& component);

    /** Family of all text: the first one installed of a short list of sans families whose figures have one width. */
    [[nodiscard]] static juce::String sansFamily();

    /** A ring around what has the keyboard's focus. */
    static void drawFocus(juce::Graphics& g, const juce::Component& component, juce::Rectangle<float> around);

    // ---- juce::LookAndFeel ----------------------------------------------------------------------------------------------
    juce::Typeface::Ptr getTypefaceForFont(const juce::Font& font) override;
    juce::Font getTextButtonFont(juce::TextButton&, int height) override;
    juce::Font getLabelFont(juce::Label& label) override;
    juce::Font getComboBoxFont(juce::ComboBox&) override;
    juce::Font getPopupMenuFont() override;
    juce::Font getTabButtonFont(juce::TabBarButton&, float height) override;
    void drawButtonBackground(juce::Graphics&, juce::Button&, const juce::Colour&, bool highlighted, bool down) override;
    void drawButtonText(juce::Graphics&, juce::TextButton&, bool highlighted, bool down) override;
    void drawToggleButton(juce::Graphics&, juce::ToggleButton&, bool highlighted, bool down) override;
    void drawLinearSlider(juce::Graphics&, int x, int y, int width, int height, float position, float least, float most,
                          juce::Slider::SliderStyle style, juce::Slider& slider) override;
    int getSliderThumbRadius(juce::Slider&) override;
    void drawComboBox(juce::Graphics&, int width, int height, bool down, int, int, int, int, juce::ComboBox&) override;
    void positionComboBoxText(juce::ComboBox&, juce::Label&) override;
    void fillTextEditorBackground(juce::Graphics&, int width, int height, juce::TextEditor&) override;
    void drawTextEditorOutline(juce::Graphics&, int width, int height, juce::TextEditor&) override;
    void drawScrollbar(juce::Graphics&, juce::ScrollBar&, int x, int y, int width, int height, bool vertical, int thumbStart, int thumbSize,
                       bool over, bool down) override;
    int getDefaultScrollbarWidth() override { return 10; }
    void drawPopupMenuBackground(juce::Graphics&, int width, int height) override;
    void drawResizableWindowBorder(juce::Graphics&, int width, int height, const juce::BorderSize<int>&, juce::ResizableWindow&) override;
    void drawCornerResizer(juce::Graphics&, int width, int height, bool over, bool dragged) override;
    /** Menus open inside the window: a window of their own would take the keyboard's focus from it, and give it back, if at all,
        after whoever the chosen item belongs to has asked for it. */
    juce::Component* getParentComponentForMenuOptions(const juce::PopupMenu::Options& options) override;
    void preparePopupMenuWindow(juce::Component& menu) override;
    void drawTooltip(juce::Graphics&, const juce::String& text, int width, int height) override;
    void drawTabButton(juce::TabBarButton&, juce::Graphics&, bool over, bool down) override;
    int getTabButtonBestWidth(juce::TabBarButton&, int depth) override;
    void drawTabAreaBehindFrontButton(juce::TabbedButtonBar&, juce::Graphics&, int width, int height) override;
    void drawTableHeaderBackground(juce::Graphics&, juce::TableHeaderComponent&) override;
    void drawTableHeaderColumn(juce::Graphics&, juce::TableHeaderComponent&, const juce::String& name, int id, int width, int height,
                               bool over, bool down, int flags) override;

private:
    void applyColours();

    Theme shownTheme;
};

/** The style of a button beyond the plain one, as a property of the component. */
enum class ButtonStyle { plain, accent, danger, quiet, toggle };
void setButtonStyle(juce::Button& button, ButtonStyle style);

/** A sign that is drawn before a text button's words; nothing takes it away. */
void setButtonSign(juce::Button& button, std::optional<Shape> sign);

} // namespace mw
