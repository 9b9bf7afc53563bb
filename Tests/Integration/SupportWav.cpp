#include "SupportWav.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace
{

uint32_t littleEndian(std::span<const unsigned char> data, size_t at, size_t octets)
{
    uint32_t value = 0;
    for (size_t i = 0; i < octets; ++i)
        value |= static_cast<uint32_t>(data[at + i]) << (8 * i);
    return value;
}

void append(std::vector<unsigned char>& data, uint32_t value, size_t octets)
{
    for (size_t i = 0; i < octets; ++i)
        data.push_back(static_cast<unsigned char>(value >> (8 * i)));
}

float sampleAt(std::span<const unsigned char> data, size_t at, int bits)
{
    if (bits == 16)
        return static_cast<float>(static_cast<int16_t>(littleEndian(data, at, 2))) / 32768.0f;
    if (bits == 24)
        return static_cast<float>(static_cast<int32_t>(littleEndian(data, at, 3) << 8)) / 2147483648.0f;
    const uint32_t pattern = littleEndian(data, at, 4);
    float value = 0.0f;
    std::memcpy(&value, &pattern, sizeof value);
    return value;
}

} // namespace

WavFile WavFile::read(const std::filesystem::path& file)
{
    const auto data = readOctets(file);
    const std::span<const unsigned char> all(data);
    const auto fail = [&](const std::string& why) { return std::runtime_error(file.string() + ": " + why); };
    if (data.size() < 12 || std::memcmp(data.data(), "RIFF", 4) != 0 || std::memcmp(data.data() + 8, "WAVE", 4) != 0)
        throw fail("no RIFF WAVE header in " + std::to_string(data.size()) + " octets");

    WavFile wav;
    for (size_t at = 12; at + 8 <= data.size();)
    {
        const std::string id(reinterpret_cast<const char*>(data.data()) + at, 4);
        size_t length = littleEndian(all, at + 4, 4);
        at += 8;
        if (id == "fmt " && length >= 16 && at + 16 <= data.size())
        {
            const auto format = littleEndian(all, at, 2);
            wav.channels = static_cast<int>(littleEndian(all, at + 2, 2));
            wav.rateHz = static_cast<int>(littleEndian(all, at + 4, 4));
            wav.bitsPerSample = static_cast<int>(littleEndian(all, at + 14, 2));
            const bool extensible = format == 0xfffe && length >= 26;
            const auto kind = extensible ? littleEndian(all, at + 24, 2) : format;
            const bool known = (kind == 1 && (wav.bitsPerSample == 16 || wav.bitsPerSample == 24))
                            || (kind == 3 && wav.bitsPerSample == 32);
            if (! known || wav.channels < 1)
                throw fail("format " + std::to_string(kind) + " with " + std::to_string(wav.bitsPerSample) + " bits");
        }
        else if (id == "data")
        {
            if (wav.channels == 0)
                throw fail("sound before its format");
            if (at + length > data.size())
                throw fail("header promises " + std::to_string(length) + " octets of sound, "
                           + std::to_string(data.size() - at) + " are there");
            const auto frame = static_cast<size_t>(wav.channels * wav.bitsPerSample / 8);
            for (size_t i = 0; i + frame <= length; i += frame)
                wav.samples.push_back(sampleAt(all, at + i, wav.bitsPerSample));
            return wav;
        }
        at += length + (length & 1);
    }
    throw fail("no sound in it");
}

void WavFile::write(const std::filesystem::path& file, std::span<const float> samples, int rateHz)
{
    std::vector<unsigned char> data;
    const auto soundOctets = static_cast<uint32_t>(samples.size() * 2);
    data.reserve(44 + samples.size() * 2);
    const auto text = [&](std::string_view four)
    {
        for (const char letter : four)
            data.push_back(static_cast<unsigned char>(letter));
    };
    text("RIFF");
    append(data, 36 + soundOctets, 4);
    text("WAVE");
    text("fmt ");
    append(data, 16, 4);
    append(data, 1, 2);
    append(data, 1, 2);
    append(data, static_cast<uint32_t>(rateHz), 4);
    append(data, static_cast<uint32_t>(rateHz) * 2, 4);
    append(data, 2, 2);
    append(data, 16, 2);
    text("data");
    append(data, soundOctets, 4);
    for (const float sample : samples)
        append(data, static_cast<uint16_t>(std::lround(std::clamp(sample, -1.0f, 1.0f) * 32767.0f)), 2);
    writeOctets(file, data);
}

std::span<const float> WavFile::part(double fromSeconds, double toSeconds) const
{
    const auto index = [this](double time)
    {
        return static_cast<size_t>(std::clamp(time * rateHz, 0.0, static_cast<double>(samples.size())));
    };
    const size_t from = index(fromSeconds), to = std::max(from, index(toSeconds));
    return std::span(samples).subspan(from, to - from);
}

std::vector<unsigned char> readOctets(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (! stream)
        throw std::runtime_error(file.string() + ": cannot be read");
    return { std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>() };
}

std::string readText(const std::filesystem::path& file)
{
    const auto octets = readOctets(file);
    return { octets.begin(), octets.end() };
}

void writeOctets(const std::filesystem::path& file, std::span<const unsigned char> octets)
{
    std::ofstream stream(file, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
    if (! stream.flush())
        throw std::runtime_error(file.string() + ": cannot be written");
}

void writeText(const std::filesystem::path& file, const std::string& text)
{
    writeOctets(file, { reinterpret_cast<const unsigned char*>(text.data()), text.size() });
}
