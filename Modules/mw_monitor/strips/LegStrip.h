#pragma once

#include "Sparkline.h"
#include "StripActions.h"
#include "StripLines.h"
#include "StripParts.h"

namespace mw
{

/** Three dots: more can be done. */
class DotsButton final : public juce::Button
{
public:
    DotsButton() : Button({}) {}

private:
    void paintButton(juce::Graphics&, bool over, bool down) override;
};

/** The strip of one call. Made once and given to another call when its own scrolls out of sight or ends. Message thread. */
class LegStrip final : public juce::Component
{
public:
    LegStrip(MonitorModel& modelToShow, StripActions& actionsToUse);

    /** From now on it is the strip of this call. */
    void assign(const CallInfo& call);

    [[nodiscard]] LegId leg() const noexcept { return shownLeg; }
    [[nodiscard]] int channel() const noexcept { return shownChannel; }

    void setCompact(bool narrow);

    /** Takes what is new from the model. @param refresh whether figures may change now */
    void update(bool refresh);

    /** The call's menu. */
    [[nodiscard]] juce::PopupMenu menu() const;
    void showMenu();

    /** The last digits of the leg, by whatever way they came. */
    [[nodiscard]] juce::String digitsHeard() const;

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    enum Row : size_t { stateRow, nameRow, uriRow, codecRow, lossRow, jitterRow, bufferRow, digitRow, rowCount };

    void updateTexts(const CallInfo& call, const StripRow* row);
    void updateFigures();
    void layOutFigures(juce::Rectangle<int> area);

    MonitorModel& model;
    StripActions& actions;
    LegId shownLeg = 0;
    int shownChannel = -1;
    bool compact = false, chosen = false;
    StateLook state;
    StripLines<rowCount> lines { *this };
    StripParts parts;
    Sparkline level;
    DotsButton more;
};

} // namespace mw
