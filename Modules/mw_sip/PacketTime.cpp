#include "PacketTime.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace mw
{

namespace
{
constexpr int leastMs = 5, mostMs = 60;
constexpr std::array opusFramesMs { 5, 10, 20, 40, 60 };  // RFC 6716, 2.1.4; its frame of 2.5 ms is no whole number

/** A number of milliseconds as SDP writes it, its fraction left off. */
std::optional<int> numberIn(const char* attribute)
{
    if (attribute == nullptr)
        return std::nullopt;
    int number = 0;
    const auto [end, fault] = std::from_chars(attribute, attribute + std::strlen(attribute), number);
    const auto isWhole = *end == '\0' || *end == '.' || *end == ' ';
    return fault == std::errc() && isWhole && number > 0 ? std::optional(number) : std::nullopt;
}
} // namespace

int packetTimeMs(const std::string& codec, const PeerPacketTime& peer, int oursMs)
{
    auto wanted = numberIn(peer.ptime).value_or(oursMs);
    if (const auto most = numberIn(peer.maxptime))
        wanted = std::min(wanted, *most);
    wanted = std::clamp(wanted / leastMs * leastMs, leastMs, mostMs);
    if (codec == "opus")
        wanted = *(std::upper_bound(opusFramesMs.begin(), opusFramesMs.end(), wanted) - 1);
    return wanted;
}

} // namespace mw
