#pragma once

#include "SoundMeasurement.h"
#include "SpandspDtmfReceiver.h"

#include <mw_mixer/mw_mixer.h>

#include <vector>

namespace mw
{

/** Metrology of the digits in a call's sound: the figures `dtmf.*` and the table "digits", a row a digit. The digits are those that
    DtmfReceiver accepts to ITU-T Q.24 in a quiet background. libspandsp reads the same sound beside it; where the two disagree stands in
    the table "dtmf disagreements". A digit that no receiver is obliged to accept, whether ours did or not, stands in the table "digit
    faults" with what is wrong with it. */
class DtmfMeasurement final : public SoundMeasurement
{
public:
    /** @param sampleRateHz 8000…192000 [Hz]; the second opinion needs a multiple of 8000 @param law what 0 dBm0 means
        @param standard the column of Q.24 whose limits hold */
    DtmfMeasurement(int sampleRateHz, Law law, DtmfStandard standard = DtmfStandard::q24UnitedStates);

    void process(std::span<const float> block, const SoundTime& first) override;
    void finish(FigureSet& figures) override;

private:
    void takeAll();
    void compare(FigureSet& figures);
    void addDigitFaults(FigureSet& figures) const;

    const double rateHz;
    const DtmfStandard standard;
    DtmfMeter meter;
    DtmfMeter wide;                     ///< hears also what the standard lets a receiver refuse
    SpandspDtmfReceiver second;
    std::vector<DtmfReading> digits;
    std::vector<DtmfReading> wideDigits;
    uint64_t leftOut = 0;  ///< beyond DetailTable::mostRows
};

} // namespace mw
