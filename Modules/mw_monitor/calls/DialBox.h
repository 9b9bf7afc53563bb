#pragma once

#include "../look/Look.h"
#include "../look/SignLabel.h"
#include "../model/MonitorModel.h"
#include "DialHistory.h"

#include <functional>

namespace mw
{

/** Where an address is typed and called: Return dials, the arrow keys and the button at its right go through what was dialled
    before, what cannot be called is marked and says why. Message thread. */
class DialBox final : public juce::Component
{
public:
    explicit DialBox(MonitorModel& modelToShow);

    /** Calls an address as typed, and selects the call. @returns whether it was dialled; otherwise the reason is shown */
    bool dial(const juce::String& typed);

    void focusEditor();
    [[nodiscard]] const DialHistory& history() const noexcept { return dialled; }
    [[nodiscard]] DialHistory& history() noexcept { return dialled; }

    /** What it takes now [px]: more while a fault is shown. */
    [[nodiscard]] int wantedHeight() const;

    std::function<void()> onHeightChange;

    void resized() override;
    void paintOverChildren(juce::Graphics&) override;

private:
    class Editor final : public juce::TextEditor
    {
    public:
        explicit Editor(DialBox& ownerOfIt) : owner(ownerOfIt) {}
        bool keyPressed(const juce::KeyPress&) override;

    private:
        DialBox& owner;
    };

    void lookAndFeelChanged() override;
    void showFault(const juce::String& text);
    void showHistory();
    void recall(int step);

    MonitorModel& model;
    DialHistory dialled;
    int recalled = -1;  ///< place in the history that the arrow keys stand at, −1: beside it
    Editor editor { *this };
    juce::TextButton past, call;
    SignLabel fault;
};

} // namespace mw
