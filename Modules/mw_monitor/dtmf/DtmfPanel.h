#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

namespace mw
{

/** Keypad, sequence, levels and times, target, and what was sent and heard. Message thread. */
class DtmfPanel final : public juce::Component, private MonitorModel::View
{
public:
    explicit DtmfPanel(MonitorModel& modelToShow);
    ~DtmfPanel() override;

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    void modelChanged() override;

    MonitorModel& model;
};

} // namespace mw
