#include "MultiTone.h"

#include <algorithm>
#include <cmath>

namespace mw
{

bool MultiTone::set(std::span<const double> frequenciesHz, double levelDbm0, double sampleRateHz, Law law) noexcept
{
    if (! isUsableSampleRate(sampleRateHz) || frequenciesHz.empty() || frequenciesHz.size() > mostTones || ! std::isfinite(levelDbm0))
        return false;
    if (! std::ranges::all_of(frequenciesHz, [sampleRateHz](double hz) { return hz > 0.0 && hz < 0.5 * sampleRateHz; }))
        return false;
    count = frequenciesHz.size();
    const auto tones = static_cast<double>(count);
    amplitude = sineAmplitudeFromDbm0(levelDbm0, law) / std::sqrt(tones);
    for (size_t k = 0; k < count; ++k)
    {
        const auto place = static_cast<double>(k);
        phases[k].restartAt(place * place / (2.0 * tones));
        phases[k].setFrequency(frequenciesHz[k], sampleRateHz);
    }
    return true;
}

void MultiTone::render(std::span<float> block) noexcept
{
    for (auto& sample : block)
    {
        auto sum = 0.0;
        for (size_t k = 0; k < count; ++k)
        {
            sum += phases[k].sine();
            phases[k].advance();
        }
        sample = static_cast<float>(amplitude * sum);
    }
}

} // namespace mw
