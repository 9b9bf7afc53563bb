#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <netinet/in.h>
#include <span>
#include <vector>

struct epoll_event;
struct pollfd;

namespace mw::fuzz
{

/** Network, time and chance of libre and of what reads media sockets beside it (MediaSockets), in place of the kernel's: the linker's --wrap leads its calls here while one exists.

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

    /** Whether somebody read each datagram that was delivered up to now; those to a socket that nobody watches are lost. */
    [[nodiscard]] bool allRead() const noexcept { return incoming.empty() && current.descriptor < 0 && unwatched == 0; }

    // ---- called in place of the kernel's ----------------------------------------------------------------------------------
    void watchChanged(int epoll, int operation, int descriptor);
    int waitForEvents(int epoll, ::epoll_event* events, int most);
    int waitForEvents(::pollfd* watched, size_t count);
    bool receive(int descriptor, void* buffer, size_t size, sockaddr* from, socklen_t* fromLength, ssize_t& length);
    void send(int descriptor, const void* octets, size_t length, const sockaddr* to);
    uint32_t random() noexcept;

    int64_t timeMs = startMs;
    static SipWire* active;

private:
    void takeNext();
    [[nodiscard]] int setOf(int descriptor) const;
    [[nodiscard]] int readyIn(int epoll) const;
    int noteQuiet(int events);

    static constexpr int64_t startMs = 1'700'000'000'000;

    std::deque<Datagram> incoming;
    std::vector<Datagram> outgoing;
    Datagram current;  ///< lies in front of a socket and is lost unless it is read
    std::map<int, int> sets;  ///< the epoll set by the descriptor that it watches, which may be a set itself
    int quietRounds = 0;
    uint64_t unwatched = 0;   ///< datagrams that nobody watched out for, since reset()
    uint32_t seed = 1;
};

} // namespace mw::fuzz
