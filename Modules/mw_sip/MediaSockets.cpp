#include "MediaSockets.h"

#include "WithoutThrowing.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

namespace mw
{

namespace
{
constexpr size_t packetBytes = 8192;  // as libre's own reading; a longer one is cut

// A packet in memory of its own length shows a sanitizer who reads beyond its end.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool takesExactMemory = true;
#else
constexpr bool takesExactMemory = false;
#endif
} // namespace

int MediaSockets::start()
{
    stop();
    set = ::epoll_create1(EPOLL_CLOEXEC);
    if (set < 0)
        return errno;
    packet.reset(::mbuf_alloc(packetBytes));
    if (! packet)
        return ENOMEM;
    if (const auto failed = loop.start(set, [this] { readEach(); }); failed != 0)
        return failed;
    watched = true;
    return 0;
}

void MediaSockets::stop() noexcept
{
    loop.stop();
    watched = false;
    if (set >= 0)
        ::close(set);
    set = -1;
    packet.reset();
    byDescriptor.clear();
    ready.clear();
    count = 0;
}

int MediaSockets::add(struct udp_sock* socket)
{
    for (const auto family : { AF_INET, AF_INET6 })  // libre may hold one of each
    {
        const auto descriptor = adapter::descriptorOf(socket, family);
        if (descriptor < 0)
            continue;
        const auto place = static_cast<size_t>(descriptor);
        if (place < byDescriptor.size() && byDescriptor[place] == socket)
            continue;
        auto failed = ENOMEM;
        withoutThrowing([&] {
            byDescriptor.resize(std::max(byDescriptor.size(), place + 1));
            ready.resize(std::max(ready.size(), count + 1));
            epoll_event event {};
            event.events = EPOLLIN;
            event.data.fd = descriptor;
            failed = ::epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
        });
        if (failed != 0)
        {
            remove(socket);
            return failed;
        }
        byDescriptor[place] = socket;
        ++count;
    }
    // Without it packets arrive when they are read.
    const int on = 1;
    [[maybe_unused]] const auto stampsOn = ::udp_setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    ::udp_thread_detach(socket);
    return 0;
}

void MediaSockets::remove(const struct udp_sock* socket) noexcept
{
    for (size_t place = 0; place < byDescriptor.size(); ++place)
        if (byDescriptor[place] == socket)
        {
            byDescriptor[place] = nullptr;
            --count;
            [[maybe_unused]] const auto left = ::epoll_ctl(set, EPOLL_CTL_DEL, static_cast<int>(place), nullptr);
        }
}

void MediaSockets::watch(bool wanted) noexcept
{
    if (watched == wanted || set < 0)
        return;
    if (wanted)
        withoutThrowing([&] { watched = loop.start(set, [this] { readEach(); }) == 0; });  // without memory for it: tried again before the next tick
    else
    {
        loop.stop();
        watched = false;
    }
}

/** One packet of each socket that has any, so that a turn reaches all of them however long it takes. */
void MediaSockets::readEach() noexcept
{
    const auto found = ready.empty() ? 0 : ::epoll_wait(set, ready.data(), static_cast<int>(ready.size()), 0);
    for (int i = 0; i < found; ++i)
        readOne(ready[static_cast<size_t>(i)].data.fd);
}

/** @returns null without memory */
struct mbuf* MediaSockets::emptyPacket() noexcept
{
    if (! packet || ::mem_nrefs(packet.get()) != 1 || packet->size != packetBytes)
        packet.reset(::mbuf_alloc(packetBytes));
    if (packet)
        ::mbuf_rewind(packet.get());
    return packet.get();
}

void MediaSockets::readOne(int descriptor) noexcept
{
    const auto place = static_cast<size_t>(descriptor);
    auto* const socket = place < byDescriptor.size() ? byDescriptor[place] : nullptr;
    if (socket == nullptr)
        return;  // what an earlier packet of this turn led to closed it
    auto* const buffer = emptyPacket();
    if (buffer == nullptr)
    {
        if (::recv(descriptor, nullptr, 0, MSG_DONTWAIT) >= 0)  // it would be offered for ever
            ++lost;
        return;
    }
    const RePtr<struct udp_sock> held(static_cast<struct udp_sock*>(::mem_ref(socket)));  // whatever the packet leads to
    if (struct sa source {}; receive(descriptor, *buffer, source))
        ::udp_recv_packet(socket, &source, buffer);
}

bool MediaSockets::receive(int descriptor, struct mbuf& buffer, struct sa& source) noexcept
{
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> notes;
    iovec octets { buffer.buf, buffer.size };
    msghdr message {};
    message.msg_name = &source.u;
    message.msg_namelen = sizeof source.u;
    message.msg_iov = &octets;
    message.msg_iovlen = 1;
    message.msg_control = notes.data();
    message.msg_controllen = notes.size();
    const auto length = ::recvmsg(descriptor, &message, MSG_DONTWAIT);
    if (length < 0)
        return false;
    buffer.end = static_cast<size_t>(length);
    if constexpr (takesExactMemory)
    {
        [[maybe_unused]] const auto failed = ::mbuf_resize(&buffer, buffer.end);
    }
    source.len = message.msg_namelen;
    arrived.reset();
    for (auto* note = CMSG_FIRSTHDR(&message); note != nullptr; note = CMSG_NXTHDR(&message, note))
        if (note->cmsg_level == SOL_SOCKET && note->cmsg_type == SCM_TIMESTAMPNS)
            std::memcpy(&arrived.emplace(), CMSG_DATA(note), sizeof(timespec));
    return true;
}

} // namespace mw
