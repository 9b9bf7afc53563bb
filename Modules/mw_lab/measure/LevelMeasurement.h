#pragma once

#include "SoundMeasurement.h"

#include <mw_mixer/mw_mixer.h>

namespace mw
{

/** Levels of a whole call: the figures `level.*`. Silence measures no level: what has no finite value says why. */
class LevelMeasurement final : public SoundMeasurement
{
public:
    /** @param sampleRateHz 8000…192000 [Hz] @param law what 0 dBm0 means */
    LevelMeasurement(int sampleRateHz, Law law);

    void process(std::span<const float> block, const SoundTime& first) override;
    void finish(FigureSet& figures) override;

private:
    const Law law;
    LevelStatistics statistics;
    ActiveSpeechLevel speech;
};

} // namespace mw
