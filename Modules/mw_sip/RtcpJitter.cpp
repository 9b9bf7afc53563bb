#include "RtcpJitter.h"

#include "Octets.h"

#include <cmath>
#include <cstdlib>

namespace mw
{

namespace
{
constexpr uint8_t senderReport = 200, receiverReport = 201;  // RFC 3550, 12.1
constexpr size_t headerBytes = 8, senderInfoBytes = 20, blockBytes = 24, jitterAt = 12;
constexpr double arrivalUnit = 1.0e9;  // a second of arrival time [ns]
} // namespace

int RtcpJitter::attach(struct udp_sock* rtcpSocket, int layer)
{
    if (rtcpSocket == nullptr)
        return 0;
    struct udp_helper* made = nullptr;
    const auto failed = ::udp_register_helper(&made, rtcpSocket, layer, sending, nullptr, this);
    helper.reset(made);
    return failed;
}

void RtcpJitter::packetArrived(uint32_t ssrc, uint32_t timestamp, int64_t arrivalNs, int clockRateHz) noexcept
{
    const auto wholeSeconds = static_cast<uint64_t>(arrivalNs / 1'000'000'000) * static_cast<uint64_t>(clockRateHz);
    const auto rest = std::llround(static_cast<double>(arrivalNs % 1'000'000'000) * clockRateHz / arrivalUnit);
    const auto transit = static_cast<uint32_t>(wholeSeconds + static_cast<uint64_t>(rest)) - timestamp;
    const auto change = std::abs(int64_t { static_cast<int32_t>(transit - lastTransit) });
    const auto isSameStream = begun && ssrc == peer;
    if (! isSameStream)
        estimate = 0.0;
    else if (change < clockRateHz)  // a step beyond a second is a new time base, not jitter
        estimate += (static_cast<double>(change) - estimate) / 16.0;
    begun = true;
    peer = ssrc;
    lastTransit = transit;
}

void RtcpJitter::write(std::span<uint8_t> compound) const noexcept
{
    while (begun && compound.size() >= headerBytes)
    {
        const auto length = (size_t { octets::read16(compound.data() + 2) } + 1) * 4;
        if (length > compound.size())
            return;
        const auto type = compound[1];
        if (type == senderReport || type == receiverReport)
        {
            auto at = headerBytes + (type == senderReport ? senderInfoBytes : 0);
            for (auto blocks = compound[0] & 0x1fu; blocks > 0 && at + blockBytes <= length; --blocks, at += blockBytes)
                if (octets::read32(compound.data() + at) == peer)
                    octets::write32(compound.data() + at + jitterAt, jitter());
        }
        compound = compound.subspan(length);
    }
}

bool RtcpJitter::sending(int*, struct sa*, struct mbuf* packet, void* self) noexcept
{
    static_cast<RtcpJitter*>(self)->write({ ::mbuf_buf(packet), ::mbuf_get_left(packet) });
    return false;  // it goes on its way
}

} // namespace mw
