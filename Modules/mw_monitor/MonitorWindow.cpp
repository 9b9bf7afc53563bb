#include "MonitorWindow.h"

#include "XDisplay.h"

namespace mw
{

Result<void> MonitorWindow::checkDisplay()
{
    prepareXDisplay();
    if (juce::Desktop::getInstance().getDisplays().getPrimaryDisplay() != nullptr)
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
    : DocumentWindow("Milliwatt", Palette::of(Theme::dark).background, allButtons), actions(actionsToUse)
{
    setUsingNativeTitleBar(true);
    content = new MonitorView(engine, actions);
    setContentOwned(content, true);
    setResizable(true, false);
    setResizeLimits(MonitorView::leastWidth, MonitorView::leastHeight, 10000, 10000);
    centreWithSize(getWidth(), getHeight());
    setVisible(true);
    content->grabKeyboardFocus();
}

MonitorWindow::~MonitorWindow() { clearContentComponent(); }

void MonitorWindow::closeButtonPressed()
{
    if (actions.quit)
        actions.quit();
}

} // namespace mw
