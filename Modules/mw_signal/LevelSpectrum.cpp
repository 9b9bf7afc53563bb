#include "LevelSpectrum.h"

#include "Spectrum.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>

namespace mw
{

namespace
{
constexpr std::array<double, 6> hft116d { 1.0, -1.9575375, 1.4780705, -0.6367431, 0.1228389, -0.0066288 };

size_t lengthFor(double rateHz) { return std::bit_ceil(static_cast<size_t>(std::max(rateHz / 6.0, 16.0))); }
} // namespace

LevelSpectrum::LevelSpectrum(double sampleRateHz, Law lawOfLevels)
    : rateHz(sampleRateHz), law(lawOfLevels), window(lengthFor(sampleRateHz)), work(window.size()), levels(window.size() / 2 + 1)
{
    const auto count = static_cast<double>(window.size());
    for (size_t i = 0; i < window.size(); ++i)
        for (size_t k = 0; k < hft116d.size(); ++k)
            window[i] += hft116d[k] * std::cos(2.0 * std::numbers::pi * static_cast<double>(k * i) / count) / count;  // the sum is 1
    std::fill(levels.begin(), levels.end(), static_cast<float>(silenceDb));
}

std::span<const float> LevelSpectrum::analyse(std::span<const float> samples) noexcept
{
    assert(samples.size() == work.size());
    for (size_t i = 0; i < work.size(); ++i)
        work[i] = window[i] * static_cast<double>(samples[i]);
    fourierTransform(work);
    for (size_t k = 0; k < levels.size(); ++k)
    {
        const auto edge = k == 0 || k + 1 == levels.size();
        const auto amplitude = std::abs(work[k]) * (edge ? 1.0 : 2.0);
        levels[k] = static_cast<float>(dbm0FromRms(amplitude / std::numbers::sqrt2, law));
    }
    return levels;
}

LevelSpectrum::Peak LevelSpectrum::strongest() const noexcept
{
    const auto first = levels.begin() + mainLobeBins + 1;
    const auto highest = std::max_element(first, levels.end());
    if (highest == levels.end() || ! std::isfinite(*highest))
        return {};
    const auto centre = highest - levels.begin();
    double power = 0.0, moment = 0.0;
    for (auto offset = -mainLobeBins; offset <= mainLobeBins; ++offset)
    {
        const auto k = centre + offset;
        if (k < 0 || k >= static_cast<std::ptrdiff_t>(levels.size()))
            continue;
        const auto share = std::norm(work[static_cast<size_t>(k)]);
        power += share;
        moment += share * static_cast<double>(k);
    }
    return { moment / power * binHz(), static_cast<double>(*highest) };
}

} // namespace mw
