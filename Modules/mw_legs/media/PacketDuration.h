#pragma once

#include "../Codec.h"

#include <cstdint>
#include <span>

namespace mw
{

/** How long the sound of one payload is, read from its octets alone.

    PCMU and PCMA: an octet a unit (RFC 3551, 4.5.14). G722: likewise, since its timestamp counts 8000 a second (4.5.2). L16: two
    octets a channel (4.5.11). opus: the configuration and the number of frames in its first octets (RFC 6716, 3.1 and 3.2).
    @returns units of the codec's clock rate; 0 when the codec is unknown here or the payload is none of its */
[[nodiscard]] int64_t packetDurationTicks(const CodecFormat& format, std::span<const uint8_t> payload) noexcept;

} // namespace mw
