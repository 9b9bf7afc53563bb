#include "SupportPorts.h"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <random>
#include <set>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace ports
{
namespace
{

sockaddr_in loopback(uint16_t port)
{
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool isFree(uint16_t port, int type)
{
    const int descriptor = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        throw std::runtime_error("no socket to try a port with");
    const auto address = loopback(port);
    const bool free = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    return free;
}

std::mt19937& random()
{
    static std::mt19937 generator { std::random_device {}() };
    return generator;
}

// Ports that were handed out are not handed out again: the program that asked for one may not have bound it yet.
std::set<uint16_t>& handedOut()
{
    static std::set<uint16_t> ports;
    return ports;
}

bool take(uint16_t first, int count, bool tcpToo)
{
    for (int i = 0; i < count; ++i)
    {
        const auto port = static_cast<uint16_t>(first + i);
        if (handedOut().contains(port) || ! isFree(port, SOCK_DGRAM) || (tcpToo && ! isFree(port, SOCK_STREAM)))
            return false;
    }
    for (int i = 0; i < count; ++i)
        handedOut().insert(static_cast<uint16_t>(first + i));
    return true;
}

uint16_t find(int count, bool tcpToo)
{
    // Below the kernel's own range for outgoing connections (32768 and up), above what the product takes by itself.
    std::uniform_int_distribution<int> range(10010, 16300 - (count + 1) / 2);
    for (int attempt = 0; attempt < 1000; ++attempt)
    {
        const auto first = static_cast<uint16_t>(2 * range(random()));
        if (take(first, count, tcpToo))
            return first;
    }
    throw std::runtime_error("no free stretch of " + std::to_string(count) + " ports on 127.0.0.1");
}

} // namespace

uint16_t freePort() { return find(1, true); }

uint16_t freeBlock(int count) { return find(count, false); }

bool waitUntilBound(uint16_t udpPort, std::chrono::milliseconds deadline)
{
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (isFree(udpPort, SOCK_DGRAM))
    {
        if (std::chrono::steady_clock::now() >= end)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));  // sleeps: nobody is told when another program takes a port
    }
    return true;
}

} // namespace ports
