#pragma once

#include <cstdint>
#include <span>

namespace mw
{

/** One received RTP packet as the sip thread sees it; the payload is only lent. */
struct RtpPacket
{
    int64_t arrivalNs = 0;    ///< kernel arrival time, on the engine clock [ns]
    uint32_t ssrc = 0;
    uint32_t timestamp = 0;   ///< [units of the codec's clock rate]
    uint16_t sequence = 0;
    uint8_t payloadType = 0;
    bool marker = false;
    std::span<const uint8_t> payload;
};

/** One packet to send; the payload is only lent. */
struct SendPacket
{
    uint32_t timestamp = 0;   ///< [units of the codec's clock rate], from a random start
    uint8_t payloadType = 0;
    bool marker = false;
    std::span<const uint8_t> payload;
};

} // namespace mw
