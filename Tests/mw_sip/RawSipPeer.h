#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace mw::test
{

/** A UDP socket of 127.0.0.1, for a peer that is spelled out octet by octet. */
class RawSocket
{
public:
    RawSocket() : fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))
    {
        auto address = addressOf(0);
        socklen_t length = sizeof address;
        if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0
            || ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0)
            throw std::runtime_error("no UDP socket");
        number = ntohs(address.sin_port);
    }
    ~RawSocket() { ::close(fd); }
    RawSocket(const RawSocket&) = delete;
    RawSocket& operator=(const RawSocket&) = delete;

    [[nodiscard]] int port() const { return number; }

    /** The descriptor, for what this class does not do; it stays ours. */
    [[nodiscard]] int handle() const { return fd; }

    void send(int toPort, const void* octets, size_t count) const
    {
        const auto address = addressOf(toPort);
        ::sendto(fd, octets, count, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    void send(int toPort, const std::string& text) const { send(toPort, text.data(), text.size()); }

    /** @returns nothing when nothing comes within the deadline */
    [[nodiscard]] std::optional<std::vector<uint8_t>> receive(std::chrono::milliseconds deadline = std::chrono::seconds(30)) const
    {
        pollfd waiting { fd, POLLIN, 0 };
        if (::poll(&waiting, 1, static_cast<int>(deadline.count())) != 1)
            return {};
        std::vector<uint8_t> octets(65536);
        const auto count = ::recv(fd, octets.data(), octets.size(), 0);
        if (count < 0)
            return {};
        octets.resize(static_cast<size_t>(count));
        return octets;
    }

private:
    static sockaddr_in addressOf(int port)
    {
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    int fd;
    int number = 0;
};

/** Just enough of a SIP peer to say what no decent peer would: it calls, or answers, with SDP given by the test. */
class RawSipPeer
{
public:
    RawSocket sip, rtp;

    /** SDP with this media line's formats, for example "18" or "0 101". */
    [[nodiscard]] std::string sdp(const std::string& formats, const std::string& attributes = {}) const
    {
        return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + std::to_string(rtp.port())
               + " RTP/AVP " + formats + "\r\n" + attributes;
    }

    void invite(int toPort, const std::string& body, const std::string& user = "anyone")
    {
        remotePort = toPort;
        sip.send(toPort, request("INVITE", user, "1 INVITE", {}, body));
    }

    /** In the call that was answered so. @returns the CSeq that the answer will have */
    std::string inviteAgain(const std::string& response, const std::string& body)
    {
        const auto sequence = std::to_string(++invites) + " INVITE";
        sip.send(remotePort, request("INVITE", "anyone", sequence, headerOf(response, "To"), body));
        return sequence;
    }

    /** The next message that is a final or provisional response of this class (1…6), or a request. */
    [[nodiscard]] std::string next(const std::string& beginsWith)
    {
        for (;;)
        {
            const auto octets = sip.receive();
            if (! octets)
                return {};
            const std::string text(octets->begin(), octets->end());
            if (text.starts_with(beginsWith))
                return text;
        }
    }

    void acknowledge(const std::string& response)
    {
        sip.send(remotePort, request("ACK", "anyone", std::to_string(invites) + " ACK", headerOf(response, "To"), {}));
    }

    /** A digit by SIP INFO. @returns its octets, which may be sent again */
    std::string info(const std::string& response, int sequence, char digit)
    {
        const auto octets = request("INFO", "anyone", std::to_string(sequence) + " INFO", headerOf(response, "To"),
                                    std::string("Signal=") + digit + "\r\nDuration=160\r\n", "application/dtmf-relay");
        sip.send(remotePort, octets);
        return octets;
    }

    void bye(const std::string& response, int sequence = 2)
    {
        sip.send(remotePort, request("BYE", "anyone", std::to_string(sequence) + " BYE", headerOf(response, "To"), {}));
    }

    /** Answers a request. */
    void answer(int toPort, const std::string& requestText, const std::string& status, const std::string& body = {})
    {
        std::string text = "SIP/2.0 " + status + "\r\n";
        for (const auto* name : { "Via", "From", "To", "Call-ID", "CSeq" })
            text += std::string(name) + ": " + headerOf(requestText, name) + (std::string(name) == "To" ? ";tag=raw" : "") + "\r\n";
        text += "Contact: <sip:raw@127.0.0.1:" + std::to_string(sip.port()) + ">\r\n";
        sip.send(toPort, finish(text, body));
    }

    [[nodiscard]] static std::string headerOf(const std::string& message, const std::string& name)
    {
        const auto at = message.find("\r\n" + name + ": ");
        if (at == std::string::npos)
            return {};
        const auto begin = at + 4 + name.size();
        return message.substr(begin, message.find("\r\n", begin) - begin);
    }

    /** Port of the audio line in a message's SDP. */
    [[nodiscard]] static int audioPortOf(const std::string& message)
    {
        const auto at = message.find("m=audio ");
        return at == std::string::npos ? 0 : std::stoi(message.substr(at + 8));
    }

    /** One RTP packet with a header of twelve octets. */
    [[nodiscard]] static std::vector<uint8_t> rtpPacket(uint8_t type, uint16_t sequence, uint32_t timestamp, uint32_t ssrc,
                                                        const std::vector<uint8_t>& payload, bool marker = false)
    {
        std::vector<uint8_t> packet { 0x80, static_cast<uint8_t>(type | (marker ? 0x80 : 0)) };
        const auto put = [&](uint32_t value, int octets) {
            for (int i = octets - 1; i >= 0; --i)
                packet.push_back(static_cast<uint8_t>(value >> (8 * i)));
        };
        put(sequence, 2);
        put(timestamp, 4);
        put(ssrc, 4);
        packet.insert(packet.end(), payload.begin(), payload.end());
        return packet;
    }

private:
    std::string request(const std::string& method, const std::string& user, const std::string& sequence, const std::string& to,
                        const std::string& body, const std::string& contentType = "application/sdp")
    {
        const auto own = "127.0.0.1:" + std::to_string(sip.port());
        const auto target = "sip:" + user + "@127.0.0.1:" + std::to_string(remotePort);
        std::string text = method + " " + target + " SIP/2.0\r\nVia: SIP/2.0/UDP " + own + ";branch=z9hG4bK-raw-" + std::to_string(sip.port()) + "-"
                           + std::to_string(++branches) + "\r\nMax-Forwards: 70\r\nFrom: <sip:raw@" + own + ">;tag=raw\r\nTo: "
                           + (to.empty() ? "<" + target + ">" : to) + "\r\nCall-ID: raw-" + std::to_string(sip.port())
                           + "\r\nCSeq: " + sequence + "\r\nContact: <sip:raw@" + own + ">\r\n";
        return finish(text, body, contentType);
    }

    static std::string finish(std::string text, const std::string& body, const std::string& contentType = "application/sdp")
    {
        if (! body.empty())
            text += "Content-Type: " + contentType + "\r\n";
        return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    int remotePort = 0, branches = 0, invites = 1;
};

} // namespace mw::test
