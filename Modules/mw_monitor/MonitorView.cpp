#include "MonitorView.h"

#include "look/Layout.h"

#include <algorithm>
#include <cmath>

namespace mw
{

MonitorView::MonitorView(Engine& engine, MonitorActions actionsToUse)
    : actions(std::move(actionsToUse)), shown(engine),
      keeper(shown, { [this](Session& session) { captureWindow(session); }, [this](const Session& session) { applyToWindow(session); } }, actions.lastSession),
      toolButtons(shown, keeper), header(shown), calls(shown), strips(shown), dtmf(shown), detail(shown), footer(shown),
      callsDivider(PanelDivider::Side::left, "Width of the calls", [this] { return calls.getWidth(); },
                   [this](int width) { setPanelSizes({ width, sizes.dtmf, sizes.detail }); },
                   [this] { setPanelSizes({ PanelSizes::usualCalls, sizes.dtmf, sizes.detail }); }),
      dtmfDivider(PanelDivider::Side::right, "Width of the DTMF panel", [this] { return dtmf.getWidth(); },
                  [this](int width) { setPanelSizes({ sizes.calls, width, sizes.detail }); },
                  [this] { setPanelSizes({ sizes.calls, PanelSizes::usualDtmf, sizes.detail }); }),
      detailDivider(PanelDivider::Side::below, "Height of the details", [this] { return detail.getHeight(); },
                    [this](int height) { setPanelSizes({ sizes.calls, sizes.dtmf, static_cast<double>(height) / std::max(1, footer.getY() - header.getBottom()) }); },
                    [this] { setPanelSizes({ sizes.calls, sizes.dtmf, PanelSizes::usualDetail }); })
{
    setLookAndFeel(&look);
    juce::LookAndFeel::setDefaultLookAndFeel(&look);  // menus and file dialogs are windows of their own
    for (auto* panel : std::initializer_list<juce::Component*> { &header, &calls, &strips, &dtmf, &detail, &footer, &callsDivider, &dtmfDivider, &detailDivider })
        addAndMakeVisible(panel);
    header.setTools(toolButtons, ToolButtons::width);
    if (actions.lastSession != juce::File())
        calls.dialBox().history().keepIn(actions.lastSession.getSiblingFile("dialled.txt"));
    strips.setEmptyContent(makeWelcome());
    addChildComponent(overlay);
    footer.keys.onClick = [this] { overlay.toggle(); };
    footer.theme.onClick = [this] { setTheme(theme() == Theme::dark ? Theme::light : Theme::dark); };
    setWantsKeyboardFocus(true);
    setFocusContainerType(FocusContainerType::keyboardFocusContainer);
    setTitle("Milliwatt monitor");
    setOpaque(true);
    setSize(1440, 900);
    sendLookAndFeelChange();
    if (actions.startedWith.has_value())
        applyToWindow(*actions.startedWith);
}

MonitorView::~MonitorView()
{
    if (const auto kept = keeper.saveLast(); ! kept)
        juce::Logger::writeToLog(kept.error().message());
    juce::PopupMenu::dismissAllActiveMenus();  // an open menu goes with a later message, and must not keep the look until then
    for (auto* child : getChildren())
        child->setLookAndFeel(nullptr);
    if (&juce::LookAndFeel::getDefaultLookAndFeel() == &look)
        juce::LookAndFeel::setDefaultLookAndFeel(nullptr);
    setLookAndFeel(nullptr);
}

std::unique_ptr<WelcomePanel> MonitorView::makeWelcome()
{
    WelcomePanel::Offers offers;
    offers.dial = [this](const juce::String& typed) { return calls.dialBox().dial(typed); };
    offers.tryDemo = actions.tryDemo;
    if (const auto& last = keeper.last(); last.has_value())
    {
        offers.lastSummary = juceText(last->summary());
        offers.continueLast = [this] { juce::ignoreUnused(keeper.continueLast()); };
    }
    return std::make_unique<WelcomePanel>(shown, std::move(offers));
}

void MonitorView::captureWindow(Session& session)
{
    auto* const layout = new juce::DynamicObject();
    session.layout = juce::var(layout);
    layout->setProperty("theme", theme() == Theme::dark ? "dark" : "light");
    layout->setProperty("scalePercent", scalePercent);
    if (const auto* window = getTopLevelComponent(); window != this)
    {
        layout->setProperty("windowWidth", window->getWidth());
        layout->setProperty("windowHeight", window->getHeight());
    }
    layout->setProperty("callsWidth", sizes.calls);
    layout->setProperty("dtmfWidth", sizes.dtmf);
    layout->setProperty("detailPercent", 100.0 * sizes.detail);
    layout->setProperty("levelUnit", shown.levelUnit());
    layout->setProperty("detailTab", detail.shownTab());
    layout->setProperty("recordingFolder", toolButtons.folder().getFullPathName());
    layout->setProperty("remote", shown.remote().toVar());
    session.dtmf = dtmf.settings();  // what stands in the editor, played or not
}

void MonitorView::applyToWindow(const Session& session)
{
    const auto& layout = session.layout;
    if (const auto name = layout["theme"].toString(); name == "dark" || name == "light")
        setTheme(name == "dark" ? Theme::dark : Theme::light);
    if (const auto& percent = layout["scalePercent"]; percent.isInt() || percent.isDouble())
        setScale(static_cast<int>(std::clamp(static_cast<double>(percent), 0.0, 1000.0)));
    const auto length = [&layout](const char* key, double now) {
        const auto& given = layout[key];
        return given.isInt() || given.isDouble() ? std::clamp(static_cast<double>(given), 0.0, 10000.0) : now;
    };
    setPanelSizes({ juce::roundToInt(length("callsWidth", sizes.calls)), juce::roundToInt(length("dtmfWidth", sizes.dtmf)),
                    length("detailPercent", 100.0 * sizes.detail) / 100.0 });
    if (const auto unit = layout["levelUnit"].toString(); unit == "dBm0" || unit == "dBFS")
        shown.showDbfs(unit == "dBFS");
    if (const auto tab = layout["detailTab"].toString(); tab.isNotEmpty() && ! detail.show(tab))
        shown.note(LogEntry::Weight::bad, "the session's detail tab '" + tab.toStdString() + "' is not known");
    if (const auto folder = layout["recordingFolder"].toString(); juce::File::isAbsolutePath(folder))
        toolButtons.setRecordingFolder(juce::File(folder));
    if (const auto& remote = layout["remote"]; remote.isObject())
        if (const auto set = shown.remote().fromVar(remote); ! set)
            shown.note(LogEntry::Weight::bad, set.error().message());
    dtmf.setSettings(session.dtmf);
    ToneSetting tone;
    tone.on = std::isfinite(session.toneDbm0);
    tone.frequencyHz = session.toneHz;
    tone.levelDbm0 = tone.on ? session.toneDbm0 : tone.levelDbm0;
    shown.setTone(tone);
}

void MonitorView::setScale(int percent)
{
    scalePercent = std::clamp(percent, leastScale, mostScale);
    if (onScale != nullptr)
        onScale();
}

void MonitorView::setPanelSizes(const PanelSizes& wanted)
{
    sizes = wanted;
    resized();
}

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
    // What a person chose, within what every panel needs to be of use.
    constexpr int leastCalls = 216, mostCalls = 480, leastDtmf = 264, mostDtmf = 480, leastDetail = 120, leastAbove = 352, leastStrips = 240;
    const auto isTight = area.getWidth() - sizes.calls - sizes.dtmf < leastStrips;
    const auto tall = std::max(leastDetail, area.getHeight() - leastAbove);
    detail.setBounds(area.removeFromBottom(std::clamp(juce::roundToInt(sizes.detail * area.getHeight()), leastDetail, tall)));
    area.removeFromBottom(1);
    calls.setBounds(area.removeFromLeft(isTight ? leastCalls : std::clamp(sizes.calls, leastCalls, mostCalls)));
    area.removeFromLeft(1);
    dtmf.setBounds(area.removeFromRight(isTight ? leastDtmf : std::clamp(sizes.dtmf, leastDtmf, mostDtmf)));
    area.removeFromRight(1);
    strips.setBounds(area);
    constexpr auto thick = PanelDivider::thickness;
    callsDivider.setBounds(calls.getRight() - thick / 2, area.getY(), thick, area.getHeight());
    dtmfDivider.setBounds(strips.getRight() - thick / 2, area.getY(), thick, area.getHeight());
    detailDivider.setBounds(0, detail.getY() - 1 - thick / 2, getWidth(), thick);
    overlay.setBounds(getLocalBounds());
}

