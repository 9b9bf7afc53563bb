#pragma once

#include "adapter/StackAdapter.h"

#include <cstdint>
#include <ctime>
#include <optional>
#include <sys/epoll.h>
#include <vector>

namespace mw
{

/** Reads the calls' media sockets, in place of libre's loop.

    They stand in an epoll set of their own, and the loop watches that one descriptor, or does not: a window over thousands of sockets
    opens and closes with one system call, where each would have to leave the loop and come back. A packet passes the socket's helpers and then
    libre's RTP as if libre had read it.

    Sip thread only. */
class MediaSockets
{
public:
    MediaSockets() = default;
    ~MediaSockets() { stop(); }
    MediaSockets(const MediaSockets&) = delete;
    MediaSockets& operator=(const MediaSockets&) = delete;

    /** Begins, watched. libre has to run. @returns errno, 0 when it worked */
    [[nodiscard]] int start();

    /** Ends, while libre still runs. Sockets that are still here are not read any more. */
    void stop() noexcept;

    /** Takes a socket from libre's loop, which it does not come back to. @param socket lives until it is removed
        @returns errno, 0 when it worked; otherwise libre's loop goes on to read it */
    [[nodiscard]] int add(struct udp_sock* socket);

    void remove(const struct udp_sock* socket) noexcept;

    /** When the packet that is passed on right now arrived, as the kernel noted it (CLOCK_REALTIME); nothing when it did not. */
    [[nodiscard]] const std::optional<timespec>& arrival() const noexcept { return arrived; }

    /** Packets that were lost because there was no memory to read them into. */
    [[nodiscard]] uint64_t lostForMemory() const noexcept { return lost; }

    /** Whether the event loop looks at the sockets. Packets that come meanwhile wait in the kernel. */
    void watch(bool wanted) noexcept;

private:
    void readEach() noexcept;
    void readOne(int descriptor) noexcept;
    [[nodiscard]] struct mbuf* emptyPacket() noexcept;
    [[nodiscard]] bool receive(int descriptor, struct mbuf& buffer, struct sa& source) noexcept;

    int set = -1;
    adapter::ReadWatch loop;
    bool watched = false;
    std::optional<timespec> arrived;
    size_t count = 0;                            ///< of descriptors in the set
    std::vector<epoll_event> ready;              ///< room for each of them
    std::vector<struct udp_sock*> byDescriptor;  ///< null: none of ours
    RePtr<struct mbuf> packet;                   ///< used again while nobody else holds it
    uint64_t lost = 0;
};

} // namespace mw
