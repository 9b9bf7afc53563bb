#include "KernelTime.h"

#include "MediaSockets.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

namespace mw
{

KernelTime::KernelTime(const Clock& engineClock, const MediaSockets* readBy)
    : clock(engineClock), reader(readBy), clockIsReal(dynamic_cast<const RealClock*>(&engineClock) != nullptr)
{
}

void KernelTime::attach(const struct udp_sock* socket) noexcept
{
    if (reader != nullptr)
        return;  // which has turned them on
    struct sa local {};
    if (::udp_local_get(socket, &local) == 0)
        fd = adapter::descriptorOf(socket, ::sa_af(&local));
    timespec unused {};
    [[maybe_unused]] const auto stampsOn = ::ioctl(fd, SIOCGSTAMPNS, &unused);  // the first call turns stamps on
}

bool KernelTime::readStamp(timespec& stamp) const noexcept
{
    if (reader == nullptr)
        return ::ioctl(fd, SIOCGSTAMPNS, &stamp) == 0;
    if (reader->arrival())
        stamp = *reader->arrival();
    return reader->arrival().has_value();
}

int64_t KernelTime::arrivalNs() const noexcept
{
    timespec stamp {}, wall {};
    const auto hasStamp = clockIsReal && readStamp(stamp);
    const auto now = clock.nowNs();
    if (! hasStamp)
        return now;
    ::clock_gettime(CLOCK_REALTIME, &wall);
    // Both clocks are read side by side: what came between them would count as waiting. The stamp is wall-clock time; only its
    // age is carried over, so a step of the wall clock costs one wrong stamp at most.
    const auto ageNs = (int64_t { wall.tv_sec } - stamp.tv_sec) * 1'000'000'000 + (wall.tv_nsec - stamp.tv_nsec);
    constexpr int64_t oldestNs = 2'000'000'000;
    return ageNs >= 0 && ageNs <= oldestNs ? now - ageNs : now;
}

} // namespace mw
