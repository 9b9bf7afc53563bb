#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

#include <vector>

namespace mw
{

/** The SIP messages of the selected call as a ladder: two lifelines, an arrow a message with its method or status and the time
    since the first one; the text of the chosen message beside it. Message thread. */
class SipLadder final : public juce::Component, private MonitorModel::View
{
public:
    explicit SipLadder(MonitorModel& modelToShow);
    ~SipLadder() override;

    /** How many arrows there are. */
    [[nodiscard]] int rows() const noexcept { return static_cast<int>(arrows.size()); }

    /** An arrow as text: "0.012 s → INVITE (SDP)", to the left: "←". */
    [[nodiscard]] juce::String rowText(int row) const;

    /** Chooses a message; its text is shown. */
    void choose(int row);
    [[nodiscard]] int chosenRow() const noexcept { return chosen; }

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    struct Arrow
    {
        bool sent = false, isAnswer = false, again = false, hasSdp = false;
        int status = 0;
        double atSeconds = 0.0;  ///< since the first message [s]
        juce::String label, text;
    };

    /** The arrows themselves. */
    class Canvas final : public juce::Component
    {
    public:
        explicit Canvas(SipLadder& ladder) : owner(ladder) {}
        void paint(juce::Graphics&) override;
        void mouseDown(const juce::MouseEvent&) override;
        bool keyPressed(const juce::KeyPress&) override;
        void focusGained(FocusChangeType) override { repaint(); }
        void focusLost(FocusChangeType) override { repaint(); }

    private:
        void paintArrow(juce::Graphics& g, const Arrow& arrow, juce::Rectangle<int> area, bool isChosen) const;
        SipLadder& owner;
    };

    static constexpr int rowHeight = 28, headHeight = 28;

    void modelChanged() override;
    void lookAndFeelChanged() override;
    void refresh();
    [[nodiscard]] static Arrow arrowOf(const SignallingMessage& message, int64_t firstNs);
    [[nodiscard]] juce::String emptyText() const;
    void showChosen();

    MonitorModel& model;
    LegId leg = 0;
    uint64_t number = 0;
    std::vector<Arrow> arrows;
    juce::String peer;
    int chosen = -1;
    Canvas canvas { *this };
    juce::Viewport viewport;
    juce::TextEditor text;
    juce::TextButton copyButton { "Copy" }, copyAllButton { "Copy all" };
};

} // namespace mw
