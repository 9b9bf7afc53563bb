#include "SupportRtpCapture.h"

#include "SupportWav.h"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <map>
#include <stdexcept>
#include <thread>

namespace
{

using namespace std::chrono_literals;

// One stretch of a pcap file (the classic format, written by this machine in its own byte order).
uint32_t nativeWord(const std::vector<unsigned char>& data, size_t at)
{
    return static_cast<uint32_t>(data[at]) | static_cast<uint32_t>(data[at + 1]) << 8
         | static_cast<uint32_t>(data[at + 2]) << 16 | static_cast<uint32_t>(data[at + 3]) << 24;
}

unsigned networkPair(const unsigned char* data) { return static_cast<unsigned>(data[0] << 8 | data[1]); }

uint32_t networkWord(const unsigned char* data)
{
    return static_cast<uint32_t>(networkPair(data)) << 16 | networkPair(data + 2);
}

} // namespace

std::vector<unsigned char> CapturedStream::octets(int payloadType) const
{
    // Sequence numbers wrap; distances between neighbours do not.
    std::map<int64_t, const CapturedRtp*> ordered;
    int64_t extended = 0;
    const CapturedRtp* previous = nullptr;
    for (const auto& packet : packets)
    {
        if (previous != nullptr)
            extended += static_cast<int16_t>(packet.sequence - previous->sequence);
        previous = &packet;
        ordered.emplace(extended, &packet);
    }

    std::vector<unsigned char> all;
    for (const auto& [number, packet] : ordered)
        if (packet->payloadType == payloadType)
            all.insert(all.end(), packet->payload.begin(), packet->payload.end());
    return all;
}

std::string CapturedSip::kind() const
{
    const auto first = text.substr(0, text.find(' '));
    return first == "SIP/2.0" && text.size() > 11 ? text.substr(8, 3) : first;
}

RtpCapture::RtpCapture(const std::filesystem::path& directory, uint16_t sip_, uint16_t firstRtpPort, int rtpPortCount)
    : file(directory / "loopback.pcap"), sipPort(sip_), firstPort(firstRtpPort), portCount(rtpPortCount)
{
    const auto filter = "udp and (port " + std::to_string(sipPort) + " or portrange " + std::to_string(firstPort) + "-"
                      + std::to_string(firstPort + portCount - 1) + ")";
    dumpcap = std::make_unique<mw::test::Process>(std::vector<std::string> {
        "dumpcap", "-q", "-P", "-B", "16", "-i", "lo", "-f", filter, "-w", file.string() });
    if (! dumpcap->waitForOutput("File: ", 30s))
        throw std::runtime_error("dumpcap cannot listen on the loopback interface: " + dumpcap->output());
}

void RtpCapture::finish()
{
    std::this_thread::sleep_for(500ms);  // libpcap hands packets on in batches
    dumpcap->signal(SIGINT);
    const auto code = dumpcap->wait(30s);
    const auto said = dumpcap->output();
    dumpcap.reset();
    if (! code)
        throw std::runtime_error("dumpcap does not end: " + said);
    const auto counts = said.find("received/dropped");
    if (counts == std::string::npos || said.find("/0 (", counts) == std::string::npos)
        throw std::runtime_error("dumpcap lost packets: " + said);

    const auto data = readOctets(file);
    if (data.size() < 24 || (nativeWord(data, 0) != 0xa1b2c3d4 && nativeWord(data, 0) != 0xa1b23c4d))
        throw std::runtime_error(file.string() + " is no pcap file");
    const double fraction = nativeWord(data, 0) == 0xa1b2c3d4 ? 1e-6 : 1e-9;
    for (size_t at = 24; at + 16 <= data.size();)
    {
        const double timeS = nativeWord(data, at) + fraction * nativeWord(data, at + 4);
        const size_t length = nativeWord(data, at + 8);
        at += 16;
        if (at + length > data.size())
            break;
        takePacket(timeS, data.data() + at, length);
        at += length;
    }
}

void RtpCapture::takePacket(double timeS, const unsigned char* frame, size_t length)
{
    constexpr size_t ethernet = 14;
    if (length < ethernet + 28 || networkPair(frame + 12) != 0x0800)
        return;
    const auto* ip = frame + ethernet;
    const size_t ipHeader = static_cast<size_t>(ip[0] & 15) * 4;
    if (ip[9] != 17 || length < ethernet + ipHeader + 8)
        return;
    const auto* udp = ip + ipHeader;
    const auto from = static_cast<uint16_t>(networkPair(udp)), to = static_cast<uint16_t>(networkPair(udp + 2));
    const auto* body = udp + 8;
    const size_t bodyLength = std::min<size_t>(networkPair(udp + 4) - 8, length - ethernet - ipHeader - 8);

    if (from == sipPort || to == sipPort)
    {
        sip.push_back({ from, to, std::string(reinterpret_cast<const char*>(body), bodyLength) });
        return;
    }

    // RTP goes to even ports, RTCP to odd ones (RFC 3550, 11).
    const auto isInside = [this](uint16_t port) { return port >= firstPort && port < firstPort + portCount; };
    if ((isInside(to) ? to : from) % 2 != 0 || bodyLength < 12 || body[0] >> 6 != 2)
        return;
    const size_t contributors = static_cast<size_t>(body[0] & 15) * 4;
    size_t header = 12 + contributors;
    if ((body[0] & 0x10) != 0 && bodyLength >= header + 4)
        header += 4 + 4 * static_cast<size_t>(networkPair(body + header + 2));
    if (header > bodyLength)
        return;

    const uint32_t ssrc = networkWord(body + 8);
    auto stream = std::find_if(rtp.begin(), rtp.end(), [&](const CapturedStream& known)
    {
        return known.fromPort == from && known.toPort == to && known.ssrc == ssrc;
    });
    if (stream == rtp.end())
        stream = rtp.insert(rtp.end(), CapturedStream { from, to, ssrc, {} });
    CapturedRtp packet;
    packet.timeS = timeS;
    packet.sequence = static_cast<uint16_t>(networkPair(body + 2));
    packet.timestamp = networkWord(body + 4);
    packet.payloadType = body[1] & 0x7f;
    packet.marker = (body[1] & 0x80) != 0;
    packet.payload.assign(body + header, body + bodyLength);
    stream->packets.push_back(std::move(packet));
}

std::vector<const CapturedStream*> RtpCapture::sentTo(uint16_t peerPort) const
{
    std::vector<const CapturedStream*> found;
    for (const auto& stream : rtp)
        if (stream.toPort == peerPort && stream.fromPort >= firstPort && stream.fromPort < firstPort + portCount)
            found.push_back(&stream);
    return found;
}

const CapturedStream* RtpCapture::answerTo(const CapturedStream& stream) const
{
    const auto found = std::find_if(rtp.begin(), rtp.end(), [&](const CapturedStream& other)
    {
        return other.fromPort == stream.toPort && other.toPort == stream.fromPort;
    });
    return found == rtp.end() ? nullptr : &*found;
}

int RtpCapture::count(const std::string& kind, uint16_t fromPort) const
{
    return static_cast<int>(std::count_if(sip.begin(), sip.end(), [&](const CapturedSip& message)
    {
        return message.fromPort == fromPort && message.kind() == kind;
    }));
}
