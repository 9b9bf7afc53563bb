#include "DurationHistogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace mw
{

void DurationHistogram::add(int64_t ns) noexcept
{
    // Up to 16 units a step is a unit; from there on it doubles with each octave.
    const auto units = static_cast<uint64_t>(std::max<int64_t>(0, ns)) / unitNs;
    const auto octave = units < steps ? 0u : static_cast<unsigned>(std::bit_width(units / steps)) - 1u;
    const auto bin = units < steps ? units : steps * (octave + 1) + (units >> octave) - steps;
    ++counts[std::min<size_t>(bin, counts.size() - 1)];
    ++total;
}

double DurationHistogram::middleMs(size_t bin) noexcept
{
    const auto octave = bin < steps ? 0u : bin / steps - 1;
    const auto first = bin < steps ? bin : (steps + bin % steps) << octave;
    const auto width = uint64_t { 1 } << octave;
    return (static_cast<double>(first) + 0.5 * static_cast<double>(width)) * static_cast<double>(unitNs) * 1.0e-6;
}

double DurationHistogram::percentileMs(double share) const noexcept
{
    if (total == 0)
        return std::numeric_limits<double>::quiet_NaN();
    const auto below = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(total));
    const auto wanted = std::max<uint64_t>(1, static_cast<uint64_t>(below));
    uint64_t sum = 0;
    for (size_t bin = 0; bin < counts.size(); ++bin)
    {
        sum += counts[bin];
        if (sum >= wanted)
            return middleMs(bin);
    }
    return middleMs(counts.size() - 1);
}

} // namespace mw
