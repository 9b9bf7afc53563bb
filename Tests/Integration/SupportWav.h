#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

/** One channel of sound out of a WAV file, read by the tests' own few lines, so that the product's writer is judged by
    something else than the library that wrote it. Throws std::runtime_error that names the file and what is wrong with it. */
struct WavFile
{
    int rateHz = 0;
    int channels = 0;
    int bitsPerSample = 0;
    std::vector<float> samples;  ///< the first channel, full scale = 1.0

    /** PCM of 16 or 24 bits, or 32-bit float. */
    [[nodiscard]] static WavFile read(const std::filesystem::path& file);

    /** Writes mono 16 bit. */
    static void write(const std::filesystem::path& file, std::span<const float> samples, int rateHz);

    [[nodiscard]] double seconds() const { return rateHz > 0 ? static_cast<double>(samples.size()) / rateHz : 0.0; }

    /** The part from..to [s], cut at the ends of the file. */
    [[nodiscard]] std::span<const float> part(double fromSeconds, double toSeconds) const;
};

/** Octets of a whole file; throws std::runtime_error when it cannot be read. */
[[nodiscard]] std::vector<unsigned char> readOctets(const std::filesystem::path& file);
[[nodiscard]] std::string readText(const std::filesystem::path& file);
void writeOctets(const std::filesystem::path& file, std::span<const unsigned char> octets);
void writeText(const std::filesystem::path& file, const std::string& text);
