#pragma once

#include "FooterBar.h"
#include "HeaderBar.h"
#include "calls/CallsPanel.h"
#include "detail/DetailPanel.h"
#include "dtmf/DtmfPanel.h"
#include "look/Look.h"
#include "look/PanelDivider.h"
#include "model/MonitorModel.h"
#include "session/KeysOverlay.h"
#include "session/SessionKeeper.h"
#include "session/ToolButtons.h"
#include "session/WelcomePanel.h"
#include "strips/StripsPanel.h"

#include <functional>
#include <memory>
#include <optional>

namespace mw
{

/** What the window can ask of the program around it. Message thread. */
struct MonitorActions
{
    std::function<Result<void>()> tryDemo = {};  ///< starts the demo's callers against this run; null: not offered
    std::function<void()> quit = {};             ///< ends the run, as a signal would
    juce::File lastSession = {};                 ///< where the window keeps its session when it closes; File() for nowhere
    std::optional<Session> startedWith = {};     ///< the session that the run began with; the window takes its part of it
};

/** Everything in the window. A view over the engine's snapshot and commands. Message thread. */
class MonitorView final : public juce::Component
{
public:
    static constexpr int leastWidth = 1024, leastHeight = 640;

    static constexpr int leastScale = 100, mostScale = 200, scaleStep = 25;  ///< [%]

    MonitorView(Engine& engine, MonitorActions actionsToUse);

    /** Keeps the session, where that was asked for. */
    ~MonitorView() override;

    void paint(juce::Graphics&) override;
    void resized() override;
    bool keyPressed(const juce::KeyPress&) override;
    bool keyStateChanged(bool) override { return dtmf.takeKeyState(); }

    void setTheme(Theme theme);
    [[nodiscard]] Theme theme() const noexcept { return look.theme(); }
    [[nodiscard]] MonitorModel& model() noexcept { return shown; }
    [[nodiscard]] SessionKeeper& session() noexcept { return keeper; }
    [[nodiscard]] ToolButtons& tools() noexcept { return toolButtons; }

    /** Size of everything [%], 100…200; whoever holds this component draws it so large. */
    void setScale(int percent);
    [[nodiscard]] int scale() const noexcept { return scalePercent; }
    std::function<void()> onScale;

private:
    /** Sizes that a person chose, within what the window has room for [px]. */
    struct PanelSizes
    {
        static constexpr int usualCalls = 264, usualDtmf = 288;
        static constexpr double usualDetail = 0.36;
        int calls = usualCalls, dtmf = usualDtmf;  ///< widths [px]
        double detail = usualDetail;               ///< share of the height between header and footer
    };

    void captureWindow(Session& session);
    void applyToWindow(const Session& session);
    void setPanelSizes(const PanelSizes& wanted);
    [[nodiscard]] std::unique_ptr<WelcomePanel> makeWelcome();
    bool takeCommandKey(const juce::KeyPress& key);

    MonitorActions actions;
    Look look;
    MonitorModel shown;
    SessionKeeper keeper;
    ToolButtons toolButtons;
    HeaderBar header;
    CallsPanel calls;
    StripsPanel strips;
    DtmfPanel dtmf;
    DetailPanel detail;
    FooterBar footer;
    PanelSizes sizes;
    PanelDivider callsDivider, dtmfDivider, detailDivider;
    KeysOverlay overlay;
    int scalePercent = leastScale;
    juce::TooltipWindow tooltips { this, 600 };
};

} // namespace mw
