#pragma once

#include "SignalTools.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

/** Signals whose level is known because they were made here, and the speech of Debian's Asterisk prompts. */
namespace signaltest
{

/** @param amplitude full scale = 1.0 */
inline std::vector<float> sine(double rateHz, double frequencyHz, double amplitude, double seconds, double phase = 0.4)
{
    std::vector<float> signal(static_cast<size_t>(std::llround(rateHz * seconds)));
    for (size_t i = 0; i < signal.size(); ++i)
        signal[i] = static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * frequencyHz * static_cast<double>(i) / rateHz + phase));
    return signal;
}

/** Gaussian noise of exactly a level: scaled after it was made, so that no luck of the draw is in it. @param rms full scale = 1.0 */
inline std::vector<float> whiteNoise(size_t samples, double rms, uint32_t seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0.0f, 1.0f);
    std::vector<float> signal(samples);
    for (auto& sample : signal)
        sample = normal(random);
    const auto factor = static_cast<float>(rms / rmsOf(signal));
    for (auto& sample : signal)
        sample *= factor;
    return signal;
}

/** The longest prompts of package asterisk-core-sounds-en-wav, in the order of their names: recorded human speech, 8 kHz.
    @returns `count` of them, or fewer when the package is not there */
inline std::vector<std::filesystem::path> debianPrompts(size_t count)
{
    const std::filesystem::path folder = "/usr/share/asterisk/sounds/en_US_f_Allison";
    std::vector<std::pair<uintmax_t, std::filesystem::path>> found;
    if (std::filesystem::is_directory(folder))
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (entry.path().extension() == ".wav")
                found.emplace_back(entry.file_size(), entry.path());
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    found.resize(std::min(found.size(), count));
    std::vector<std::filesystem::path> paths;
    for (const auto& [size, path] : found)
        paths.push_back(path);
    std::sort(paths.begin(), paths.end());
    return paths;
}

} // namespace signaltest
