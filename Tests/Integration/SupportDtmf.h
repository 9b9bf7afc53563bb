#pragma once

#include <filesystem>
#include <string>
#include <vector>

/** DTMF made and read by strangers. */
namespace dtmf
{

/** Digits synthesised by sox (package sox): two sines each, frequencies of ITU-T Q.23.
    @param lowDbfs, highDbfs level of each tone of the pair [dBFS]
    @returns 8 kHz, full scale = 1.0; throws std::runtime_error when sox fails */
[[nodiscard]] std::vector<float> madeBySox(const std::filesystem::path& folder, const std::string& digits, int onMs, int offMs,
                                           double lowDbfs, double highDbfs);

/** The digits that multimon-ng (package multimon-ng) finds in a WAV file, in order. */
[[nodiscard]] std::string readByMultimon(const std::filesystem::path& wav);

/** Low and high frequency of a digit [Hz]. */
struct Pair
{
    double lowHz = 0.0, highHz = 0.0;
};
[[nodiscard]] Pair frequenciesOf(char digit);

} // namespace dtmf
