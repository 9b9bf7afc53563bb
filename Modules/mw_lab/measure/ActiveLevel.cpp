#include "ActiveLevel.h"

#include <algorithm>
#include <cmath>

namespace mw
{

ActiveLevel::ActiveLevel(int sampleRateHz, Law lawToUse) noexcept
    : windowFrames(sampleRateHz * windowMs / 1000), law(lawToUse), rate(sampleRateHz)
{
    const auto floorRms = rmsFromDbm0(floorDbm0, law);
    floorMeanSquare = floorRms * floorRms;
}

void ActiveLevel::process(std::span<const float> block) noexcept
{
    for (const auto sample : block)
    {
        const auto magnitude = std::abs(static_cast<double>(sample));
        highest = std::max(highest, magnitude);
        clipped += magnitude >= 32767.0 / 32768.0 ? 1u : 0u;
        windowSum += magnitude * magnitude;
        if (++windowFill < windowFrames)
            continue;
        if (windowSum > floorMeanSquare * windowFrames)
        {
            activeSum += windowSum;
            ++activeWindows;
        }
        windowSum = 0.0;
        windowFill = 0;
    }
    taken += block.size();
}

std::optional<double> ActiveLevel::levelDbm0() const noexcept
{
    if (activeWindows == 0)
        return std::nullopt;
    return dbm0FromRms(std::sqrt(activeSum / (static_cast<double>(activeWindows) * windowFrames)), law);
}

double ActiveLevel::activeSeconds() const noexcept { return static_cast<double>(activeWindows) * windowFrames / rate; }

} // namespace mw
