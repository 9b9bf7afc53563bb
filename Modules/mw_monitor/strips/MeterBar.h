#pragma once

#include "../look/Look.h"
#include "LevelScale.h"

namespace mw
{

/** One bar of a meter: RMS as the bar, the falling peak as a thin line, the peak of the last 20 s as a line above. Only the rows
    that changed are painted again. Message thread. */
class MeterBar final : public juce::Component
{
public:
    MeterBar();

    /** @param scale in the model's unit */
    void show(const MeterReading& reading, const LevelScale& scale, const MonitorModel& model);

    /** Of the bar's end [px above the bottom]. */
    [[nodiscard]] int barHeight() const noexcept { return now.rms; }
    [[nodiscard]] int holdHeight() const noexcept { return now.hold; }

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    struct Heights
    {
        int rms = 0, peak = 0, hold = 0;
    };
    void repaintBetween(int one, int other, int margin);

    LevelScale shown;
    Heights now;
    bool stale = true;  ///< what was painted is of another size or scale
};

/** The figures and ticks beside a meter. */
class MeterMarks final : public juce::Component
{
public:
    MeterMarks();
    void show(const LevelScale& scale);
    void paint(juce::Graphics&) override;

    /** Where a mark stands [px above the bottom]. */
    [[nodiscard]] int heightOf(double mark) const noexcept { return shown.heightOf(mark, getHeight()); }

private:
    LevelScale shown;
};

} // namespace mw
