#include "SupportG711.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace g711
{
namespace
{

// µ-law: segment s starts at 33·2^s − 33 in steps of 2^(s+1), 14-bit scale; the octet is sent inverted.
int decodeMu(uint8_t octet) noexcept
{
    const int bits = ~octet & 0xff;
    const int segment = (bits >> 4) & 7, step = bits & 15;
    const int magnitude = ((2 * step + 33) << segment) - 33;
    return ((bits & 0x80) != 0 ? -magnitude : magnitude) * 4;
}

// A-law: 13-bit scale; even bits of the octet are inverted, sign bit 1 is positive.
int decodeA(uint8_t octet) noexcept
{
    const int bits = octet ^ 0x55;
    const int segment = (bits >> 4) & 7, step = bits & 15;
    const int magnitude = segment == 0 ? 2 * step + 1 : (2 * step + 33) << (segment - 1);
    return ((bits & 0x80) != 0 ? magnitude : -magnitude) * 8;
}

struct Nearest
{
    std::array<uint8_t, 65536> octet {};

    explicit Nearest(Law law)
    {
        struct Entry { int value; uint8_t octet; };
        std::array<Entry, 256> entries {};
        for (size_t i = 0; i < entries.size(); ++i)
            entries[i] = { decode(static_cast<uint8_t>(i), law), static_cast<uint8_t>(i) };
        // µ-law has two zeros; the positive one (0xff) comes last, so that it is the one chosen.
        std::stable_sort(entries.begin(), entries.end(), [](const Entry& x, const Entry& y) { return x.value < y.value; });
        size_t k = 0;
        for (int sample = -32768; sample <= 32767; ++sample)
        {
            while (k + 1 < entries.size()
                   && std::abs(entries[k + 1].value - sample) <= std::abs(entries[k].value - sample))
                ++k;
            octet[static_cast<size_t>(sample + 32768)] = entries[k].octet;
        }
    }
};

} // namespace

int decode(uint8_t octet, Law law) noexcept
{
    return law == Law::mu ? decodeMu(octet) : decodeA(octet);
}

uint8_t encode(int sample, Law law) noexcept
{
    static const Nearest mu(Law::mu), a(Law::a);
    const auto index = static_cast<size_t>(std::clamp(sample, -32768, 32767) + 32768);
    return law == Law::mu ? mu.octet[index] : a.octet[index];
}

std::vector<float> decode(std::span<const uint8_t> octets, Law law)
{
    std::vector<float> samples(octets.size());
    std::transform(octets.begin(), octets.end(), samples.begin(),
                   [law](uint8_t octet) { return static_cast<float>(decode(octet, law)) / 32768.0f; });
    return samples;
}

std::vector<uint8_t> encode(std::span<const float> samples, Law law)
{
    std::vector<uint8_t> octets(samples.size());
    std::transform(samples.begin(), samples.end(), octets.begin(), [law](float sample)
    {
        return encode(static_cast<int>(std::lround(std::clamp(sample, -1.0f, 1.0f) * 32767.0f)), law);
    });
    return octets;
}

} // namespace g711
