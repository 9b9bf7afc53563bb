#pragma once

#include "MonitorView.h"

#include <mw_lab/mw_lab.h>

#include <memory>

namespace mw
{

/** The desktop window of a running engine. Closing it asks for the end of the run. Message thread. */
class MonitorWindow final : public juce::DocumentWindow
{
public:
    /** @returns an error when there is no display to open it on */
    [[nodiscard]] static Result<std::unique_ptr<MonitorWindow>> open(Engine& engine, MonitorActions actions);

    /** Whether a window could be opened. */
    [[nodiscard]] static Result<void> checkDisplay();

    ~MonitorWindow() override;
    void closeButtonPressed() override;

    [[nodiscard]] MonitorView& view() noexcept { return *content; }

private:
    MonitorWindow(Engine& engine, const MonitorActions& actionsToUse);
    void fitScale();
    void takeSize(const juce::var& layout);

    MonitorActions actions;
    MonitorView* content = nullptr;  ///< in the window's content component, which scales it
};

} // namespace mw