bool MonitorView::keyPressed(const juce::KeyPress& key)
{
    if (key.getTextCharacter() == '?' || key.isKeyCode(juce::KeyPress::F1Key))
        return overlay.toggle(), true;
    if (key.isKeyCode(juce::KeyPress::tabKey) && hasKeyboardFocus(false))
    {
        // JUCE goes from here to what is beside the content, where there is nothing.
        const auto controls = juce::KeyboardFocusTraverser().getAllComponents(this);
        if (! controls.empty())
            (key.getModifiers().isShiftDown() ? controls.back() : controls.front())->grabKeyboardFocus();
        return true;
    }
    return key.getModifiers().isCommandDown() ? takeCommandKey(key) : calls.takeKey(key) || dtmf.takeKey(key);
}

bool MonitorView::takeCommandKey(const juce::KeyPress& key)
{
    const auto shift = key.getModifiers().isShiftDown();
    using juce::KeyPress;
    switch (const auto code = key.getKeyCode(); code == KeyPress::numberPadAdd ? '+' : code == KeyPress::numberPadSubtract ? '-' : code == KeyPress::numberPad0 ? '0' : code)
    {
        case 'T': case 't': return setTheme(theme() == Theme::dark ? Theme::light : Theme::dark), true;
        case 'O': case 'o': return toolButtons.chooseAndOpen(), true;
        case 'S': case 's': return shift ? toolButtons.chooseAndSave() : toolButtons.save(), true;
        case 'R': case 'r': return toolButtons.toggleRecording(), true;
        case 'L': case 'l': return toolButtons.listenButton.triggerClick(), true;
        case '+': case '=': return setScale(scalePercent + scaleStep), true;
        case '-': return setScale(scalePercent - scaleStep), true;
        case '0': return setScale(leastScale), true;
        case 'Z': case 'z': return shift ? shown.undoManager().redo() : shown.undoManager().undo();
        case 'Y': case 'y': return shown.undoManager().redo();
        case 'Q': case 'q':
            if (actions.quit)
                actions.quit();
            return true;
        default: return false;
    }
}

} // namespace mw
