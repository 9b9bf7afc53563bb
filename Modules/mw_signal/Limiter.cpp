#include "Limiter.h"

#include "SamplePhase.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
/** The gain goes no lower, so that one absurd sample does not silence the output for long; what it still leaves too high is
    cut at full scale. */
constexpr double lowestLimiterGain = 1e-6;

/** Without a branch for each sample, so that the compiler makes vectors of it. False for NaN too. */
bool isWithinFullScale(std::span<const float> block) noexcept
{
    unsigned beyond = 0;
    for (const auto sample : block)
        beyond |= static_cast<unsigned>(! (sample <= Limiter::fullScale)) | static_cast<unsigned>(! (sample >= -1.0f));
    return beyond == 0;
}
} // namespace

bool Limiter::prepare(double sampleRateHz) noexcept
{
    if (! isUsableSampleRate(sampleRateHz))
        return false;
    recovery = std::pow(10.0, recoveryDbPerSecond / 20.0 / sampleRateHz);
    gainNow = 1.0;
    changed = nonFinite = 0;
    return true;
}

uint64_t Limiter::process(std::span<float> block) noexcept
{
    if (gainNow == 1.0 && isWithinFullScale(block))
        return 0;  // nearly every block

    const auto changedBefore = changed;
    for (auto& sample : block)
    {
        if (gainNow < 1.0)
            gainNow = std::min(1.0, gainNow * recovery);

        if (gainNow == 1.0 && sample <= fullScale && sample >= -1.0f)
            continue;

        if (! std::isfinite(sample))
        {
            sample = std::isnan(sample) ? 0.0f : std::copysign(fullScale, sample);
            ++nonFinite;
            ++changed;
            continue;
        }

        const auto level = std::abs(static_cast<double>(sample));
        const auto ceiling = sample < 0.0f ? 1.0 : static_cast<double>(fullScale);
        if (level * gainNow > ceiling)
            gainNow = std::max(ceiling / level, lowestLimiterGain);
        const auto limited = std::clamp(static_cast<float>(static_cast<double>(sample) * gainNow), -1.0f, fullScale);
        if (limited != sample)
            ++changed;
        sample = limited;
    }
    return changed - changedBefore;
}

} // namespace mw
