#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

namespace mw
{

/** Dial box, calls that ring, run or ended. Message thread. */
class CallsPanel final : public juce::Component, private MonitorModel::View
{
public:
    explicit CallsPanel(MonitorModel& modelToShow);
    ~CallsPanel() override;

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    void modelChanged() override;

    MonitorModel& model;
};

} // namespace mw
