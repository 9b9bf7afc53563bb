#pragma once

#include <mw_signal/mw_signal.h>

#include <algorithm>
#include <complex>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>
#include <random>
#include <span>
#include <string>
#include <vector>

/** What the tests of the signal room share: rates, ways to cut time into blocks, and measurements that use none of the code
    under test. */
namespace signaltest
{

inline const std::vector<double> rates { 8000.0, 16000.0, 32000.0, 48000.0 };
/** Every rate that sound is commonly sampled at, within the range that the signal room works at [Hz]. */
inline const std::vector<double> everyRate { 8000.0,  11025.0, 12000.0, 16000.0, 22050.0,  24000.0, 32000.0,
                                             44100.0, 48000.0, 88200.0, 96000.0, 176400.0, 192000.0 };
inline const std::vector<size_t> blockSizes { 1, 7, 64, 80, 160, 320, 480, 960 };

/** Lengths that add up to `total`: equal ones, or random ones from 1 to 1000 when `fixed` is 0. */
inline std::vector<size_t> cuts(size_t total, size_t fixed, uint32_t seed = 1)
{
    std::mt19937 random(seed);
    std::uniform_int_distribution<size_t> any(1, 1000);
    std::vector<size_t> lengths;
    while (total > 0)
    {
        const auto next = std::min(total, fixed > 0 ? fixed : any(random));
        lengths.push_back(next);
        total -= next;
    }
    return lengths;
}

/** All ways to cut that a signal test goes through. */
inline std::vector<std::vector<size_t>> allCuts(size_t total)
{
    std::vector<std::vector<size_t>> ways;
    for (const auto size : blockSizes)
        ways.push_back(cuts(total, size));
    for (uint32_t seed = 1; seed <= 3; ++seed)
        ways.push_back(cuts(total, 0, seed));
    return ways;
}

/** Calls each(block) for the parts of a signal. */
template <typename Sample, typename Each>
void inBlocks(std::vector<Sample>& signal, const std::vector<size_t>& lengths, Each each)
{
    size_t at = 0;
    for (const auto length : lengths)
    {
        each(std::span<Sample>(signal).subspan(at, length));
        at += length;
    }
}

/** Blackman-Harris window of four terms (side lobes below −92 dB). */
inline double window(size_t i, size_t size)
{
    const auto x = 2.0 * std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(size);
    return 0.35875 - 0.48829 * std::cos(x) + 0.14128 * std::cos(2.0 * x) - 0.01168 * std::cos(3.0 * x);
}

/** Amplitude of the component at a frequency, windowed. */
inline double amplitudeAt(std::span<const float> samples, double frequencyHz, double rateHz)
{
    std::complex<double> sum {};
    double weights = 0.0;
    for (size_t i = 0; i < samples.size(); ++i)
    {
        const auto w = window(i, samples.size());
        sum += w * static_cast<double>(samples[i]) * std::polar(1.0, -2.0 * std::numbers::pi * frequencyHz * static_cast<double>(i) / rateHz);
        weights += w;
    }
    return 2.0 * std::abs(sum) / weights;
}

/** Frequency near a guess, from the phase advance between the halves of the signal. */
inline double frequencyNear(std::span<const float> samples, double guessHz, double rateHz)
{
    const auto half = samples.size() / 2;
    for (int round = 0; round < 4; ++round)
    {
        std::complex<double> first {}, second {};
        for (size_t i = 0; i < half; ++i)
        {
            const auto turn = std::polar(1.0, -2.0 * std::numbers::pi * guessHz * static_cast<double>(i) / rateHz);
            first += window(i, half) * static_cast<double>(samples[i]) * turn;
            second += window(i, half) * static_cast<double>(samples[i + half]) * turn
                    * std::polar(1.0, -2.0 * std::numbers::pi * guessHz * static_cast<double>(half) / rateHz);
        }
        guessHz += std::arg(second * std::conj(first)) * rateHz / (2.0 * std::numbers::pi * static_cast<double>(half));
    }
    return guessHz;
}

inline double rmsOf(std::span<const float> samples)
{
    double sum = 0.0;
    for (const auto sample : samples)
        sum += static_cast<double>(sample) * static_cast<double>(sample);
    return std::sqrt(sum / static_cast<double>(samples.size()));
}

/** The largest second difference: what a click would raise. */
inline double sharpestBend(std::span<const float> samples)
{
    double most = 0.0;
    for (size_t i = 2; i < samples.size(); ++i)
        most = std::max(most, std::abs(static_cast<double>(samples[i]) - 2.0 * static_cast<double>(samples[i - 1]) + static_cast<double>(samples[i - 2])));
    return most;
}

/** Samples of a 16-bit mono 8 kHz WAV file; empty when it is anything else. */
inline std::vector<float> readWav8k(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes { std::istreambuf_iterator<char>(file), {} };
    const auto number = [&bytes](size_t at, size_t size) {
        uint32_t value = 0;
        for (size_t i = 0; i < size; ++i)
            value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
        return value;
    };
    std::vector<float> samples;
    bool fits = false;
    for (size_t at = 12; at + 8 <= bytes.size();)
    {
        const std::string name(bytes.data() + at, 4);
        const auto size = std::min<size_t>(number(at + 4, 4), bytes.size() - at - 8);
        if (name == "fmt " && size >= 16)
            fits = number(at + 8, 2) == 1 && number(at + 10, 2) == 1 && number(at + 12, 4) == 8000 && number(at + 22, 2) == 16;
        if (name == "data" && fits)
            for (size_t i = 0; i + 1 < size; i += 2)
                samples.push_back(static_cast<float>(static_cast<int16_t>(number(at + 8 + i, 2))) / 32768.0f);
        at += 8 + size + (size & 1);
    }
    return samples;
}

inline mw::DtmfSettings settingsFor(const std::string& digits, int onMs = 100, int offMs = 100)
{
    mw::DtmfSettings settings;
    settings.sequence = mw::DtmfSequence::parse(digits).value();
    settings.onMs = onMs;
    settings.offMs = offMs;
    return settings;
}

} // namespace signaltest
