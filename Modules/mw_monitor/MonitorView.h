#pragma once

#include "FooterBar.h"
#include "HeaderBar.h"
#include "calls/CallsPanel.h"
#include "detail/DetailPanel.h"
#include "dtmf/DtmfPanel.h"
#include "look/Look.h"
#include "model/MonitorModel.h"
#include "strips/StripsPanel.h"

#include <functional>

namespace mw
{

/** What the window can ask of the program around it. Message thread. */
struct MonitorActions
{
    std::function<void()> tryDemo;  ///< starts the demo's callers against this run; null: not offered
    std::function<void()> quit;     ///< ends the run, as a signal would
};

/** Everything in the window. A view over the engine's snapshot and commands. Message thread. */
class MonitorView final : public juce::Component
{
public:
    static constexpr int leastWidth = 1024, leastHeight = 640;

    MonitorView(Engine& engine, MonitorActions actionsToUse);
    ~MonitorView() override;

    void paint(juce::Graphics&) override;
    void resized() override;
    bool keyPressed(const juce::KeyPress&) override;
    bool keyStateChanged(bool) override { return dtmf.takeKeyState(); }

    void setTheme(Theme theme);
    [[nodiscard]] Theme theme() const noexcept { return look.theme(); }
    [[nodiscard]] MonitorModel& model() noexcept { return shown; }

private:
    MonitorActions actions;
    Look look;
    MonitorModel shown;
    HeaderBar header;
    CallsPanel calls;
    StripsPanel strips;
    DtmfPanel dtmf;
    DetailPanel detail;
    FooterBar footer;
    juce::TooltipWindow tooltips { this, 600 };
};

} // namespace mw
