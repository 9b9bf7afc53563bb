#pragma once

#include "GainControl.h"
#include "LevelHead.h"
#include "MeterBar.h"
#include "StripMetrics.h"
#include "SwitchButton.h"

namespace mw
{

/** What every strip of the mixer has: clip lamp and level, meters, fader, typed gain, mute and solo. Message thread. */
class StripParts
{
public:
    enum class Output { no, yes };

    /** @param parent gets the parts as children @param output whether the strip is a leg, which is sent something as well */
    StripParts(MonitorModel& modelToShow, juce::Component& parent, Output output);

    /** @param index of the strip, legs first @param of "strip 3" */
    void attach(int index, const juce::String& of);

    /** @param area below the header and above what the strip has of its own */
    void layOut(juce::Rectangle<int> area, bool compact);

    /** @param row null: nothing measured @param refresh whether figures may change now */
    void show(const StripRow* row, bool refresh);

    [[nodiscard]] const MeterBar& meter() const noexcept { return inMeter; }

    LevelHead head;
    MeterBar inMeter, outMeter;
    MeterMarks marks;
    GainControl gain;
    SwitchButton mute, solo;

private:
    MonitorModel& model;
    const Output hasOutput;
};

} // namespace mw
