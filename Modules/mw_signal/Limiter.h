#pragma once

#include <cstdint>
#include <span>

namespace mw
{

/** Output limiter of one channel, without delay.

    While no sample is beyond full scale, and once it has recovered, the output is bit-identical to the input. A sample beyond
    full scale lowers the gain at once so that it lands on full scale; the gain then rises by 100 dB a second back to exactly 1.
    Each sample whose value was changed is counted, also those of the recovery.

    Full scale is that of 16-bit samples: −1 below and 32767/32768 above, so that all 65 536 values pass unchanged and no
    conversion wraps, for any input. NaN becomes 0, ±infinity ±32767/32768; neither disturbs the gain. With ρ = 10^(100 / 20 / rate) (1.0014 at 8 kHz) and inputs up to ±10^6 the output steps by at most
    ρ × (the input's own step) + (ρ − 1): it adds no click to the sound.

    Derivation of the bound: either g[n] = ρ g[n−1] ≤ 1 (recovery) or g[n] |x[n]| = full scale with g[n] < ρ g[n−1] (attack).
    Both give |out[n] − out[n−1]| ≤ ρ g[n−1] |x[n] − x[n−1]| + (ρ − 1) |out[n−1]|, and |out| ≤ 1.

    Output does not depend on block sizes. Not thread-safe: one thread at a time (the audio region). Takes no memory. */
class Limiter
{
public:
    static constexpr float fullScale = 32767.0f / 32768.0f;  ///< of positive samples; −1 of negative ones
    static constexpr double recoveryDbPerSecond = 100.0;

    /** Resets gain and counters. @param sampleRateHz 8000…192000 @returns false (and stays as it was) for another rate */
    bool prepare(double sampleRateHz) noexcept;

    /** In place. @returns how many samples of this block were changed */
    uint64_t process(std::span<float> block) noexcept;

    /** Samples changed since prepare(). */
    [[nodiscard]] uint64_t limitedSamples() const noexcept { return changed; }

    /** Of these, samples that were not finite numbers. */
    [[nodiscard]] uint64_t nonFiniteSamples() const noexcept { return nonFinite; }

    /** The gain of the last sample, 1 when it is transparent. */
    [[nodiscard]] double gain() const noexcept { return gainNow; }

    /** Step bound's factor ρ. */
    [[nodiscard]] double recoveryFactor() const noexcept { return recovery; }

private:
    double gainNow = 1.0;
    double recovery = 1.0;
    uint64_t changed = 0, nonFinite = 0;
};

} // namespace mw
