#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace mw
{

/** What a leg negotiated: RFC 3551 names and figures. */
struct CodecFormat
{
    std::string name;           ///< "PCMU", "PCMA", "G722", "opus", "L16"
    int sampleRateHz = 8000;    ///< of the samples [Hz]
    int clockRateHz = 8000;     ///< of the RTP timestamp [Hz]; 8000 for G722 whose samples are 16000
    int channels = 1;           ///< in the payload; samples at this interface are always mono
    int payloadType = 0;        ///< sent in RTP, 0…127
    int receivePayloadType = 0; ///< expected in RTP, 0…127
    int eventPayloadType = -1;  ///< of telephone-event in what is received, −1 when none was agreed
    int eventClockHz = 8000;    ///< of its durations, as SDP agreed [Hz]
    int ptimeMs = 20;           ///< of the packets that are sent [ms]
};

/** One leg's encoder and decoder.

    Samples are mono, 16 bit, at format().sampleRateHz; a stereo payload is folded down and sent on both channels.
    Thread: made and freed on the sip thread; every call below comes from one media thread (or one worker at a time).
    No call allocates, locks or throws. */
class Codec
{
public:
    virtual ~Codec() = default;

    [[nodiscard]] virtual const CodecFormat& format() const noexcept = 0;

    /** @returns samples written to pcm, or a negative value when the payload cannot be decoded. */
    virtual int decode(std::span<const uint8_t> payload, bool marker, std::span<int16_t> pcm) noexcept = 0;

    /** Conceals a lost packet of pcm.size() samples. @returns samples written; 0 when this codec has no concealment. */
    virtual int conceal(std::span<int16_t> pcm) noexcept = 0;

    /** @param pcm one packet, ptimeMs long
        @returns octets written to payload, or a negative value on failure; 0 means that nothing is to be sent (DTX) */
    virtual int encode(std::span<const int16_t> pcm, std::span<uint8_t> payload, bool& marker) noexcept = 0;
};

/** A codec goes back to the thread that made it. */
using CodecPtr = std::shared_ptr<Codec>;

} // namespace mw
