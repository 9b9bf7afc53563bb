#pragma once

#include "SoundMeasurement.h"

#include <memory>
#include <vector>

namespace mw
{

/** The call's sound against what was sent: the figures `score.*`. Keeps the sound until the call is over: 4 octets a sample, up to the
    reference's length and a minute more. */
class ScoreMeasurement final : public SoundMeasurement
{
public:
    using Reference = std::shared_ptr<const std::vector<float>>;

    /** @param sampleRateHz 8000…48000 [Hz] @param referenceToCompare at that rate, full scale = 1.0 */
    ScoreMeasurement(int sampleRateHz, Reference referenceToCompare);

    void process(std::span<const float> block, const SoundTime& first) override;
    void finish(FigureSet& figures) override;

    /** Without a reference: the same figures, not measured. */
    static void addNone(FigureSet& figures);

private:
    const int rateHz;
    const Reference reference;
    const size_t most;          ///< samples that are kept
    std::vector<float> sound;
};

} // namespace mw
