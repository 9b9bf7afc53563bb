#include "Buffer.h"

#include <algorithm>

namespace mw::fuzz
{
namespace
{

/** Encrypted packets: what a stranger made up, and what a peer sent rightly and the way has damaged. */
class SrtpTarget final : public Target
{
public:
    SrtpTarget() { MW_PROMISE(::libre_init() == 0); }
    ~SrtpTarget() override { ::libre_close(); }

    void run(std::span<const uint8_t> input) override
    {
        Bytes bytes(input);
        const auto choice = bytes.octet();
        constexpr enum srtp_suite suites[] { SRTP_AES_CM_128_HMAC_SHA1_32, SRTP_AES_CM_128_HMAC_SHA1_80,
                                             SRTP_AES_256_CM_HMAC_SHA1_80, SRTP_AES_128_GCM };
        constexpr size_t keyLengths[] { 30, 30, 46, 28 };
        const auto suite = choice & 3u;
        const auto sender = makeContext(suites[suite], keyLengths[suite]);
        const auto receiver = makeContext(suites[suite], keyLengths[suite]);
        for (int steps = 0; ! bytes.isEmpty() && steps < 32; ++steps)
        {
            const auto kind = bytes.octet();
            const auto damageAt = bytes.octet(), damage = bytes.octet();
            const auto content = bytes.take(size_t { bytes.octet() });
            const auto packet = bufferOf(content, 512);
            const auto isRtcp = (kind & 1) != 0;
            const auto wasEncrypted = (kind & 2) != 0
                                   && (isRtcp ? ::srtcp_encrypt(sender.get(), packet.get()) : ::srtp_encrypt(sender.get(), packet.get())) == 0;
            const auto damaged = damage != 0 && damageAt < packet->end;
            if (damaged)
                packet->buf[damageAt] = static_cast<uint8_t>(packet->buf[damageAt] ^ damage);
            const auto accepted = (isRtcp ? ::srtcp_decrypt(receiver.get(), packet.get()) : ::srtp_decrypt(receiver.get(), packet.get())) == 0;
            MW_PROMISE(packet->pos <= packet->end && packet->end <= packet->size);
            // That no forgery is accepted cannot be promised here: libFuzzer reads the right tag where it is compared. And libre
            // 2.0.1 takes SRTCP of an AEAD suite that says it is not encrypted (E bit 0) unchecked, see srtcp_decrypt().
            if (accepted && wasEncrypted && ! damaged)
                MW_PROMISE(packet->end == content.size() && std::equal(content.begin(), content.end(), packet->buf));
        }
    }

private:
    static RePtr<struct srtp> makeContext(enum srtp_suite suite, size_t keyLength)
    {
        uint8_t key[46];
        for (size_t i = 0; i < sizeof key; ++i)
            key[i] = static_cast<uint8_t>(i * 7 + 1);
        struct srtp* made = nullptr;
        MW_PROMISE(::srtp_alloc(&made, suite, key, keyLength, 0) == 0);
        return RePtr<struct srtp>(made);
    }
};

const Registration<SrtpTarget> registrationSrtp("Srtp");

} // namespace
} // namespace mw::fuzz
