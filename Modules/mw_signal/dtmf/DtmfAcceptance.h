#pragma once

#include "../DtmfReceiver.h"

namespace mw
{

/** What a standard obliges every receiver to accept. A digit within all of it has to be heard; one beyond any of it may be missed. */
struct DtmfAcceptance
{
    double frequencyPercent = 0.0;                  ///< of the nominal frequency, ± [%]
    double lowestDbm0 = 0.0, highestDbm0 = 0.0;     ///< of each tone [dBm0]
    double leastTwistDb = 0.0, mostTwistDb = 0.0;   ///< high minus low [dB]
    double onMs = 0.0;                              ///< from this length on [ms]
    double pauseMs = 0.0;                           ///< likewise of the pause before [ms]
};

/** ITU-T Q.24, table A-1, the column that the standard names. @param standard not `none` */
[[nodiscard]] constexpr DtmfAcceptance acceptanceOf(DtmfStandard standard) noexcept
{
    if (standard == DtmfStandard::q24Ntt)
        return { 1.8, -24.0, -3.0, -5.0, 5.0, 40.0, 30.0 };
    return { 1.5, -25.0, 0.0, -8.0, 4.0, 40.0, 40.0 };
}

} // namespace mw
