#include "Fuzz.h"

#include <mw_sip/TelephoneEvents.h>

#include <limits>

namespace mw::fuzz
{
namespace
{

/** Telephone-event packets in any order, with any clock rate and silences between them. */
class TelephoneEventTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        int reported = 0, packets = 0, silences = 0;
        TelephoneEventReceiver receiver([&](char digit, int durationMs) {
            MW_PROMISE(eventCodeOfDigit(digit) >= 0 && digitOfEventCode(eventCodeOfDigit(digit)) == digit);
            MW_PROMISE(durationMs >= 0);
            ++reported;
        });
        Bytes bytes(input);
        constexpr int rates[] { 8000, 16000, 48000, 44100, 1, 0, -8000, std::numeric_limits<int>::max() };
        receiver.setClockRate(rates[bytes.octet() & 7]);
        int64_t nowNs = 1;
        while (! bytes.isEmpty())
        {
            const auto kind = bytes.octet();
            nowNs += int64_t { kind & 0x3f } * 10'000'000;
            if ((kind & 0xc0) == 0xc0)
            {
                receiver.checkSilence(nowNs);
                ++silences;
                continue;
            }
            RtpPacket packet;
            packet.arrivalNs = nowNs;
            packet.marker = (kind & 0x40) != 0;
            packet.timestamp = (kind & 0x80) != 0 ? bytes.u32() : timestamp + bytes.u16();
            timestamp = packet.timestamp;
            const auto length = static_cast<size_t>(bytes.octet() % 9);
            packet.payload = bytes.take(length);
            receiver.packetArrived(packet);
            ++packets;
        }
        MW_PROMISE(reported <= packets + silences);
        timestamp = 0;
    }

private:
    uint32_t timestamp = 0;
};

const Registration<TelephoneEventTarget> registrationTelephoneEvent("TelephoneEvent");

} // namespace
} // namespace mw::fuzz
