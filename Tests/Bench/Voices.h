#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mw::bench
{

/** What a caller says, encoded beforehand, and how what it hears is judged. Any single thread. */
class Voice
{
public:
    virtual ~Voice() = default;

    /** Payload type of the packets, both ways. */
    [[nodiscard]] virtual uint8_t payloadType() const noexcept = 0;

    /** The offer's lines about the payload, empty where RFC 3551 says all. */
    [[nodiscard]] virtual std::string attributes() const = 0;

    /** Of the RTP timestamp [Hz]. */
    [[nodiscard]] virtual uint32_t clockRateHz() const noexcept = 0;

    /** The payload of a frame of 20 ms. */
    [[nodiscard]] virtual std::span<const uint8_t> payload(uint64_t frame) const noexcept = 0;

    /** Whether a payload that came is more than silence. May look at some of them only; the others are taken as silence. */
    [[nodiscard]] virtual bool isSound(std::span<const uint8_t> payload) = 0;
};

/** PCMU: a tone whose period fits the packet, and whose level rises and falls, a step a frame. All callers together are −20 dBm0 at the loudest, so that the mix is no overload.
    @param number of the caller, from 0 @param count of all callers */
[[nodiscard]] std::unique_ptr<Voice> g711Voice(int number, int count);

/** opus, 48 kHz: a second that is said again and again, of harmonics that come and go four times a second and a little noise, since an encoder's
    work depends on what it hears. Level as above. One packet in ten that comes is decoded and judged.
    @throws std::runtime_error where libopus makes no encoder or decoder */
[[nodiscard]] std::unique_ptr<Voice> opusVoice(int number, int count);

} // namespace mw::bench
