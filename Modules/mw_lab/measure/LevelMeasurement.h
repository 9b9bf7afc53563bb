#pragma once

#include "SoundMeasurement.h"

#include <mw_mixer/mw_mixer.h>

#include <optional>
#include <string>

namespace mw
{

/** Levels of a whole call: the figures `level.*`. Silence measures no level: what has no finite value says why. */
class LevelMeasurement final : public SoundMeasurement
{
public:
    /** @param sampleRateHz 8000…192000 [Hz] @param law what 0 dBm0 means @param codec of the call, "PCMU/8000": G.711 decodes to less than 16-bit
        full scale, and resampled it clips at no level of its own */
    LevelMeasurement(int sampleRateHz, Law law, const std::string& codec);

    /** Takes back what was counted as clipped where one level does not tell: the codec changed, or G.711 was resampled to our clock.
        @param codec CallInfo::codec @param report of the call, if it had media */
    static void judgeClipping(FigureSet& figures, const std::string& codec, const std::optional<LegMediaStats>& media,
                              const std::optional<TransportReport>& report);

    void process(std::span<const float> block, const SoundTime& first) override;
    void finish(FigureSet& figures) override;

private:
    /** From where on a sample of a codec counts as clipped; nothing: no level tells. */
    [[nodiscard]] static std::optional<float> clipLevelOf(const std::string& codec, int sampleRateHz);

    const Law law;
    const std::optional<float> clipLevel;
    LevelStatistics statistics;
    ActiveSpeechLevel speech;
};

} // namespace mw
