#include "MonitorWindow.h"

#include "XDisplay.h"

#include <algorithm>

namespace mw
{

namespace
{
/** Draws the view at its scale, and gives it as much room as is left then. */
class ScaledContent final : public juce::Component
{
public:
    ScaledContent(Engine& engine, const MonitorActions& actions) : view(engine, actions)
    {
        addAndMakeVisible(view);
        setSize(view.getWidth(), view.getHeight());
    }

    void resized() override
    {
        const auto factor = static_cast<float>(view.scale()) / 100.0f;
        view.setTransform(juce::AffineTransform::scale(factor));
        view.setBounds(0, 0, juce::roundToInt(static_cast<float>(getWidth()) / factor), juce::roundToInt(static_cast<float>(getHeight()) / factor));
    }

    MonitorView view;
};
} // namespace

Result<void> MonitorWindow::checkDisplay()
{
    // Where none is named JUCE would try :0, which may be anybody's.
    const auto isNamed = juce::SystemStats::getEnvironmentVariable("DISPLAY", {}).isNotEmpty();
    prepareXDisplay();
    if (isNamed && juce::Desktop::getInstance().getDisplays().getPrimaryDisplay() != nullptr)
        return {};
    return Error { ExitCode::environment, "open the window", "there is no display (DISPLAY names none that answers)",
                   "milliwatt mixer, source and sink run without one" };
}

Result<std::unique_ptr<MonitorWindow>> MonitorWindow::open(Engine& engine, MonitorActions actions)
{
    if (auto there = checkDisplay(); ! there)
        return there.error();
    return std::unique_ptr<MonitorWindow>(new MonitorWindow(engine, actions));
}

MonitorWindow::MonitorWindow(Engine& engine, const MonitorActions& actionsToUse)
    : DocumentWindow("Milliwatt", Palette::of(Theme::dark).background, allButtons, false), actions(actionsToUse)
{
    setUsingNativeTitleBar(true);
    setWantsKeyboardFocus(false);  // a window that is given the focus before it is clicked passes it on to its content
    auto scaled = std::make_unique<ScaledContent>(engine, actions);
    content = &scaled->view;
    setContentOwned(scaled.release(), true);
    setResizable(true, false);
    addToDesktop();  // now that nothing more makes JUCE open another window in its place
    fitScale();
    content->onScale = [this] { fitScale(); };
    if (actions.startedWith.has_value())
        takeSize(actions.startedWith->layout);
    centreWithSize(getWidth(), getHeight());
    setVisible(true);
    content->grabKeyboardFocus();
}

void MonitorWindow::takeSize(const juce::var& layout)
{
    const auto length = [&layout](const char* key, int now) {
        const auto& given = layout[key];
        return given.isInt() && static_cast<int>(given) > 0 && static_cast<int>(given) <= 10000 ? static_cast<int>(given) : now;
    };
    setSize(length("windowWidth", getWidth()), length("windowHeight", getHeight()));
}

void MonitorWindow::fitScale()
{
    // As large as all panels need at this scale, but never larger than the screen.
    const auto* display = juce::Desktop::getInstance().getDisplays().getPrimaryDisplay();
    const auto room = display != nullptr ? display->userArea : juce::Rectangle<int>(10000, 10000);
    const auto least = [this](int length, int most) { return std::min(length * content->scale() / 100, most); };
    const auto width = least(MonitorView::leastWidth, room.getWidth()), height = least(MonitorView::leastHeight, room.getHeight());
    setResizeLimits(width, height, 10000, 10000);
    if (getWidth() < width || getHeight() < height)
        setSize(std::max(getWidth(), width), std::max(getHeight(), height));
    if (auto* scaled = getContentComponent())
        scaled->resized();
}

MonitorWindow::~MonitorWindow() { clearContentComponent(); }

void MonitorWindow::closeButtonPressed()
{
    if (actions.quit)
        actions.quit();
}

} // namespace mw
