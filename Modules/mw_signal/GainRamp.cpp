#include "GainRamp.h"

#include "SamplePhase.h"

#include <mw_core/mw_core.h>

#include <algorithm>
#include <cmath>

namespace mw
{

bool GainRamp::prepare(double sampleRateHz, double rampMs) noexcept
{
    if (! isUsableSampleRate(sampleRateHz) || ! (rampMs >= 0.0 && rampMs <= 10000.0))
        return false;
    rampSamples = static_cast<uint64_t>(std::llround(sampleRateHz * rampMs / 1000.0));
    setImmediately(aim);
    return true;
}

bool GainRamp::aimAt(double linearGain) noexcept
{
    if (! (std::isfinite(linearGain) && linearGain >= 0.0))
        return false;
    start = gain;
    aim = linearGain;
    length = std::max<uint64_t>(rampSamples, 1);
    at = 0;
    return true;
}

bool GainRamp::setTargetDb(double gainDb) noexcept { return setTarget(gainFromDb(gainDb)); }

bool GainRamp::setImmediately(double linearGain) noexcept
{
    if (! (std::isfinite(linearGain) && linearGain >= 0.0))
        return false;
    gain = aim = start = linearGain;
    length = at = 0;
    return true;
}

void GainRamp::advance() noexcept
{
    if (++at >= length)
    {
        gain = aim;
        return;
    }
    // Rounding may not carry the value past either end.
    const auto straight = start + (aim - start) * (static_cast<double>(at) / static_cast<double>(length));
    gain = std::clamp(straight, std::min(start, aim), std::max(start, aim));
}

template <typename Out>
void GainRamp::apply(std::span<const float> in, std::span<Out> out) noexcept
{
    const auto frames = std::min(in.size(), out.size());
    size_t i = 0;
    for (; i < frames && ! isSteady(); ++i)
        out[i] = static_cast<Out>(static_cast<double>(in[i]) * next());

    if (gain == 0.0)
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(i), out.begin() + static_cast<std::ptrdiff_t>(frames), Out { 0 });
    else if (gain == 1.0)
        for (; i < frames; ++i)
            out[i] = static_cast<Out>(in[i]);
    else
        for (; i < frames; ++i)
            out[i] = static_cast<Out>(static_cast<double>(in[i]) * gain);
}

void GainRamp::process(std::span<const float> in, std::span<float> out) noexcept { apply(in, out); }

void GainRamp::process(std::span<const float> in, std::span<double> out) noexcept { apply(in, out); }

void GainRamp::moveOn(uint64_t samples) noexcept
{
    if (samples == 0)
        return;
    at += std::min(samples, length - at) - 1;
    advance();
}

} // namespace mw
