#include "MixBus.h"

#include <algorithm>

namespace mw
{

namespace
{

template <typename Sample>
void accumulate(std::span<double> sum, std::span<const Sample> strip, double linearGain) noexcept
{
    const auto frames = std::min(sum.size(), strip.size());
    for (size_t i = 0; i < frames; ++i)
        sum[i] += static_cast<double>(strip[i]) * linearGain;
}

template <typename Sample>
void subtractInto(std::span<float> out, std::span<const double> sum, std::span<const Sample> own, double linearGain) noexcept
{
    const auto frames = std::min(out.size(), sum.size());
    const auto shared = std::min(frames, own.size());
    for (size_t i = 0; i < shared; ++i)
        out[i] = static_cast<float>((sum[i] - static_cast<double>(own[i])) * linearGain);
    for (size_t i = shared; i < frames; ++i)
        out[i] = static_cast<float>(sum[i] * linearGain);
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(frames), out.end(), 0.0f);
}

} // namespace

void MixBus::prepare(size_t maxFrames)
{
    sum.assign(std::max<size_t>(maxFrames, 1), 0.0);
    legSum.assign(sum.size(), 0.0);
    used = 0;
}

void MixBus::begin(size_t frames) noexcept
{
    used = std::min(frames, sum.size());
    std::fill_n(sum.begin(), used, 0.0);
}

void MixBus::add(std::span<const float> strip) noexcept { accumulate(std::span(sum.data(), used), strip, 1.0); }

void MixBus::add(std::span<const float> strip, double linearGain) noexcept
{
    accumulate(std::span(sum.data(), used), strip, linearGain);
}

void MixBus::add(std::span<const double> strip) noexcept { accumulate(std::span(sum.data(), used), strip, 1.0); }

void MixBus::mixMinus(std::span<const float> own, std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, total(), own, linearGain);
}

void MixBus::mixMinus(std::span<const double> own, std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, total(), own, linearGain);
}

void MixBus::writeTotal(std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, total(), std::span<const double>(), linearGain);
}

void MixBus::openLeg(From from) noexcept
{
    if (from == From::total)
        std::copy_n(sum.begin(), used, legSum.begin());
    else
        std::fill_n(legSum.begin(), used, 0.0);
}

void MixBus::correct(std::span<const float> strip, double linearGain) noexcept
{
    accumulate(std::span(legSum.data(), used), strip, linearGain);
}

void MixBus::correct(std::span<const double> strip, double linearGain) noexcept
{
    accumulate(std::span(legSum.data(), used), strip, linearGain);
}

void MixBus::closeLeg(std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, leg(), std::span<const double>(), linearGain);
}

} // namespace mw
