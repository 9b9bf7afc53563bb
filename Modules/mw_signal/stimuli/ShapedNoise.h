#pragma once

#include <mw_core/mw_core.h>

#include <cstdint>
#include <vector>

namespace mw
{

/** Long-term spectra of noise, between lowestNoiseHz() and half the sample rate.
    - white: the same power in each Hz
    - pink: power per Hz ∝ 1/f, −3.01 dB an octave
    - p50: long-term spectrum of speech by ITU-T P.50, equation 4-1: S(f) = −376.44 + 465.439 lg f − 157.745 (lg f)² + 16.7124 (lg f)³ dB
      per Hz, 100 Hz…8 kHz, and nothing beyond (after a program of J. Reimes that quotes it; the Recommendation was not at hand). Third octaves
      of a period from 125 to 6350 Hz lie within 0.12 dB of it (measured by Tests/mw_signal/StimuliTest.cpp, which prints it). It has the spectrum of
      speech, neither its pauses nor its pitch, which P.50's artificial voice has. */
enum class NoiseColour { white, pink, p50 };

/** Where the spectrum of a noise begins; below there is nothing [Hz]. */
[[nodiscard]] constexpr double lowestNoiseHz(NoiseColour colour) noexcept { return colour == NoiseColour::p50 ? 100.0 : 20.0; }

/** Power per Hz of a noise, in dB to an arbitrary reference; silenceDb where there is nothing. */
[[nodiscard]] double noiseDensityDb(NoiseColour colour, double frequencyHz) noexcept;

/** One period of noise, which can be repeated without a seam: every line of its spectrum has exactly the power that the colour asks for,
    and a phase drawn by SplitMix64 from the seed, so its amplitudes are those of Gaussian noise and its level over a period is exact.
    The same seed gives the same samples.

    A third of an octave at 100 Hz is 23 Hz wide; heard for t seconds its power has a standard error of 4.3 / √(23 t) dB, as any noise.

    @param levelDbm0 RMS over a period [dBm0] @param sampleRateHz 8000…192000 [Hz] @param seed any
    @returns the samples, full scale = 1.0, a power of two of them and at least leastNoisePeriodS long; none for a value out of range.
    Nothing is clipped: peaks stand some 13 dB above the level. Takes memory. */
[[nodiscard]] std::vector<float> noisePeriod(NoiseColour colour, double levelDbm0, double sampleRateHz, uint64_t seed, Law law = Law::mu);

inline constexpr double leastNoisePeriodS = 10.0;

} // namespace mw
