#pragma once

#include "adapter/StackAdapter.h"

#include <mw_legs/mw_legs.h>

#include <cstdint>

namespace mw
{

/** When the packet that was read last from a socket arrived, as the kernel noted it. Sip thread only. */
class KernelTime
{
public:
    /** @param engineClock must outlive this; where it is not real (tests) packets arrive when they are read */
    explicit KernelTime(const Clock& engineClock);

    /** Turns the kernel's notes on. */
    void attach(const struct udp_sock* socket) noexcept;

    /** @returns engine clock [ns]; now, when the kernel says nothing or what cannot be */
    [[nodiscard]] int64_t arrivalNs() const noexcept;

private:
    const Clock& clock;
    const bool clockIsReal;
    int fd = -1;
};

} // namespace mw
