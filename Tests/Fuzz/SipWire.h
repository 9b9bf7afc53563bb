#pragma once

#include <cstdint>
#include <deque>
#include <netinet/in.h>
#include <span>
#include <vector>

struct epoll_event;
struct pollfd;

namespace mw::fuzz
{

/** Network, time and chance of libre, in place of the kernel's: the linker's --wrap leads its calls here while one exists.

    Datagrams come from deliver() and go to sent(); nothing leaves the process, no connection is made. Time stands until
    advanceMs(). Random numbers are the same after each reset(). One at a time, one thread. */
class SipWire
{
public:
    struct Datagram
    {
        int descriptor = -1;
        sockaddr_in peer {};
        std::vector<uint8_t> octets;
    };

    SipWire();
    ~SipWire();
    SipWire(const SipWire&) = delete;
    SipWire& operator=(const SipWire&) = delete;

    void reset();

    /** A datagram waits on a socket. @param port of its sender on 127.0.0.1 */
    void deliver(int descriptor, uint16_t port, std::span<const uint8_t> octets);

    /** Runs libre's event loop until nothing waits and no timer is due. */
    void run();

    void advanceMs(int64_t ms) noexcept { timeMs += ms; }

    /** What was sent since the last call. */
    [[nodiscard]] std::vector<Datagram> takeSent();

    /** The UDP socket of this process that is bound to a port. @returns −1 when there is none */
    [[nodiscard]] static int descriptorOf(uint16_t port);

    /** Lowest free descriptor: how many are open, in effect. */
    [[nodiscard]] static int lowestFreeDescriptor();

    // ---- called in place of the kernel's ----------------------------------------------------------------------------------
    int waitForEvents(int epoll, ::epoll_event* events, int most);
    int waitForEvents(::pollfd* watched, size_t count);
    bool receive(int descriptor, void* buffer, size_t size, sockaddr* from, socklen_t* fromLength, ssize_t& length);
    void send(int descriptor, const void* octets, size_t length, const sockaddr* to);
    uint32_t random() noexcept;

    int64_t timeMs = startMs;
    static SipWire* active;

private:
    [[nodiscard]] bool takeNext();
    int noteQuiet(int events);

    static constexpr int64_t startMs = 1'700'000'000'000;

    std::deque<Datagram> incoming;
    std::vector<Datagram> outgoing;
    Datagram current;  ///< lies in front of a socket and is lost unless it is read
    int quietRounds = 0;
    uint32_t seed = 1;
};

} // namespace mw::fuzz
