#pragma once

#include "Fuzz.h"

#include <mw_sip/adapter/SipHeaders.h>

namespace mw::fuzz
{

/** A libre buffer that holds the octets and is read from their start. @param room at least so large [octets] */
[[nodiscard]] inline RePtr<struct mbuf> bufferOf(std::span<const uint8_t> octets, size_t room = 1)
{
    RePtr<struct mbuf> buffer(::mbuf_alloc(octets.size() > room ? octets.size() : room));
    MW_PROMISE(buffer != nullptr);
    if (! octets.empty())
        MW_PROMISE(::mbuf_write_mem(buffer.get(), octets.data(), octets.size()) == 0);
    buffer->pos = 0;
    return buffer;
}

} // namespace mw::fuzz
