#include "SipWire.h"

#include "Fuzz.h"

#include <mw_sip/adapter/SipHeaders.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

// The linker's names for what libre calls (__wrap_) and for what it would have called (__real_).
extern "C"
{
int __real_epoll_wait(int epoll, struct epoll_event* events, int most, int timeoutMs);
int __real_epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event* event);
int __real_poll(struct pollfd* watched, nfds_t count, int timeoutMs);
ssize_t __real_recvfrom(int descriptor, void* buffer, size_t size, int flags, sockaddr* from, socklen_t* length);
ssize_t __real_recvmsg(int descriptor, struct msghdr* message, int flags);
ssize_t __real_sendto(int descriptor, const void* octets, size_t length, int flags, const sockaddr* to, socklen_t toLength);
int __real_connect(int descriptor, const sockaddr* to, socklen_t length);
int __real_gettimeofday(struct timeval* now, void* zone);
int __real_clock_gettime(clockid_t clock, struct timespec* now);
int __real_RAND_bytes(unsigned char* octets, int count);
}

namespace mw::fuzz
{

SipWire* SipWire::active = nullptr;

SipWire::SipWire()
{
    MW_PROMISE(active == nullptr);
    active = this;
}

SipWire::~SipWire() { active = nullptr; }

void SipWire::reset()
{
    incoming.clear();
    outgoing.clear();
    current = {};
    unwatched = 0;
    seed = 1;
}

void SipWire::deliver(int descriptor, uint16_t port, std::span<const uint8_t> octets)
{
    Datagram datagram;
    datagram.descriptor = descriptor;
    datagram.peer.sin_family = AF_INET;
    datagram.peer.sin_port = htons(port);
    datagram.peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    datagram.octets.assign(octets.begin(), octets.end());
    incoming.push_back(std::move(datagram));
}

void SipWire::run()
{
    quietRounds = 0;
    MW_PROMISE(::re_main(nullptr) == 0);
}

std::vector<SipWire::Datagram> SipWire::takeSent() { return std::exchange(outgoing, {}); }

int SipWire::descriptorOf(uint16_t port)
{
    const auto most = lowestFreeDescriptor() + 64;
    for (int descriptor = 3; descriptor < most; ++descriptor)
    {
        sockaddr_in local {};
        socklen_t length = sizeof local;
        int type = 0;
        socklen_t typeLength = sizeof type;
        if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&local), &length) == 0 && local.sin_family == AF_INET
            && ntohs(local.sin_port) == port && ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &typeLength) == 0
            && type == SOCK_DGRAM)
            return descriptor;
    }
    return -1;
}

int SipWire::lowestFreeDescriptor()
{
    const auto lowest = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    ::close(lowest);
    return lowest;
}

void SipWire::takeNext()
{
    unwatched += current.descriptor >= 0 ? 1 : 0;  // offered and not read
    current = std::move(incoming.front());
    incoming.pop_front();
}

void SipWire::watchChanged(int epoll, int operation, int descriptor)
{
    if (operation == EPOLL_CTL_ADD)
        sets[descriptor] = epoll;
    else if (operation == EPOLL_CTL_DEL && setOf(descriptor) == epoll)
        sets.erase(descriptor);
}

int SipWire::setOf(int descriptor) const
{
    const auto found = sets.find(descriptor);
    return found == sets.end() ? -1 : found->second;
}

/** @returns what of a set the next datagram makes ready: its socket, or a set that holds its socket; -1: nothing */
int SipWire::readyIn(int epoll) const
{
    const auto socket = incoming.front().descriptor;
    if (setOf(socket) == epoll)
        return socket;
    return setOf(setOf(socket)) == epoll ? setOf(socket) : -1;
}

int SipWire::noteQuiet(int events)
{
    if (events != 0)
        quietRounds = 0;
    else if (++quietRounds >= 3)  // a timer that is due may start others that are due at once
        ::re_cancel();
    return events;
}

int SipWire::waitForEvents(int epoll, ::epoll_event* events, int most)
{
    if (setOf(epoll) >= 0 && (incoming.empty() || readyIn(epoll) < 0))
        return ::__real_epoll_wait(epoll, events, most, 0);  // a set within libre's, which is to say when it is quiet
    for (; ! incoming.empty() && readyIn(epoll) < 0; ++unwatched)
        incoming.pop_front();
    if (incoming.empty())
        return noteQuiet(::__real_epoll_wait(epoll, events, most, 0));
    const auto ready = readyIn(epoll);
    if (ready == incoming.front().descriptor)
        takeNext();
    events[0] = {};
    events[0].events = EPOLLIN;
    events[0].data.fd = ready;
    return 1;
}

int SipWire::waitForEvents(::pollfd* watched, size_t count)
{
    if (incoming.empty())
        return noteQuiet(::__real_poll(watched, count, 0));
    takeNext();
    for (auto& each : std::span(watched, count))
        each.revents = each.fd == current.descriptor && (each.events & POLLIN) != 0 ? short { POLLIN } : short { 0 };
    return 1;
}

