#include "GainTaper.h"

#include <mw_lab/mw_lab.h>

#include <algorithm>
#include <array>

namespace mw
{

namespace
{
struct Knee
{
    double travel, gainDb;
};
constexpr std::array knees { Knee { 0.02, minGainDb }, Knee { 0.22, -20.0 }, Knee { 0.88, 10.0 }, Knee { 1.0, maxGainDb } };
} // namespace

double GainTaper::gainDbAt(double travel) noexcept
{
    if (! (travel >= knees.front().travel))
        return silenceDb;
    for (size_t i = 1; i < knees.size(); ++i)
        if (travel <= knees[i].travel)
            return knees[i - 1].gainDb
                 + (travel - knees[i - 1].travel) / (knees[i].travel - knees[i - 1].travel) * (knees[i].gainDb - knees[i - 1].gainDb);
    return maxGainDb;
}

double GainTaper::travelOf(double gainDb) noexcept
{
    if (! (gainDb >= minGainDb))
        return 0.0;
    for (size_t i = 1; i < knees.size(); ++i)
        if (gainDb <= knees[i].gainDb)
            return knees[i - 1].travel
                 + (gainDb - knees[i - 1].gainDb) / (knees[i].gainDb - knees[i - 1].gainDb) * (knees[i].travel - knees[i - 1].travel);
    return 1.0;
}

} // namespace mw
