#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

namespace mw
{

/** The tabs at the bottom: plots, who hears whom, spectrum, SIP, log. Message thread. */
class DetailPanel final : public juce::Component, private MonitorModel::View
{
public:
    explicit DetailPanel(MonitorModel& modelToShow);
    ~DetailPanel() override;

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    void modelChanged() override;

    MonitorModel& model;
};

} // namespace mw