bool SipWire::receive(int descriptor, void* buffer, size_t size, sockaddr* from, socklen_t* fromLength, ssize_t& length)
{
    if (current.descriptor != descriptor || descriptor < 0)
        return false;
    const auto copied = std::min(size, current.octets.size());
    if (copied > 0)
        std::memcpy(buffer, current.octets.data(), copied);
    if (from != nullptr)
        std::memcpy(from, &current.peer, sizeof current.peer);
    if (fromLength != nullptr)
        *fromLength = sizeof current.peer;
    length = static_cast<ssize_t>(copied);
    current = {};
    return true;
}

void SipWire::send(int descriptor, const void* octets, size_t length, const sockaddr* to)
{
    constexpr size_t mostKept = 256;  // an input that makes us send more has said enough
    if (outgoing.size() >= mostKept)
        return;
    Datagram datagram;
    datagram.descriptor = descriptor;
    if (to != nullptr && to->sa_family == AF_INET)
        std::memcpy(&datagram.peer, to, sizeof datagram.peer);
    const auto* first = static_cast<const uint8_t*>(octets);
    datagram.octets.assign(first, first + length);
    outgoing.push_back(std::move(datagram));
}

uint32_t SipWire::random() noexcept
{
    seed = seed * 1664525u + 1013904223u;
    return seed;
}

} // namespace mw::fuzz

using mw::fuzz::SipWire;

extern "C"
{
int __wrap_epoll_wait(int epoll, struct epoll_event* events, int most, int timeoutMs);
int __wrap_epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event* event);
int __wrap_poll(struct pollfd* watched, nfds_t count, int timeoutMs);
ssize_t __wrap_recvfrom(int descriptor, void* buffer, size_t size, int flags, sockaddr* from, socklen_t* length);
ssize_t __wrap_recvmsg(int descriptor, struct msghdr* message, int flags);
ssize_t __wrap_sendto(int descriptor, const void* octets, size_t length, int flags, const sockaddr* to, socklen_t toLength);
int __wrap_connect(int descriptor, const sockaddr* to, socklen_t length);
int __wrap_gettimeofday(struct timeval* now, void* zone);
int __wrap_clock_gettime(clockid_t clock, struct timespec* now);
int __wrap_RAND_bytes(unsigned char* octets, int count);

int __wrap_epoll_wait(int epoll, struct epoll_event* events, int most, int timeoutMs)
{
    return SipWire::active != nullptr ? SipWire::active->waitForEvents(epoll, events, most)
                                      : __real_epoll_wait(epoll, events, most, timeoutMs);
}

int __wrap_epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event* event)
{
    const auto failed = __real_epoll_ctl(epoll, operation, descriptor, event);
    if (failed == 0 && SipWire::active != nullptr)
        SipWire::active->watchChanged(epoll, operation, descriptor);
    return failed;
}

int __wrap_poll(struct pollfd* watched, nfds_t count, int timeoutMs)
{
    return SipWire::active != nullptr ? SipWire::active->waitForEvents(watched, count) : __real_poll(watched, count, timeoutMs);
}

ssize_t __wrap_recvfrom(int descriptor, void* buffer, size_t size, int flags, sockaddr* from, socklen_t* length)
{
    ssize_t received = 0;
    if (SipWire::active != nullptr && SipWire::active->receive(descriptor, buffer, size, from, length, received))
        return received;
    return __real_recvfrom(descriptor, buffer, size, flags, from, length);
}

ssize_t __wrap_recvmsg(int descriptor, struct msghdr* message, int flags)
{
    ssize_t received = 0;
    if (SipWire::active == nullptr
        || ! SipWire::active->receive(descriptor, message->msg_iov->iov_base, message->msg_iov->iov_len, static_cast<sockaddr*>(message->msg_name),
                                      &message->msg_namelen, received))
        return __real_recvmsg(descriptor, message, flags);
    message->msg_controllen = 0;
    return received;
}

ssize_t __wrap_sendto(int descriptor, const void* octets, size_t length, int flags, const sockaddr* to, socklen_t toLength)
{
    if (SipWire::active == nullptr)
        return __real_sendto(descriptor, octets, length, flags, to, toLength);
    SipWire::active->send(descriptor, octets, length, to);
    return static_cast<ssize_t>(length);
}

int __wrap_connect(int descriptor, const sockaddr* to, socklen_t length)
{
    if (SipWire::active == nullptr)
        return __real_connect(descriptor, to, length);
    errno = ECONNREFUSED;  // an address that an input made up is nobody's to call
    return -1;
}

int __wrap_gettimeofday(struct timeval* now, void* zone)
{
    if (SipWire::active == nullptr)
        return __real_gettimeofday(now, zone);
    now->tv_sec = static_cast<time_t>(SipWire::active->timeMs / 1000);
    now->tv_usec = static_cast<suseconds_t>(SipWire::active->timeMs % 1000 * 1000);
    return 0;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec* now)
{
    if (SipWire::active == nullptr)
        return __real_clock_gettime(clock, now);
    now->tv_sec = static_cast<time_t>(SipWire::active->timeMs / 1000);
    now->tv_nsec = static_cast<long>(SipWire::active->timeMs % 1000 * 1'000'000);
    return 0;
}

int __wrap_RAND_bytes(unsigned char* octets, int count)
{
    if (SipWire::active == nullptr)
        return __real_RAND_bytes(octets, count);
    for (int i = 0; i < count; ++i)
        octets[i] = static_cast<unsigned char>(SipWire::active->random() >> 24);
    return 1;
}
}
