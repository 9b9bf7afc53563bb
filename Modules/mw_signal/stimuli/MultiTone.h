#pragma once

#include "../SamplePhase.h"

#include <mw_core/mw_core.h>

#include <array>
#include <span>

namespace mw
{

/** Several sines of one level at once: two for intermodulation, many for a frequency response in one go.

    The level is that of the sum (RMS), so each of N sines stands 10 log10 N below it. They begin with the phases π k² / N, k = 0 … N − 1
    (Newman, "An L1 extremal problem for polynomials", 1965), which keep the peaks of sines at equal distances some 4.6 dB above the
    RMS, where equal phases would have 10 log10 2N. Bit-identical however time is cut into blocks. One thread at a time; takes no memory. */
class MultiTone
{
public:
    static constexpr size_t mostTones = 64;

    /** @param frequenciesHz 1…mostTones, each above 0 and below half the rate [Hz] @param levelDbm0 RMS of the sum [dBm0]
        @param sampleRateHz 8000…192000 @returns false, and nothing changes, for anything else */
    bool set(std::span<const double> frequenciesHz, double levelDbm0, double sampleRateHz, Law law = Law::mu) noexcept;

    /** Overwrites the block, full scale = 1.0. Silence before set(). */
    void render(std::span<float> block) noexcept;

private:
    std::array<SamplePhase, mostTones> phases {};
    size_t count = 0;
    double amplitude = 0.0;  ///< of each
};

} // namespace mw
