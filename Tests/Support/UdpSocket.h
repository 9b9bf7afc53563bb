#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace mw::test
{

/** A UDP socket on 127.0.0.1 that never waits. Any single thread. */
class UdpSocket
{
public:
    UdpSocket() = default;
    ~UdpSocket();
    UdpSocket(const UdpSocket&) = delete;
    UdpSocket& operator=(const UdpSocket&) = delete;

    /** Opens it on a port of the kernel's choice. Throws std::runtime_error when it cannot. */
    void bind() { bindTo(0); }

    /** Opens one on an even port and the other on the next, as RTP and RTCP like it. Throws likewise. */
    static void bindPair(UdpSocket& even, UdpSocket& odd);

    [[nodiscard]] int descriptor() const { return fd; }
    [[nodiscard]] uint16_t port() const { return number; }

    /** @param port 0: to nobody @returns the system's reason when it was not sent; a closed port there is none */
    std::string send(uint16_t port, std::span<const uint8_t> octets) const;

    /** @returns the number of octets, or nothing when nothing waits @param fromPort who sent it */
    [[nodiscard]] std::optional<size_t> receive(std::span<uint8_t> octets, uint16_t& fromPort) const;

private:
    void bindTo(uint16_t port);
    [[nodiscard]] bool tryToBind(uint16_t port);

    int fd = -1;
    uint16_t number = 0;
};

} // namespace mw::test
