#include "PcapngWriter.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace mw
{

namespace
{

constexpr uint32_t sectionHeader = 0x0a0d0d0a, interfaceDescription = 1, enhancedPacket = 6;  // pcapng, block types
constexpr uint32_t byteOrderMagic = 0x1a2b3c4d;
constexpr uint16_t linkTypeRaw = 101;  // begins with the IPv4 or IPv6 header
constexpr uint16_t optionEnd = 0, optionComment = 1, sectionApplication = 4, interfaceName = 2, interfaceTimeResolution = 9, packetFlags = 2;
constexpr uint32_t inbound = 1, outbound = 2;  // of packetFlags
constexpr uint8_t udpProtocol = 17, timeToLive = 64;
constexpr size_t ipv4HeaderBytes = 20, ipv6HeaderBytes = 40, udpHeaderBytes = 8, longestDatagram = 65535;

/** Numbers of pcapng are in the writer's order, little endian here; those of the packets in network order. */
void little(std::vector<uint8_t>& out, uint64_t value, int octets)
{
    for (int i = 0; i < octets; ++i)
        out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

void network(std::vector<uint8_t>& out, uint64_t value, int octets)
{
    for (int i = octets - 1; i >= 0; --i)
        out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

void pad(std::vector<uint8_t>& out)
{
    while (out.size() % 4 != 0)
        out.push_back(0);
}

void beginBlock(std::vector<uint8_t>& out, uint32_t type)
{
    out.clear();
    little(out, type, 4);
    little(out, 0, 4);  // the length, known at the end
}

void endBlock(std::vector<uint8_t>& out)
{
    const auto length = out.size() + 4;
    little(out, length, 4);
    for (size_t i = 0; i < 4; ++i)
        out[4 + i] = static_cast<uint8_t>(length >> (8 * i));
}

void option(std::vector<uint8_t>& out, uint16_t code, std::string_view text)
{
    constexpr size_t longest = 65535;
    text = text.substr(0, longest);
    little(out, code, 2);
    little(out, text.size(), 2);
    out.insert(out.end(), text.begin(), text.end());
    pad(out);
}

void optionNumber(std::vector<uint8_t>& out, uint16_t code, uint64_t value, int octets)
{
    little(out, code, 2);
    little(out, static_cast<uint64_t>(octets), 2);
    little(out, value, octets);
    pad(out);
}

/** The sum of RFC 1071, not folded. */
uint32_t sumOf(std::span<const uint8_t> octets)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < octets.size(); i += 2)
        sum += static_cast<uint32_t>(octets[i] << 8 | octets[i + 1]);
    if (octets.size() % 2 != 0)
        sum += static_cast<uint32_t>(octets.back() << 8);
    return sum;
}

uint16_t checksumOf(uint32_t sum)
{
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<uint16_t>(~sum & 0xffff);
}

void put16(uint8_t* at, uint16_t value)
{
    at[0] = static_cast<uint8_t>(value >> 8);
    at[1] = static_cast<uint8_t>(value & 0xff);
}

std::span<const uint8_t> addressOf(const PacketEnd& end) { return std::span(end.address).first(end.isV6 ? size_t { 16 } : size_t { 4 }); }

/** Appends the datagram with its headers (RFC 791, 8200, 768). */
void appendDatagram(std::vector<uint8_t>& out, const TracedPacket& packet, std::span<const uint8_t> octets, uint16_t identification)
{
    const auto start = out.size();
    const auto from = addressOf(packet.from), to = addressOf(packet.to);
    const auto udpLength = udpHeaderBytes + octets.size();
    if (packet.from.isV6)
    {
        network(out, 0x60000000, 4);
        network(out, udpLength, 2);
        out.push_back(udpProtocol);
        out.push_back(timeToLive);
    }
    else
    {
        network(out, 0x4500, 2);
        network(out, ipv4HeaderBytes + udpLength, 2);
        network(out, identification, 2);
        network(out, 0x4000, 2);  // not to be fragmented
        out.push_back(timeToLive);
        out.push_back(udpProtocol);
        network(out, 0, 2);
    }
    out.insert(out.end(), from.begin(), from.end());
    out.insert(out.end(), to.begin(), to.end());
    if (! packet.from.isV6)
        put16(out.data() + start + 10, checksumOf(sumOf(std::span(out).subspan(start))));

    const auto udpAt = out.size();
    network(out, packet.from.port, 2);
    network(out, packet.to.port, 2);
    network(out, udpLength, 2);
    network(out, 0, 2);
    out.insert(out.end(), octets.begin(), octets.end());
    const auto pseudoHeader = sumOf(from) + sumOf(to) + udpProtocol + static_cast<uint32_t>(udpLength);
    const auto checksum = checksumOf(pseudoHeader + sumOf(std::span(out).subspan(udpAt)));
    put16(out.data() + udpAt + 6, checksum == 0 ? uint16_t { 0xffff } : checksum);  // 0 would mean that there is none
}

Error cannotWritePackets(const juce::File& file, const juce::Result& status)
{
    return Error { ExitCode::environment, "write the packets " + file.getFullPathName().toStdString(),
                   status.failed() ? status.getErrorMessage().toStdString() : "the system took no more data",
                   "choose a folder that exists, is writable and has room" };
}

} // namespace

PcapngWriter::PcapngWriter(const juce::File& file, std::unique_ptr<juce::FileOutputStream> output, int64_t utcOffset)
    : target(file), stream(std::move(output)), utcOffsetNs(utcOffset)
{
}

Result<std::unique_ptr<PcapngWriter>> PcapngWriter::create(const juce::File& file, int64_t utcOffsetNs, const std::string& comment)
{
    // The least buffer JUCE allows: each packet goes to the system at once, without the fsync of flush().
    auto stream = std::make_unique<juce::FileOutputStream>(file, 16);
    if (stream->failedToOpen())
        return cannotWritePackets(file, stream->getStatus());
    stream->setPosition(0);
    if (file.getSize() > 0)
        if (const auto emptied = stream->truncate(); emptied.failed())
            return cannotWritePackets(file, emptied);
    std::unique_ptr<PcapngWriter> writer(new PcapngWriter(file, std::move(stream), utcOffsetNs));
    writer->writeHeaders(comment);
    if (writer->failure.has_value())
        return *writer->failure;
    return writer;
}

void PcapngWriter::writeHeaders(const std::string& comment)
{
    beginBlock(block, sectionHeader);
    little(block, byteOrderMagic, 4);
    little(block, 1, 2);  // version 1.0
    little(block, 0, 2);
    little(block, ~uint64_t { 0 }, 8);  // the section's length is not told
    if (! comment.empty())
        option(block, optionComment, comment);
    option(block, sectionApplication, "Milliwatt");
    little(block, optionEnd, 4);
    endBlock(block);
    send();

    beginBlock(block, interfaceDescription);
    little(block, linkTypeRaw, 2);
    little(block, 0, 2);
    little(block, 0, 4);  // packets of any length
    option(block, interfaceName, "milliwatt");
    optionNumber(block, interfaceTimeResolution, 9, 1);  // 10^-9 s
    little(block, optionEnd, 4);
    endBlock(block);
    send();
}

void PcapngWriter::write(const TracedPacket& packet, std::span<const uint8_t> octets)
{
    if (stream == nullptr || failure.has_value())
        return;
    octets = octets.first(std::min(octets.size(), longestDatagram - udpHeaderBytes - ipv4HeaderBytes));
    const auto time = static_cast<uint64_t>(packet.timeNs + utcOffsetNs);
    const auto length = (packet.from.isV6 ? ipv6HeaderBytes : ipv4HeaderBytes) + udpHeaderBytes + octets.size();
    beginBlock(block, enhancedPacket);
    little(block, 0, 4);  // the interface
    little(block, time >> 32, 4);
    little(block, time & 0xffffffffu, 4);
    little(block, length, 4);
    little(block, length, 4);
    appendDatagram(block, packet, octets, identification++);
    pad(block);
    if (packet.wasStream || packet.cut)
        option(block, optionComment, std::string(packet.wasStream ? "went over TCP, shown as a datagram" : "") + (packet.wasStream && packet.cut ? "; " : "")
                                         + (packet.cut ? "cut: it was longer" : ""));
    optionNumber(block, packetFlags, packet.sent ? outbound : inbound, 4);
    little(block, optionEnd, 4);
    endBlock(block);
    send();
    if (! failure.has_value())
        ++written;
}

void PcapngWriter::send()
{
    if (! stream->write(block.data(), block.size()) || stream->getStatus().failed())
        failure = cannotWritePackets(target, stream->getStatus());
}

void PcapngWriter::close()
{
    stream.reset();
}

} // namespace mw
