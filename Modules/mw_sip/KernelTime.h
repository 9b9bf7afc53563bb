#pragma once

#include "adapter/StackAdapter.h"

#include <mw_legs/mw_legs.h>

#include <cstdint>
#include <ctime>

namespace mw
{

class MediaSockets;

/** When the packet that was read last from a socket arrived, as the kernel noted it. Sip thread only. */
class KernelTime
{
public:
    /** @param engineClock must outlive this; where it is not real (tests) packets arrive when they are read
        @param reader what reads the socket, and outlives this; null: libre does */
    explicit KernelTime(const Clock& engineClock, const MediaSockets* reader = nullptr);

    /** Turns the kernel's notes on. */
    void attach(const struct udp_sock* socket) noexcept;

    /** @returns engine clock [ns]; now, when the kernel says nothing or what cannot be */
    [[nodiscard]] int64_t arrivalNs() const noexcept;

private:
    [[nodiscard]] bool readStamp(timespec& stamp) const noexcept;

    const Clock& clock;
    const MediaSockets* const reader;
    const bool clockIsReal;
    int fd = -1;
};

} // namespace mw
