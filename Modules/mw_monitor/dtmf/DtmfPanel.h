#pragma once

#include "../look/Look.h"
#include "../look/SignLabel.h"
#include "../model/MonitorModel.h"
#include "DigitKey.h"
#include "DigitList.h"
#include "NumberField.h"
#include "SequenceEditor.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace mw
{

/** Keypad, sequence, levels and times, target, and what was sent and heard. Message thread. */
class DtmfPanel final : public juce::Component, private MonitorModel::View
{
public:
    explicit DtmfPanel(MonitorModel& modelToShow);
    ~DtmfPanel() override;

    /** Whom digits go to, and how. */
    struct Target
    {
        LegId leg = 0;  ///< 0: everybody
        DigitEntry::Way way = DigitEntry::Way::inBand;
        bool operator==(const Target&) const = default;
    };

    void setTarget(const Target& wanted);
    [[nodiscard]] const Target& target() const noexcept { return chosen; }

    /** What Play would play: sequence, times, levels; an unplayable text counts as none. */
    [[nodiscard]] DtmfSettings settings() const;
    void setSettings(const DtmfSettings& settings);

    /** A digit is pressed: it sounds until release(), at least for the on time. As telephone-event or INFO it is sent once. */
    void press(char digit);
    void release();

    void play();
    void stop();

    /** A key of the window that no text field took: 0-9 * #, and A-D while the focus is in this panel. Held, it sounds on.
        @returns whether it was one of ours */
    bool takeKey(const juce::KeyPress& key);

    /** A key went up or down somewhere. */
    bool takeKeyState();

    void paint(juce::Graphics&) override;
    void resized() override;
    bool keyPressed(const juce::KeyPress& key) override { return takeKey(key); }
    bool keyStateChanged(bool) override { return takeKeyState(); }

private:
    struct Held
    {
        char digit = 0;
        int64_t sinceNs = 0, sentNs = 0;         ///< engine clock [ns]; when it was pressed, and last sent to the mixer
        std::optional<juce::KeyPress> key;       ///< of the keyboard
        bool hadFocus = false;
    };

    void modelChanged() override;
    void lookAndFeelChanged() override;
    void showFault();
    void showTargets();
    void showWhatWasPlayed();
    void targetChosen();
    void applyTarget();
    void sendHeld(int64_t nowNs);
    void noteSent(const std::string& digits, double durationMs, int64_t timeNs);
    [[nodiscard]] std::vector<LegId> receivers() const;
    void layOutKeypad(juce::Rectangle<int> area);
    void setShowsLog(bool shows);

    MonitorModel& model;
    DtmfAudience audience;
    Target chosen;
    DtmfSettings lastPlayed;  ///< as the engine knew it at the last look
    std::optional<Held> held;
    char sounding = 0;
    std::vector<std::pair<LegId, juce::String>> shownTargets;

    std::array<std::unique_ptr<DigitKey>, 16> keys;
    std::array<juce::Label, 8> frequencies;  ///< 4 rows, 4 columns
    SequenceEditor editor;
    SignLabel message;
    NumberField onMs, offMs, lowLevel, twist, gapMs;
    juce::ToggleButton loop { "Loop" };
    juce::ComboBox whom, how;
    juce::TextButton playButton, stopButton, logButton { "Log" };
    DigitList log;
    bool logOnly = false, logFits = true;
};

} // namespace mw
