#pragma once

#include <mw_core/mw_core.h>

#include <vector>

namespace mw
{

/** A sine whose frequency goes from one to another, each octave in the same time, at one level throughout.

    phase(t) = 2π f1 T / ln(f2/f1) · ((f2/f1)^(t/T) − 1), Farina, "Simultaneous measurement of impulse response and distortion with a
    swept-sine technique", 2000. First and last 5 ms are raised-cosine edges, inside the length.

    @param fromHz, toHz above 0 and below half the rate, up or down [Hz] @param levelDbm0 of the sine, up to overloadDbm0(law) [dBm0]
    @param seconds length, above 0 [s] @param sampleRateHz [Hz]
    @returns the samples, full scale = 1.0; none for values out of range. Takes memory. */
[[nodiscard]] std::vector<float> logSweep(double fromHz, double toHz, double levelDbm0, double seconds, double sampleRateHz, Law law = Law::mu);

} // namespace mw
