#pragma once

#include <mw_signal/mw_signal.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

/** Signals whose truth is known. */
namespace mw::accuracy
{

inline constexpr double twoPi = 6.283185307179586;

inline std::vector<float> silence(double seconds, double rateHz) { return std::vector<float>(static_cast<size_t>(seconds * rateHz)); }

/** Adds a sine whose amplitude rises and falls within one sample, from a time to another [s]. */
inline void addSine(std::vector<float>& sound, double rateHz, double hz, double levelDbm0, double fromS, double toS, double phase = 0.0)
{
    const auto amplitude = sineAmplitudeFromDbm0(levelDbm0, Law::mu);
    for (auto i = static_cast<size_t>(std::ceil(fromS * rateHz)); i < sound.size() && static_cast<double>(i) < toS * rateHz; ++i)
        sound[i] += static_cast<float>(amplitude * std::sin(phase + twoPi * hz * (static_cast<double>(i) / rateHz - fromS)));
}

inline void addNoise(std::vector<float>& sound, double levelDbm0, std::mt19937& random)
{
    std::normal_distribution<double> normal(0.0, rmsFromDbm0(levelDbm0, Law::mu));
    for (auto& sample : sound)
        sample += static_cast<float>(normal(random));
}

/** Hands a sound over in blocks of 1…longest samples. @param take is given the block and its first sample's number */
template <typename Take>
void inBlocks(const std::vector<float>& sound, size_t longest, std::mt19937& random, Take&& take)
{
    for (size_t at = 0; at < sound.size();)
    {
        const auto count = std::min<size_t>(1 + random() % longest, sound.size() - at);
        take(std::span(sound).subspan(at, count), at);
        at += count;
    }
}

} // namespace mw::accuracy
