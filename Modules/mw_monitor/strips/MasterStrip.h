#pragma once

#include "GainControl.h"
#include "LevelHead.h"
#include "MeterBar.h"
#include "StripLines.h"
#include "StripMetrics.h"

namespace mw
{

/** Gain of all that comes in, gain of all outputs, the whole mix's meter, and what the limiters changed. Message thread. */
class MasterStrip final : public juce::Component
{
public:
    static constexpr int width = 112;

    explicit MasterStrip(MonitorModel& modelToShow);

    void update(bool refresh);
    void paint(juce::Graphics&) override;
    void resized() override;

private:
    enum Row : size_t { stateRow, nameRow, inRow, outRow, mixLimitRow, legsLimitRow, rowCount };

    MonitorModel& model;
    StripLines<rowCount> lines { *this };
    LevelHead head;
    MeterBar meter;
    MeterMarks marks;
    GainControl in, out;
};

} // namespace mw
