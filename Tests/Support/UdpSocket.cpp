#include "UdpSocket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace mw::test
{

namespace
{
sockaddr_in onLoopback(uint16_t port)
{
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}
} // namespace

UdpSocket::~UdpSocket()
{
    if (fd >= 0)
        ::close(fd);
}

bool UdpSocket::tryToBind(uint16_t port)
{
    if (fd >= 0)
        ::close(fd);
    fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    auto address = onLoopback(port);
    socklen_t length = sizeof address;
    if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0)
        return false;
    number = ntohs(address.sin_port);
    return true;
}

void UdpSocket::bindTo(uint16_t port)
{
    if (! tryToBind(port))
        throw std::runtime_error("no UDP socket on 127.0.0.1: " + std::string(std::strerror(errno)));
}

void UdpSocket::bindPair(UdpSocket& even, UdpSocket& odd)
{
    constexpr int attempts = 200;
    for (int i = 0; i < attempts; ++i)
    {
        even.bind();
        if (even.port() % 2 == 0 && odd.tryToBind(static_cast<uint16_t>(even.port() + 1)))
            return;
    }
    throw std::runtime_error("no pair of neighbouring UDP ports on 127.0.0.1");
}

std::string UdpSocket::send(uint16_t port, std::span<const uint8_t> octets) const
{
    if (port == 0)
        return {};
    const auto address = onLoopback(port);
    const auto sent = ::sendto(fd, octets.data(), octets.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (sent >= 0 || errno == ECONNREFUSED)  // told of an earlier packet: nobody listens there any more
        return {};
    return "a packet to port " + std::to_string(port) + ": " + std::strerror(errno);
}

std::optional<size_t> UdpSocket::receive(std::span<uint8_t> octets, uint16_t& fromPort) const
{
    sockaddr_in from {};
    socklen_t length = sizeof from;
    const auto count = ::recvfrom(fd, octets.data(), octets.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (count < 0)
        return {};
    fromPort = ntohs(from.sin_port);
    return static_cast<size_t>(count);
}

} // namespace mw::test
