#pragma once

#include <juce_core/juce_core.h>
#include <mw_legs/mw_legs.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mw
{

/** A pcapng file (draft-ietf-opsawg-pcapng) of UDP datagrams: one interface of LINKTYPE_RAW, times in nanoseconds since 1970. Headers
    of IPv4 or IPv6 and UDP are made from the packets' ends, with right checksums; time to live 64, no fragments. Messages of a stream
    (SIP over TCP) stand as datagrams too, since their segments are not known; a comment says so. Wireshark and tshark read it. Every
    packet is written at once, so that a crash leaves a file that can be read. Any single thread at a time. */
class PcapngWriter
{
public:
    /** Creates the file or replaces its content.
        @param utcOffsetNs what is to be added to the engine's clock for UTC [ns since 1970]
        @param comment of the section: what was recorded; may be empty
        @returns an error that names the file and the system's reason */
    [[nodiscard]] static Result<std::unique_ptr<PcapngWriter>> create(const juce::File& file, int64_t utcOffsetNs, const std::string& comment);

    /** After a failure nothing more is written. Octets beyond what a datagram can hold are cut. */
    void write(const TracedPacket& packet, std::span<const uint8_t> octets);

    /** Idempotent. */
    void close();

    [[nodiscard]] const juce::File& file() const noexcept { return target; }
    [[nodiscard]] uint64_t packets() const noexcept { return written; }

    /** What went wrong: the disk is full, the file went away. */
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return failure; }

private:
    PcapngWriter(const juce::File& file, std::unique_ptr<juce::FileOutputStream> output, int64_t utcOffset);
    void writeHeaders(const std::string& comment);
    void send();

    juce::File target;
    std::unique_ptr<juce::FileOutputStream> stream;
    const int64_t utcOffsetNs;
    std::vector<uint8_t> block;   ///< the one that is being made
    uint16_t identification = 0;  ///< of the next IPv4 header
    uint64_t written = 0;
    std::optional<Error> failure;
};

} // namespace mw
