#include "ReachabilityProbe.h"

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace mw
{

void ReachabilityProbe::start(const std::string& uriText, std::function<void(int)> refused)
{
    stop();
    struct pl text {};
    ::pl_set_str(&text, uriText.c_str());
    struct uri parsed {};
    struct pl transport {};
    struct sa target {};
    if (::uri_decode(&parsed, &text) != 0)
        return;
    if (::msg_param_decode(&parsed.params, "transport", &transport) == 0 && ::pl_strcasecmp(&transport, "udp") != 0)
        return;
    if (::sa_set(&target, &parsed.host, parsed.port != 0 ? parsed.port : static_cast<uint16_t>(SIP_PORT)) != 0)
        return;

    fd = ::socket(::sa_af(&target), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    onRefused = std::move(refused);
    if (::connect(fd, &target.u.sa, target.len) != 0 || watch.start(fd, [this] { readable(); }) != 0
        || ::send(fd, "\r\n\r\n", 4, MSG_NOSIGNAL) < 0)
        stop();
}

void ReachabilityProbe::stop() noexcept
{
    watch.stop();
    if (fd >= 0)
        ::close(std::exchange(fd, -1));
}

void ReachabilityProbe::readable()
{
    char octet = 0;
    const auto failed = ::recv(fd, &octet, sizeof octet, 0) < 0 ? errno : 0;
    if (failed == EAGAIN || failed == EWOULDBLOCK)
        return;
    const auto report = std::exchange(onRefused, nullptr);
    stop();
    if (failed != 0 && report)
        report(failed);
}

} // namespace mw
