#include "PngImage.h"

#include <juce_core/juce_core.h>

namespace mw
{

namespace
{

/** CRC of ISO/IEC 15948 annex D (that of ISO 3309). */
uint32_t pngCheck(const std::string& octets)
{
    uint32_t crc = 0xffffffffu;
    for (const auto octet : octets)
    {
        crc ^= static_cast<uint8_t>(octet);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xedb88320u : 0u);
    }
    return ~crc;
}

std::string bigEndian(uint32_t value)
{
    return { static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value) };
}

std::string pngChunk(const std::string& type, const std::string& content)
{
    return bigEndian(static_cast<uint32_t>(content.size())) + type + content + bigEndian(pngCheck(type + content));
}

} // namespace

std::string PngImage::encoded() const
{
    if (width == 0 || height == 0 || pixels.size() != width * height || colours.empty() || colours.size() > 256)
        return {};
    // Each row is told as its difference to the row above, which varies slowly.
    juce::MemoryOutputStream packed;
    {
        juce::GZIPCompressorOutputStream zip(packed, 9);
        std::string row(width + 1, '\2');
        for (size_t y = 0; y < height; ++y)
        {
            for (size_t x = 0; x < width; ++x)
                row[x + 1] = static_cast<char>(pixels[y * width + x] - (y > 0 ? pixels[(y - 1) * width + x] : 0));
            zip.write(row.data(), row.size());
        }
    }
    std::string palette;
    for (const auto& colour : colours)
        for (const auto part : colour)
            palette += static_cast<char>(part);
    return "\x89PNG\r\n\x1a\n" + pngChunk("IHDR", bigEndian(static_cast<uint32_t>(width)) + bigEndian(static_cast<uint32_t>(height)) + std::string("\10\3\0\0\0", 5))
           + pngChunk("PLTE", palette) + pngChunk("IDAT", std::string(static_cast<const char*>(packed.getData()), packed.getDataSize())) + pngChunk("IEND", "");
}

std::string PngImage::dataUri() const
{
    const auto octets = encoded();
    return "data:image/png;base64," + juce::Base64::toBase64(octets.data(), octets.size()).toStdString();
}

} // namespace mw
