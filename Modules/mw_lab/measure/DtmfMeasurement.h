#pragma once

#include "SoundMeasurement.h"

#include <mw_mixer/mw_mixer.h>

#include <vector>

namespace mw
{

/** Metrology of the digits in a call's sound: the figures `dtmf.*` and the table "digits", a row a digit. The digits are those that
    DtmfReceiver accepts to ITU-T Q.24, US column, in a quiet background. */
class DtmfMeasurement final : public SoundMeasurement
{
public:
    /** @param sampleRateHz 8000…192000 [Hz] @param law what 0 dBm0 means */
    DtmfMeasurement(int sampleRateHz, Law law);

    void process(std::span<const float> block, const SoundTime& first) override;
    void finish(FigureSet& figures) override;

private:
    void takeAll();

    const double rateHz;
    DtmfMeter meter;
    std::vector<DtmfReading> digits;
    uint64_t leftOut = 0;  ///< beyond DetailTable::mostRows
};

} // namespace mw
