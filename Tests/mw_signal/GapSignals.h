#pragma once

#include "KnownSignals.h"

#include <cmath>
#include <functional>

/** Breaks put into known signals, and codecs' effect on them. */
namespace signaltest
{

/** A break as it was made. */
struct MadeGap
{
    double startS = 0.0, durationMs = 0.0;
    mw::GapKind kind = mw::GapKind::silence;
};

inline size_t samplesOf(double ms, double rateHz) { return static_cast<size_t>(std::llround(ms * rateHz / 1000.0)); }

/** Multiplies a stretch: 0 is silence, 0.5 a dip of 6 dB. */
inline MadeGap attenuate(std::vector<float>& signal, double rateHz, double startS, double durationMs, float factor)
{
    const auto first = samplesOf(startS * 1000.0, rateHz), length = samplesOf(durationMs, rateHz);
    for (size_t i = 0; i < length; ++i)
        signal[first + i] *= factor;
    return { static_cast<double>(first) / rateHz, 1000.0 * static_cast<double>(length) / rateHz,
             factor < 0.1f ? mw::GapKind::silence : mw::GapKind::dip };
}

/** Leaves samples out, as a jitter buffer does that has become too full. */
inline MadeGap cutOut(std::vector<float>& signal, double rateHz, double startS, double lengthMs)
{
    const auto first = static_cast<std::ptrdiff_t>(samplesOf(startS * 1000.0, rateHz));
    signal.erase(signal.begin() + first, signal.begin() + first + static_cast<std::ptrdiff_t>(samplesOf(lengthMs, rateHz)));
    return { static_cast<double>(first) / rateHz, 0.0, mw::GapKind::discontinuity };
}

/** Plays the last `durationMs` again in place of what was there, as a jitter buffer does for a lost packet.
    @param fadeMs it fades in a straight line, to nothing after this time [ms]; 0: not at all */
inline MadeGap repeatLast(std::vector<float>& signal, double rateHz, double startS, double durationMs, double fadeMs = 0.0)
{
    const auto first = samplesOf(startS * 1000.0, rateHz), length = samplesOf(durationMs, rateHz);
    for (size_t i = 0; i < length; ++i)
    {
        const auto gain = fadeMs > 0.0 ? std::max(0.0, 1.0 - static_cast<double>(i) * 1000.0 / rateHz / fadeMs) : 1.0;
        signal[first + i] = static_cast<float>(gain) * signal[first + i - length];
    }
    return { static_cast<double>(first) / rateHz, 1000.0 * static_cast<double>(length) / rateHz, mw::GapKind::repeat };
}

/** 16-bit samples, as L16 carries them. */
inline void throughL16(std::vector<float>& signal)
{
    for (auto& sample : signal)
        sample = std::clamp(std::round(sample * 32768.0f), -32768.0f, 32767.0f) / 32768.0f;
}

/** G.711 by its definition: the nearest of the law's values. */
inline void throughG711(std::vector<float>& signal, mw::Law law)
{
    std::vector<float> values;
    for (int segment = 0; segment < 8; ++segment)
        for (int step = 0; step < 16; ++step)
            values.push_back(law == mw::Law::mu ? static_cast<float>((((2 * step + 33) << segment) - 33) * 4)
                             : segment == 0     ? static_cast<float>((2 * step + 1) * 8)
                                                : static_cast<float>(((2 * step + 33) << (segment - 1)) * 8));
    for (auto& sample : signal)
    {
        const auto wanted = std::abs(sample) * 32768.0f;
        const auto above = std::lower_bound(values.begin(), values.end(), wanted);
        const auto nearest = above == values.end()                                                        ? values.back()
                             : above != values.begin() && wanted - above[-1] < *above - wanted ? above[-1]
                                                                                                           : *above;
        sample = std::copysign(nearest / 32768.0f, sample);
    }
}

} // namespace signaltest
