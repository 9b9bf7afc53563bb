#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

namespace mw
{

/** Above a meter: the clip lamp, which latches until it is clicked, and the level as a figure. A click clears the lamps and
    peak holds of all meters, as the mixer's command does. Message thread. */
class LevelHead final : public juce::Button
{
public:
    explicit LevelHead(MonitorModel& modelToSteer);

    /** @param level in the model's unit; NaN: nothing measured @param refresh whether the figure may change now: five times a
        second is as fast as it can be read */
    void show(double level, bool clipped, bool refresh);

    /** "strip 3" */
    void setSubject(const juce::String& next);

    /** Names the unit that the level is shown in now. */
    juce::String getTooltip() override;

    [[nodiscard]] bool isLit() const noexcept { return lit; }

private:
    void paintButton(juce::Graphics&, bool over, bool down) override;

    MonitorModel& model;
    bool lit = false;
    juce::String figure, subject;
};

} // namespace mw
