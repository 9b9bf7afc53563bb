#pragma once

#include "adapter/StackAdapter.h"

#include <functional>
#include <string>

namespace mw
{

/** Notices at once that nobody listens on a UDP port.

    libre's SIP socket is not connected, so the kernel does not tell it of ICMP "port unreachable", and a call to a closed
    port would only end when timer B has run out (32 s, RFC 3261, 17.1.1.2). This sends one CRLF, the keep-alive of
    RFC 5626, 3.5.1 that every SIP stack ignores, from a connected socket of its own, on which ECONNREFUSED shows.
    Only for numeric addresses; a name is left to libre's resolver and to timer B. Sip thread. */
class ReachabilityProbe
{
public:
    ReachabilityProbe() = default;
    ~ReachabilityProbe() { stop(); }
    ReachabilityProbe(const ReachabilityProbe&) = delete;
    ReachabilityProbe& operator=(const ReachabilityProbe&) = delete;

    /** @param uri "sip:user@127.0.0.1:5060"; nothing is done for a host name, TCP or TLS
        @param refused called at most once; it may destroy this probe */
    void start(const std::string& uri, std::function<void(int systemError)> refused);
    void stop() noexcept;

private:
    void readable();

    adapter::ReadWatch watch;
    std::function<void(int)> onRefused;
    int fd = -1;
};

} // namespace mw
