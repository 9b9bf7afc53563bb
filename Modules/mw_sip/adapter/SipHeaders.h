#pragma once

// The only place that includes libre and baresip. Their structs are C: no name of theirs is to be opened into namespace mw.

// Upstream's libre (3 and later) brings re_thread.h; 2.0.1, the pinned one, does not. The pinned stack keeps audio and
// telephony helpers in librem, upstream in libre itself.
#if __has_include(<re_thread.h>)
    #define MW_SIP_UPSTREAM 1
#else
    #define MW_SIP_UPSTREAM 0
#endif

// re_dbg.h, which redirects libre's own messages, asks its user for these two.
#define DEBUG_MODULE "milliwatt"
#define DEBUG_LEVEL 4

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#if MW_SIP_UPSTREAM
    #include <re.h>
    #include <re_dbg.h>
    #include <rem.h>
    #include <baresip.h>
#else
extern "C"
{
    #include <re.h>
    #include <re_dbg.h>
    #include <rem.h>
    #include <baresip.h>
    void udp_recv_packet(struct udp_sock* socket, const struct sa* source, struct mbuf* packet);  // CMake/libre adds it
}
#endif
#pragma GCC diagnostic pop

#include <memory>

namespace mw
{

/** Gives one reference to a libre object back. Sip thread (or while there is none). */
struct MemDeref
{
    void operator()(void* object) const noexcept { ::mem_deref(object); }
};

/** Sole owner of one reference to a libre object. */
template <typename T>
using RePtr = std::unique_ptr<T, MemDeref>;

} // namespace mw
