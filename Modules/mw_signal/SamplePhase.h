#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace mw
{

/** Lowest and highest sample rate that the signal room works at [Hz]. */
inline constexpr double minSampleRateHz = 8000.0, maxSampleRateHz = 192000.0;

/** Whether a sample rate is a finite number in range. */
[[nodiscard]] inline bool isUsableSampleRate(double sampleRateHz) noexcept
{
    return std::isfinite(sampleRateHz) && sampleRateHz >= minSampleRateHz && sampleRateHz <= maxSampleRateHz;
}

/** Phase of a sine in 64-bit fixed point: 2^64 steps are one cycle (finding 16).

    It wraps by itself, so it is bounded by its type. After n samples it is exactly n × increment modulo one cycle, whatever
    the way there; the increment differs from frequency / rate by at most 2^-53 of itself (the precision of the division),
    which at 1633 Hz is below 10^-12 Hz. No thread of its own; a plain value. */
class SamplePhase
{
public:
    /** @param frequencyHz 0 ≤ f < sampleRateHz [Hz] */
    void setFrequency(double frequencyHz, double sampleRateHz) noexcept
    {
        const auto cyclesPerSample = frequencyHz / sampleRateHz;
        increment = cyclesPerSample > 0.0 && cyclesPerSample < 1.0 ? static_cast<uint64_t>(std::ldexp(cyclesPerSample, 64)) : 0;
    }

    void restart() noexcept { phase = 0; }

    /** @param cycles where in a cycle it goes on from; whole ones do not count */
    void restartAt(double cycles) noexcept { phase = static_cast<uint64_t>(std::ldexp(cycles - std::floor(cycles), 53)) << 11; }

    void advance() noexcept { phase += increment; }

    /** Moves on by any number of samples at once, exactly as that many single steps would. */
    void advance(uint64_t samples) noexcept { phase += increment * samples; }

    /** Sine of the phase. The phase is taken as −½…½ cycle, so the argument never leaves −π…π. */
    [[nodiscard]] double sine() const noexcept
    {
        return std::sin(std::ldexp(static_cast<double>(static_cast<int64_t>(phase)), -63) * std::numbers::pi);
    }

    /** Fraction of a cycle, 0 ≤ x < 1, rounded to double. */
    [[nodiscard]] double cycles() const noexcept { return static_cast<double>(phase >> 11) * 0x1p-53; }

    /** The raw accumulator, in cycles / 2^64. */
    [[nodiscard]] uint64_t raw() const noexcept { return phase; }

private:
    uint64_t phase = 0;
    uint64_t increment = 0;
};

} // namespace mw
