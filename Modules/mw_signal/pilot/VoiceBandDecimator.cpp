#include "VoiceBandDecimator.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mw
{

bool VoiceBandDecimator::prepare(double inputRateHz)
{
    const auto wanted = inputRateHz / outputRateHz;
    if (! (wanted >= 1.0 && wanted <= 24.0) || wanted != std::floor(wanted))
        return false;
    ratio = static_cast<int>(wanted);
    taps.assign(1, 1.0);
    if (ratio > 1)
    {
        constexpr double beta = 7.857;             // Kaiser's figure for 80 dB
        constexpr double halfWidthMs = 50.0 / 16;  // 72 / (2.285 · 2π · 1600 Hz) on both sides of the middle
        const auto half = static_cast<int>(std::ceil(halfWidthMs * inputRateHz / 1000.0 / 2.0)) + 1;
        const auto cutOff = 4000.0 / inputRateHz;  // [cycles per sample]
        taps.clear();
        double sum = 0.0;
        for (int i = -half; i <= half; ++i)
        {
            const auto x = static_cast<double>(i) / half;
            const auto window = std::cyl_bessel_i(0.0, beta * std::sqrt(std::max(0.0, 1.0 - x * x))) / std::cyl_bessel_i(0.0, beta);
            const auto angle = 2.0 * std::numbers::pi * cutOff * i;
            taps.push_back(window * (i == 0 ? 1.0 : std::sin(angle) / angle));
            sum += taps.back();
        }
        for (auto& tap : taps)
            tap /= sum;
    }
    reset();
    return true;
}

void VoiceBandDecimator::reset() noexcept
{
    delayLine.assign(2 * taps.size(), 0.0f);
    at = 0;
    taken = 0;
}

void VoiceBandDecimator::process(std::span<const float> block, std::vector<float>& out)
{
    if (ratio == 1)
    {
        out.insert(out.end(), block.begin(), block.end());
        return;
    }
    const auto length = taps.size();
    const auto half = length / 2;
    for (const auto sample : block)
    {
        delayLine[at] = delayLine[at + length] = sample;
        at = at + 1 == length ? 0 : at + 1;
        const auto newest = taken++;
        if (newest < half || (newest - half) % static_cast<uint64_t>(ratio) != 0)
            continue;
        double sum = 0.0;
        for (size_t i = 0; i < length; ++i)
            sum += taps[i] * static_cast<double>(delayLine[at + i]);
        out.push_back(static_cast<float>(sum));
    }
}

} // namespace mw
