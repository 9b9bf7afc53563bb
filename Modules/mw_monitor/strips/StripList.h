#pragma once

#include "LegStrip.h"
#include "StripOrder.h"

#include <memory>
#include <vector>

namespace mw
{

/** The calls' strips side by side. Only those in sight exist as components; they are given to other calls as the list scrolls
    and calls come and go. It has the keyboard's focus for the strip that is chosen. Message thread. */
class StripList final : public juce::Component
{
public:
    static constexpr int scrollBarHeight = 10;

    StripList(MonitorModel& modelToShow, StripActions& actionsToUse);
    ~StripList() override;

    void setFilter(const juce::String& text);
    void setSort(StripSort sort);
    void setCompact(bool narrow);

    /** Takes what is new from the model. */
    void update();

    /** Calls in the order shown, those out of sight too. */
    [[nodiscard]] const std::vector<LegId>& order() const noexcept { return shown; }

    /** How many strips exist as components. */
    [[nodiscard]] int stripsMade() const noexcept { return static_cast<int>(pool.size()); }

    /** The strip of a call, or null while it is out of sight. */
    [[nodiscard]] LegStrip* stripOf(LegId leg) const;

    /** Chooses a call and scrolls to it. */
    void choose(LegId leg);

    void paint(juce::Graphics&) override;
    void paintOverChildren(juce::Graphics&) override;
    void resized() override;
    bool keyPressed(const juce::KeyPress&) override;
    void focusGained(FocusChangeType) override { repaint(); }
    void focusLost(FocusChangeType) override { repaint(); }

private:
    struct Scroller final : public juce::Viewport
    {
        explicit Scroller(StripList& listToMove) : list(listToMove) {}
        void visibleAreaChanged(const juce::Rectangle<int>&) override { list.placeStrips(); }
        StripList& list;
    };
    struct Chooser final : public juce::MouseListener
    {
        explicit Chooser(StripList& listToTell) : list(listToTell) {}
        void mouseDown(const juce::MouseEvent& e) override;
        StripList& list;
    };

    [[nodiscard]] uint64_t signature() const;
    void reorder();
    void placeStrips();
    [[nodiscard]] const CallInfo* chosenCall() const;
    bool steer(const CallInfo& call, juce::juce_wchar key);
    void changeGain(const CallInfo& call, double byDb);

    MonitorModel& model;
    StripActions& actions;
    StripOrder wanted;
    bool compact = false;
    std::vector<LegId> shown;
    uint64_t callsSeen = 0, stepSeen = 0;
    std::vector<std::unique_ptr<LegStrip>> pool;
    juce::Component content;
    Chooser chooser { *this };
    Scroller scroller { *this };
};

} // namespace mw
