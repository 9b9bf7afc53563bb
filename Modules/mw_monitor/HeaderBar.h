#pragma once

#include "look/Look.h"
#include "model/MonitorModel.h"

namespace mw
{

/** The line at the top: mode, rate and block, address, lateness of the ticks, load, running time. Message thread. */
class HeaderBar final : public juce::Component, private MonitorModel::View
{
public:
    static constexpr int height = 40;

    explicit HeaderBar(MonitorModel& modelToShow);
    ~HeaderBar() override;

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    void modelChanged() override;

    MonitorModel& model;
    juce::Label title, address, timing, clock;
};

} // namespace mw
