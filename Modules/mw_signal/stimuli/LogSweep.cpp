#include "LogSweep.h"

#include "../SamplePhase.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mw
{

std::vector<float> logSweep(double fromHz, double toHz, double levelDbm0, double seconds, double sampleRateHz, Law law)
{
    const auto fits = [sampleRateHz](double hz) { return hz > 0.0 && hz < 0.5 * sampleRateHz; };
    if (! isUsableSampleRate(sampleRateHz) || ! fits(fromHz) || ! fits(toHz) || ! (seconds > 0.0 && seconds < 1.0e6) || ! (levelDbm0 <= overloadDbm0(law)))
        return {};
    constexpr double edgeS = 0.005;
    std::vector<float> samples(static_cast<size_t>(std::llround(seconds * sampleRateHz)));
    const auto amplitude = sineAmplitudeFromDbm0(levelDbm0, law);
    const auto rate = std::log(toHz / fromHz);
    const auto edge = std::min(edgeS, 0.5 * seconds);
    for (size_t i = 0; i < samples.size(); ++i)
    {
        const auto time = static_cast<double>(i) / sampleRateHz;
        // (e^(rate t/T) − 1) / rate, which is t/T where the frequency stays.
        const auto way = rate == 0.0 ? time / seconds : std::expm1(rate * time / seconds) / rate;
        const auto cycles = fromHz * seconds * way;
        const auto fromEnd = std::clamp(std::min(time, seconds - time) / edge, 0.0, 1.0);
        const auto shape = 0.5 - 0.5 * std::cos(std::numbers::pi * fromEnd);
        samples[i] = static_cast<float>(amplitude * shape * std::sin(2.0 * std::numbers::pi * (cycles - std::floor(cycles))));
    }
    return samples;
}

} // namespace mw
