#include "PacketDuration.h"

#include <array>

namespace mw
{

namespace
{
/** RFC 6716, 3.1: by the upper five bits of the first octet [units of 48 kHz]. */
int64_t opusFrameTicks(unsigned configuration) noexcept
{
    constexpr std::array<int64_t, 4> silk { 480, 960, 1920, 2880 }, celt { 120, 240, 480, 960 };
    if (configuration < 12)
        return silk[configuration % 4];
    if (configuration < 16)
        return configuration % 2 == 0 ? 480 : 960;  // hybrid
    return celt[configuration % 4];
}

int64_t opusTicks(std::span<const uint8_t> payload, int clockRateHz) noexcept
{
    const auto code = payload[0] & 0x03u;
    if (code == 3 && payload.size() < 2)
        return 0;
    const auto frames = code == 0 ? 1 : code == 3 ? payload[1] & 0x3f : 2;
    return frames * opusFrameTicks(payload[0] >> 3u) * clockRateHz / 48000;
}
} // namespace

int64_t packetDurationTicks(const CodecFormat& format, std::span<const uint8_t> payload) noexcept
{
    if (payload.empty())
        return 0;
    if (format.name == "opus")
        return opusTicks(payload, format.clockRateHz);
    const auto octets = static_cast<int64_t>(payload.size());
    if (format.name == "PCMU" || format.name == "PCMA" || format.name == "G722")
        return octets;
    if (format.name == "L16" && format.channels > 0)
        return octets / (2 * format.channels);
    return 0;
}

} // namespace mw
