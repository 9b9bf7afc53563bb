#include "ArrivalStatistics.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace mw
{

namespace
{
constexpr int64_t transitWindowNs = 2'000'000'000;
constexpr int64_t transitJumpNs = 1'000'000'000;  ///< a step of the transit time beyond this is a new time base, not jitter
constexpr double latenessMemoryNs = 10.0e9;
} // namespace

void ArrivalStatistics::update(int64_t arrivalNs, int64_t mediaNs) noexcept
{
    const auto transitNs = arrivalNs - mediaNs;
    if (! begun || std::llabs(transitNs - lastTransitNs) > transitJumpNs)
    {
        begun = true;
        windowStartNs = arrivalNs;
        leastTransitNs = formerLeastTransitNs = transitNs;
        latenessNs = 0;
        peakNs = 0.0;
    }
    else
    {
        jitterNs += (static_cast<double>(std::llabs(transitNs - lastTransitNs)) - jitterNs) / 16.0;

        if (arrivalNs - windowStartNs >= transitWindowNs)
        {
            windowStartNs = arrivalNs;
            formerLeastTransitNs = leastTransitNs;
            leastTransitNs = transitNs;
        }
        leastTransitNs = std::min(leastTransitNs, transitNs);
        latenessNs = transitNs - std::min(leastTransitNs, formerLeastTransitNs);

        const auto elapsedNs = static_cast<double>(std::clamp<int64_t>(arrivalNs - lastArrivalNs, 0, transitWindowNs));
        peakNs = std::max(peakNs * std::exp(-elapsedNs / latenessMemoryNs), static_cast<double>(latenessNs));
    }
    lastTransitNs = transitNs;
    lastArrivalNs = arrivalNs;
}

} // namespace mw
