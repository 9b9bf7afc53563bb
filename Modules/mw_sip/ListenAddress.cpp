#include "ListenAddress.h"

#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mw
{

namespace
{

class ProbeSocket
{
public:
    ProbeSocket(int family, int type) : fd(::socket(family, type | SOCK_CLOEXEC, 0)) {}
    ~ProbeSocket()
    {
        if (fd >= 0)
            ::close(fd);
    }
    ProbeSocket(const ProbeSocket&) = delete;
    ProbeSocket& operator=(const ProbeSocket&) = delete;
    const int fd;
};

struct SocketAddress
{
    sockaddr_storage storage {};
    socklen_t length = 0;

    SocketAddress(const ListenAddress& where)
    {
        if (where.ipv6)
        {
            sockaddr_in6 six {};
            six.sin6_family = AF_INET6;
            six.sin6_port = htons(static_cast<uint16_t>(where.port));
            ::inet_pton(AF_INET6, where.host.c_str(), &six.sin6_addr);
            std::memcpy(&storage, &six, length = sizeof six);
        }
        else
        {
            sockaddr_in four {};
            four.sin_family = AF_INET;
            four.sin_port = htons(static_cast<uint16_t>(where.port));
            ::inet_pton(AF_INET, where.host.c_str(), &four.sin_addr);
            std::memcpy(&storage, &four, length = sizeof four);
        }
    }

    [[nodiscard]] const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
    [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
};

/** Binds a fresh socket. @returns errno, 0 when it worked; the port taken in `port` */
int tryBind(const ProbeSocket& socket, const ListenAddress& where, int type, int& port)
{
    if (socket.fd < 0)
        return errno;
    // TCP connections of an earlier run that linger in TIME_WAIT are no reason to refuse; a listener still is.
    const int on = 1;
    if (type == SOCK_STREAM)
        ::setsockopt(socket.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    SocketAddress address(where);
    if (::bind(socket.fd, address.get(), address.length) != 0)
        return errno;
    if (type == SOCK_STREAM && ::listen(socket.fd, 1) != 0)
        return errno;
    socklen_t length = sizeof address.storage;
    if (::getsockname(socket.fd, address.get(), &length) != 0)
        return errno;
    port = where.ipv6 ? ntohs(reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_port)
                      : ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
    return 0;
}

/** The address that packets to the outside leave from; nothing is sent. Empty when there is no route. */
std::string defaultSource(bool ipv6)
{
    ListenAddress outside;
    outside.host = ipv6 ? "2001:db8::1" : "192.0.2.1";  // documentation addresses, RFC 5737 and RFC 3849
    outside.ipv6 = ipv6;
    outside.port = 9;
    const ProbeSocket socket(ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM);
    SocketAddress address(outside);
    if (socket.fd < 0 || ::connect(socket.fd, address.get(), address.length) != 0)
        return {};
    socklen_t length = sizeof address.storage;
    char text[INET6_ADDRSTRLEN] {};
    if (::getsockname(socket.fd, address.get(), &length) != 0)
        return {};
    if (ipv6)
        ::inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6&>(address.storage).sin6_addr, text, sizeof text);
    else
        ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in&>(address.storage).sin_addr, text, sizeof text);
    return text;
}

} // namespace

std::string ListenAddress::uriHost() const { return ipv6 ? "[" + host + "]" : host; }
std::string ListenAddress::text() const { return uriHost() + ":" + std::to_string(port); }

Result<ListenAddress> ListenAddress::parse(const std::string& text)
{
    const auto wrong = [&](std::string why) {
        return Error { ExitCode::wrongUse, "listen on '" + text + "'", std::move(why),
                       "give ADDRESS:PORT with a numeric address, for example 127.0.0.1:5060" };
    };
    ListenAddress result;
    std::string port;
    if (! text.empty() && text.front() == '[')
    {
        const auto end = text.find(']');
        if (end == std::string::npos)
            return wrong("the bracket of the IPv6 address is not closed");
        result.host = text.substr(1, end - 1);
        if (end + 1 < text.size())
        {
            if (text[end + 1] != ':')
                return wrong("after the address a colon and the port are expected");
            port = text.substr(end + 2);
        }
        else
            port = "5060";
    }
    else
    {
        const auto colon = text.find(':');
        result.host = text.substr(0, colon);
        port = colon == std::string::npos ? "5060" : text.substr(colon + 1);
    }
    const auto [rest, failed] = std::from_chars(port.data(), port.data() + port.size(), result.port);
    if (port.empty() || failed != std::errc() || rest != port.data() + port.size() || result.port < 0 || result.port > 65535)
        return wrong("'" + port + "' is not a port (0 to 65535)");

    in6_addr bytes {};
    if (::inet_pton(AF_INET6, result.host.c_str(), &bytes) == 1)
        result.ipv6 = true;
    else if (::inet_pton(AF_INET, result.host.c_str(), &bytes) != 1)
        return wrong("'" + result.host + "' is not an IP address");
    if (result.host == "0.0.0.0" || result.host == "::")
    {
        result.host = defaultSource(result.ipv6);
        if (result.host.empty())
            result.host = result.ipv6 ? "::1" : "127.0.0.1";
    }
    return result;
}

Result<void> ListenAddress::claim(bool udp, bool tcp)
{
    const auto family = ipv6 ? AF_INET6 : AF_INET;
    const auto attempts = port == 0 ? 20 : 1;
    auto failed = 0;
    for (int attempt = 0; attempt < attempts; ++attempt)
    {
        auto candidate = *this;
        const ProbeSocket udpSocket(family, SOCK_DGRAM), tcpSocket(family, SOCK_STREAM);
        failed = udp ? tryBind(udpSocket, candidate, SOCK_DGRAM, candidate.port) : 0;
        if (failed == 0 && tcp)
            failed = tryBind(tcpSocket, candidate, SOCK_STREAM, candidate.port);
        if (failed == 0)
        {
            port = candidate.port;
            return {};
        }
    }
    const auto* remedy = failed == EADDRINUSE      ? "stop the other program or choose another port"
                         : failed == EADDRNOTAVAIL ? "use an address of this machine (see `ip address`)"
                         : failed == EACCES        ? "choose a port above 1023"
                                                   : "";
    return Error { ExitCode::environment, "listen on " + text(), std::strerror(failed), remedy };
}

} // namespace mw
