#pragma once

#include "SoundClock.h"
#include "SoundMeasurement.h"

#include <mw_mixer/mw_mixer.h>

namespace mw
{

/** Gaps of a millisecond and more in a call that carries a steady tone: the figures `gaps.*` and the table "gaps". Without such a
    tone nothing is known of gaps, and the figures say so. */
class GapMeasurement final : public SoundMeasurement
{
public:
    /** @param sampleRateHz 8000…192000 [Hz] */
    explicit GapMeasurement(int sampleRateHz);

    void process(std::span<const float> block, const SoundTime& first) override
    {
        clock.take(first, block.size());
        detector.process(block);
    }
    void finish(FigureSet& figures) override;

private:
    ToneGapDetector detector;
    SoundClock clock;
};

} // namespace mw
