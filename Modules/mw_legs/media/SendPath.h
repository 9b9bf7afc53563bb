#pragma once

#include "../Codec.h"
#include "PacketRing.h"
#include "Resampler.h"

#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** What was sent, since the leg's start. A plain value. */
struct SendStats
{
    uint64_t packets = 0;         ///< given to the send ring
    uint64_t octets = 0;          ///< their payloads [octets]
    uint64_t clippedSamples = 0;  ///< samples beyond the 16-bit range, or not finite numbers, at the codec's rate
    uint64_t silentPackets = 0;   ///< packets that the codec chose not to send (DTX)
    uint64_t heldPackets = 0;     ///< packets not sent because the direction was off (hold)
    uint64_t encodeFailures = 0;  ///< packets that the codec could not encode
    uint64_t ringOverruns = 0;    ///< packets refused because the send ring was full
    uint32_t timestamp = 0;       ///< of the next packet [units of the codec's clock rate]
};

/** From the engine's blocks to packets: resample, round to 16 bit, gather a packet's length, encode, put in the ring.

    The timestamp begins at random (RFC 3550 5.1) and counts every sample pushed, sent or not, so that a pause keeps its
    length at the peer. The marker is set on the first packet and on the first after a pause (RFC 3551 4.1).
    Media thread; takes memory in the constructor only. */
class SendPath
{
public:
    /** @param codecToUse, ringToFill must outlive this @param engineRateHz of the blocks [Hz] @param maxBlockFrames [frames]
        @param firstTimestamp random start [units of the clock rate] */
    SendPath(Codec& codecToUse, SendRing& ringToFill, int engineRateHz, int maxBlockFrames, ResamplerQuality quality,
             uint32_t firstTimestamp);

    /** @param block full scale = 1.0, at most maxBlockFrames @param sending false while the direction is off: time goes on,
        nothing is sent */
    void push(std::span<const float> block, bool sending) noexcept;

    /** Time that was lost in a stall of the host: the timestamp goes on without samples, as in a pause.
        @param frames at the engine's rate */
    void skip(uint64_t frames) noexcept;

    [[nodiscard]] const SendStats& stats() const noexcept { return figures; }

    /** From a sample's way in to the moment its packet is complete, at most [ms]: resampler and one packet. */
    [[nodiscard]] double delayMs() const noexcept;

private:
    void quantise(std::span<const float> samples, bool sending) noexcept;
    void finishPacket(bool sending) noexcept;

    Codec& codec;
    SendRing& ring;
    Resampler resampler;
    std::vector<float> resampled;
    std::vector<int16_t> packet;   ///< gathers one packet
    size_t gathered = 0;
    std::vector<uint8_t> payload;
    uint32_t ticksPerPacket = 0;
    const uint64_t engineRate;     ///< [Hz]
    bool markNext = true;
    SendStats figures;
};

} // namespace mw
