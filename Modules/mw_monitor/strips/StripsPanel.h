#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"
#include "DigitsBar.h"
#include "EmptyStrips.h"
#include "HouseStripView.h"
#include "MasterStrip.h"
#include "StripList.h"

#include <memory>

namespace mw
{

/** One strip a leg and one a house source, the master at the right; above them what is shown and how. Message thread. */
class StripsPanel final : public juce::Component, private MonitorModel::View
{
public:
    static constexpr int toolbarHeight = 40;

    explicit StripsPanel(MonitorModel& modelToShow);
    ~StripsPanel() override;

    /** Shown below the sentence while there is no call; as high as it is when given. */
    void setEmptyContent(std::unique_ptr<juce::Component> content) { empty.setContent(std::move(content)); }

    /** The calls' strips, for what belongs to the window as a whole: keys, the session's layout. */
    [[nodiscard]] StripList& list() noexcept { return strips; }

    void paint(juce::Graphics&) override;
    void resized() override;
    bool keyPressed(const juce::KeyPress&) override;

private:
    void modelChanged() override;
    void lookAndFeelChanged() override;
    void updateToolbar();

    MonitorModel& model;
    StripActions actions;
    juce::TextEditor filter;
    juce::ComboBox sort;
    juce::TextButton compact { "Compact" }, unit, clear { "Clear peaks" };
    juce::Label count;
    DigitsBar digits;
    StripList strips;
    EmptyStrips empty;
    HouseStripView dtmf, tone, player;
    MasterStrip master;
    uint64_t stepSeen = 0;
};

} // namespace mw
