#include "SupportPorts.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <netinet/in.h>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/file.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

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

constexpr int slices = 8, firstSlice = 20000, portsASlice = 1580;  // below the kernel's own range for outgoing connections, 32768 and up

/** A stretch of ports that is this program's alone until it ends, on this machine: the lock of a file says so. Taken before the
    first test, so that no test seems to leave a descriptor behind. */
class OwnSlice final : public ::testing::Environment
{
public:
    void SetUp() override
    {
        // Begins anywhere, so that many programs do not all queue for the same.
        const auto begin = static_cast<int>(std::random_device {}() % slices);
        for (int attempt = 0; descriptor < 0; ++attempt)
        {
            index = (begin + attempt) % slices;
            const auto file = std::filesystem::temp_directory_path() / ("milliwatt-ports-" + std::to_string(index) + ".lock");
            const int opened = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
            if (opened < 0)
                throw std::runtime_error("cannot open " + file.string());
            if (::flock(opened, LOCK_EX | (attempt < slices ? LOCK_NB : 0)) == 0)
                descriptor = opened;  // the kernel lets it go when the program has ended, however it did
            else
                ::close(opened);
        }
    }

    [[nodiscard]] int first() const
    {
        if (descriptor < 0)
            throw std::runtime_error("ports are handed out while tests run, not before");
        return firstSlice + index * portsASlice;
    }

private:
    int descriptor = -1, index = 0;
};

// Owned by gtest.
OwnSlice* const ownSlice = static_cast<OwnSlice*>(::testing::AddGlobalTestEnvironment(new OwnSlice));

// Ports that were handed out are not handed out again in the same test: the program that asked for one may not have bound it
// yet. The next test may have them: what this one started has ended by then.
std::set<uint16_t>& handedOut()
{
    static std::set<uint16_t> ports;
    static const ::testing::TestInfo* owner = nullptr;
    if (const auto* test = ::testing::UnitTest::GetInstance()->current_test_info(); test != std::exchange(owner, test))
        ports.clear();
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
    std::uniform_int_distribution<int> range(ownSlice->first() / 2, (ownSlice->first() + portsASlice - count) / 2 - 1);
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
