#pragma once

#include "StripLines.h"
#include "StripParts.h"

#include <memory>

namespace mw
{

/** What a house strip has below mute and solo. */
class HouseControls : public juce::Component
{
public:
    /** State as a shape and a word: "on", "silent". Also where it takes what is new. */
    [[nodiscard]] virtual StateLook look() = 0;
};

/** Digits, tone or player: a strip of the mixer that is no call. Message thread. */
class HouseStripView final : public juce::Component
{
public:
    HouseStripView(MonitorModel& modelToShow, HouseStrip stripToShow);

    void setCompact(bool narrow);
    void update(bool refresh);
    void paint(juce::Graphics&) override;
    void resized() override;

private:
    enum Row : size_t { stateRow, nameRow, rowCount };

    MonitorModel& model;
    const HouseStrip strip;
    bool compact = false;
    StateLook state;
    StripLines<rowCount> lines { *this };
    StripParts parts;
    std::unique_ptr<HouseControls> controls;
};

/** Controls of each house strip. */
[[nodiscard]] std::unique_ptr<HouseControls> makeDigitControls(MonitorModel& model);
[[nodiscard]] std::unique_ptr<HouseControls> makeToneControls(MonitorModel& model);
[[nodiscard]] std::unique_ptr<HouseControls> makePlayerControls(MonitorModel& model);

} // namespace mw
