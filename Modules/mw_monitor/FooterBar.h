#pragma once

#include "look/Look.h"
#include "look/SignLabel.h"
#include "model/MonitorModel.h"

namespace mw
{

/** The line at the bottom: what happened last, the counters that should be 0, and what is reached by a click. Message thread. */
class FooterBar final : public juce::Component, private MonitorModel::View
{
public:
    static constexpr int height = 32;

    explicit FooterBar(MonitorModel& modelToShow);
    ~FooterBar() override;

    void paint(juce::Graphics&) override;
    void resized() override;

    /** At the right, in order: the overlay of keys, the theme. */
    juce::TextButton keys { "? Keys" }, theme;

private:
    void modelChanged() override;
    void lookAndFeelChanged() override;

    MonitorModel& model;
    SignLabel latest, incidents;
    uint64_t shownEntry = 0;
};

} // namespace mw
