#pragma once

#include <mw_legs/mw_legs.h>

#include <string>

namespace mw
{

/** Where to listen, from "ADDRESS:PORT". */
struct ListenAddress
{
    std::string host;  ///< numeric IPv4 or IPv6, without brackets
    int port = 5060;   ///< 0 is replaced by a free one in claim()
    bool ipv6 = false;

    /** "127.0.0.1:5060", "[::1]:5060": as in a SIP URI. */
    [[nodiscard]] std::string text() const;

    /** Host as in a SIP URI: IPv6 in brackets. */
    [[nodiscard]] std::string uriHost() const;

    /** @param text ADDRESS, ADDRESS:PORT, [IPV6] or [IPV6]:PORT; the address numeric. 0.0.0.0 and :: stand for the
        address of the default route, or loopback when there is none. */
    [[nodiscard]] static Result<ListenAddress> parse(const std::string& text);

    /** Makes sure that the port can be bound for what is asked, and finds a free one for port 0. The sockets are closed
        again, so another program may still come between; libre's own bind then says so. */
    [[nodiscard]] Result<void> claim(bool udp, bool tcp);
};

} // namespace mw
