#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

namespace mw
{

/** The level of the last 30 s at a glance. Painted again five times a second. Message thread. */
class Sparkline final : public juce::Component
{
public:
    static constexpr int seconds = 30;

    Sparkline();

    /** @param levels RMS [dBm0]; null: nothing yet */
    void show(const Series* levels, double topDbm0);
    void paint(juce::Graphics&) override;

private:
    std::vector<float> columns;  ///< the highest level of each column of pixels, the latest last [dBm0]
    float top = 3.17f;
};

} // namespace mw
