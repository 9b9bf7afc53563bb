#pragma once

#include "SoundMeasurement.h"

#include <mw_mixer/mw_mixer.h>

#include <memory>
#include <utility>

namespace mw
{

/** Keeps the history of a call's sound for the pictures of a report; adds no figures. */
class SoundHistoryMeasurement final : public SoundMeasurement
{
public:
    static constexpr double silenceDbm0 = -60.0;  ///< 20 ms windows at or below it are silent, as in `level.silence_s` [dBm0]

    /** @param history filled on the recorder thread, to be read after finish() */
    SoundHistoryMeasurement(int sampleRateHz, Law law, std::shared_ptr<SoundHistory> historyToFill) : history(std::move(historyToFill))
    {
        history->prepare(sampleRateHz, rmsFromDbm0(silenceDbm0, law));
    }

    void process(std::span<const float> block, const SoundTime&) override { history->process(block); }
    void finish(FigureSet&) override { history->finish(); }

private:
    std::shared_ptr<SoundHistory> history;
};

} // namespace mw
