#include "FineResampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace mw
{

namespace
{
constexpr double kaiserBeta = 7.5;

/** Modified Bessel function of the first kind, order 0, by its series. */
double besselI0(double x) noexcept
{
    double sum = 1.0, term = 1.0;
    for (int k = 1; k < 40; ++k)
    {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}
} // namespace

/** The sinc at 257 fractions of a sample; the last is the first, one sample on. */
struct FineResampler::Kernel
{
    static constexpr size_t phases = size_t { 1 } << phaseBits;
    alignas(32) std::array<std::array<float, taps>, phases + 1> rows {};

    Kernel()
    {
        for (size_t phase = 0; phase <= phases; ++phase)
        {
            std::array<double, taps> row {};
            double sum = 0.0;
            for (size_t tap = 0; tap < taps; ++tap)
            {
                const auto x = static_cast<double>(tap) - static_cast<double>(before) - static_cast<double>(phase) / phases;
                const auto inside = 1.0 - (x / halfTaps) * (x / halfTaps);
                const auto window = inside > 0.0 ? besselI0(kaiserBeta * std::sqrt(inside)) / besselI0(kaiserBeta) : 0.0;
                const auto angle = std::numbers::pi * x;
                const bool whole = phase == 0 || phase == phases;
                row[tap] = std::abs(x) < 1.0e-9 ? 1.0 : whole ? 0.0 : std::sin(angle) / angle * window;
                sum += row[tap];
            }
            for (size_t tap = 0; tap < taps; ++tap)
                rows[phase][tap] = static_cast<float>(row[tap] / sum);
        }
    }
};

const FineResampler::Kernel& FineResampler::kernel() noexcept
{
    static const Kernel table;
    return table;
}

FineResampler::FineResampler(size_t maxFrames) : line(before + halfTaps + 2 + mostInputFramesFor(maxFrames))
{
    [[maybe_unused]] const auto& made = kernel();  // here, where time is not short
}

void FineResampler::engage() noexcept
{
    engaged = true;
    landingStep = 0;
}

void FineResampler::disengage() noexcept
{
    engaged = false;
    step = one;
    landingStep = 0;
}

double FineResampler::offsetFromSample() const noexcept
{
    const auto beyond = static_cast<double>(fraction) / static_cast<double>(one);
    return beyond < 0.5 ? beyond : beyond - 1.0;
}

double FineResampler::heldFrames() const noexcept
{
    return static_cast<double>(held) - static_cast<double>(fraction) / static_cast<double>(one);
}

void FineResampler::setRatio(double ppm) noexcept
{
    step = one + std::llround(std::clamp(ppm, -20000.0, 20000.0) * 1.0e-6 * static_cast<double>(one));
}

void FineResampler::landOnSample(size_t outFrames) noexcept
{
    // One sample is left out of the division's rest, which process() takes up at its end.
    const auto toGo = fraction < one / 2 ? -fraction : one - fraction;
    landingStep = one + toGo / static_cast<int64_t>(std::max<size_t>(1, outFrames));
}

size_t FineResampler::inputFramesFor(size_t outFrames) const noexcept
{
    if (outFrames == 0)
        return 0;
    if (! engaged)
        return outFrames - std::min(held, outFrames);
    const auto last = fraction + (landingStep != 0 ? landingStep : step) * static_cast<int64_t>(outFrames - 1);
    const auto after = fraction + (landingStep != 0 ? landingStep : step) * static_cast<int64_t>(outFrames);
    // Landing may round up to the sample after the last position.
    const auto needed = std::max(static_cast<size_t>(last >> fractionBits) + halfTaps + 1,
                                 static_cast<size_t>((after + one - 1) >> fractionBits));
    return needed - std::min(held, needed);
}

float FineResampler::interpolate(const Kernel& table, const float* samples, int64_t fraction) noexcept
{
    // Eight sums side by side: one order of additions, whatever the compiler makes of it.
    const auto phase = static_cast<size_t>(fraction >> restBits);
    const auto rest = static_cast<float>(fraction & ((int64_t { 1 } << restBits) - 1)) * (1.0f / static_cast<float>(int64_t { 1 } << restBits));
    const auto* from = table.rows[phase].data();
    const auto* to = table.rows[phase + 1].data();
    constexpr size_t lanes = 8;
    std::array<float, lanes> sums {};
    for (size_t tap = 0; tap < taps; tap += lanes)
        for (size_t lane = 0; lane < lanes; ++lane)
            sums[lane] += samples[tap + lane] * (from[tap + lane] + rest * (to[tap + lane] - from[tap + lane]));
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

void FineResampler::process(std::span<const float> in, std::span<float> out) noexcept
{
    const auto room = line.size() - before - held;
    const auto taken = std::min(in.size(), room);
    std::copy_n(in.begin(), taken, line.begin() + static_cast<std::ptrdiff_t>(before + held));
    held += taken;

    size_t used = 0;
    if (engaged)
    {
        const auto& table = kernel();
        const auto stride = landingStep != 0 ? landingStep : step;
        auto position = fraction;
        for (auto& sample : out)
        {
            sample = interpolate(table, line.data() + (position >> fractionBits), position & (one - 1));
            position += stride;
        }
        if (landingStep != 0)
            position = (position + one / 2) & ~(one - 1);
        landingStep = 0;
        used = static_cast<size_t>(position >> fractionBits);
        fraction = position & (one - 1);
    }
    else
    {
        used = std::min(out.size(), held);
        std::copy_n(line.begin() + static_cast<std::ptrdiff_t>(before), used, out.begin());
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(used), out.end(), 0.0f);
    }
    used = std::min(used, held);
    std::copy(line.begin() + static_cast<std::ptrdiff_t>(used), line.begin() + static_cast<std::ptrdiff_t>(before + held), line.begin());
    held -= used;
}

} // namespace mw
