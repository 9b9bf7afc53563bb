#include "MonitorView.h"

#include "look/Layout.h"

namespace mw
{

MonitorView::MonitorView(Engine& engine, MonitorActions actionsToUse)
    : actions(std::move(actionsToUse)), shown(engine), header(shown), calls(shown), strips(shown), dtmf(shown), detail(shown), footer(shown)
{
    setLookAndFeel(&look);
    for (auto* panel : std::initializer_list<juce::Component*> { &header, &calls, &strips, &dtmf, &detail, &footer })
        addAndMakeVisible(panel);
    footer.theme.onClick = [this] { setTheme(theme() == Theme::dark ? Theme::light : Theme::dark); };
    setWantsKeyboardFocus(true);
    setFocusContainerType(FocusContainerType::keyboardFocusContainer);
    setTitle("Milliwatt monitor");
    setSize(1440, 900);
    sendLookAndFeelChange();
}

MonitorView::~MonitorView() { setLookAndFeel(nullptr); }

void MonitorView::setTheme(Theme theme)
{
    look.setTheme(theme);
    sendLookAndFeelChange();
    repaint();
}

void MonitorView::paint(juce::Graphics& g) { g.fillAll(Look::of(*this).line); }

void MonitorView::resized()
{
    auto area = getLocalBounds();
    header.setBounds(area.removeFromTop(HeaderBar::height));
    footer.setBounds(area.removeFromBottom(FooterBar::height));
    detail.setBounds(area.removeFromBottom(area.getHeight() * 36 / 100));
    area.removeFromBottom(1);
    calls.setBounds(area.removeFromLeft(264));
    area.removeFromLeft(1);
    dtmf.setBounds(area.removeFromRight(288));
    area.removeFromRight(1);
    strips.setBounds(area);
}

bool MonitorView::keyPressed(const juce::KeyPress& key)
{
    const auto command = juce::ModifierKeys::commandModifier;
    if (key == juce::KeyPress('t', command, 0))
        return setTheme(theme() == Theme::dark ? Theme::light : Theme::dark), true;
    if (key == juce::KeyPress('q', command, 0) && actions.quit)
        return actions.quit(), true;
    if (key == juce::KeyPress('z', command, 0))
        return shown.undoManager().undo();
    if (key == juce::KeyPress('z', command | juce::ModifierKeys::shiftModifier, 0) || key == juce::KeyPress('y', command, 0))
        return shown.undoManager().redo();
    return calls.takeKey(key) || dtmf.takeKey(key);
}

} // namespace mw
