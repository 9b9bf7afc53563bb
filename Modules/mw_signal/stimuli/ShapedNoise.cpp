#include "ShapedNoise.h"

#include "../SamplePhase.h"
#include "../pilot/FourierPlan.h"

#include <cmath>
#include <complex>
#include <numbers>

namespace mw
{

namespace
{
/** Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014. */
uint64_t nextRandom(uint64_t& state) noexcept
{
    state += 0x9e3779b97f4a7c15ull;
    auto value = state;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
    return value ^ (value >> 31);
}
} // namespace

double noiseDensityDb(NoiseColour colour, double frequencyHz) noexcept
{
    if (! (frequencyHz >= lowestNoiseHz(colour)))
        return silenceDb;
    switch (colour)
    {
        case NoiseColour::white: break;
        case NoiseColour::pink: return -10.0 * std::log10(frequencyHz);
        case NoiseColour::p50:
        {
            constexpr double highestHz = 8000.0;
            const auto lg = std::log10(frequencyHz);
            return frequencyHz <= highestHz ? -376.44 + lg * (465.439 + lg * (-157.745 + lg * 16.7124)) : silenceDb;
        }
    }
    return 0.0;
}

std::vector<float> noisePeriod(NoiseColour colour, double levelDbm0, double sampleRateHz, uint64_t seed, Law law)
{
    if (! isUsableSampleRate(sampleRateHz) || ! std::isfinite(levelDbm0))
        return {};
    size_t length = 2;
    while (static_cast<double>(length) < leastNoisePeriodS * sampleRateHz)
        length *= 2;
    // Lines k and −k hold conjugates: the transform is real, and its power is the sum of |X|².
    std::vector<std::complex<double>> lines(length);
    auto power = 0.0;
    auto state = seed;
    for (size_t k = 1; k < length / 2; ++k)
    {
        const auto turn = static_cast<double>(nextRandom(state) >> 11) * 0x1p-53;
        const auto density = noiseDensityDb(colour, static_cast<double>(k) * sampleRateHz / static_cast<double>(length));
        if (! std::isfinite(density))
            continue;
        lines[k] = std::polar(std::pow(10.0, density / 20.0), 2.0 * std::numbers::pi * turn);
        lines[length - k] = std::conj(lines[k]);
        power += 2.0 * std::norm(lines[k]);
    }
    FourierPlan(length).inverse(lines);
    const auto gain = rmsFromDbm0(levelDbm0, law) / std::sqrt(power);
    std::vector<float> samples(length);
    for (size_t i = 0; i < length; ++i)
        samples[i] = static_cast<float>(gain * lines[i].real());
    return samples;
}

} // namespace mw
