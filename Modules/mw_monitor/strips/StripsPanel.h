#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

namespace mw
{

/** One strip a leg and one a house source, the master at the right. Message thread. */
class StripsPanel final : public juce::Component, private MonitorModel::View
{
public:
    explicit StripsPanel(MonitorModel& modelToShow);
    ~StripsPanel() override;

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    void modelChanged() override;

    MonitorModel& model;
};

} // namespace mw
