#include "Fuzz.h"
#include "SipBench.h"

namespace mw::fuzz
{
namespace
{

/** RTCP datagrams, compound ones too, to a socket that runs an RTCP session as baresip's streams do, with RTP between them
    so that there are members to report on. Steps: a length, then so many octets; length 0 is a second of time. */
class RtcpTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        bench.network().reset();
        Bytes bytes(input);
        struct sa local {}, peer {};
        MW_PROMISE(::sa_set_str(&local, "127.0.0.1", 0) == 0 && ::sa_set_str(&peer, "127.0.0.1", SipBench::peerRtpPort + 1) == 0);
        struct rtp_sock* rtp = nullptr;
        MW_PROMISE(::rtp_listen(&rtp, IPPROTO_UDP, &local, 20000, 49999, true, heard, heardRtcp, this) == 0);
        const RePtr<struct rtp_sock> owner(rtp);
        ::rtcp_set_srate(rtp, 8000, 8000);
        ::rtcp_start(rtp, "us", &peer);
        const auto rtpDescriptor = adapter::descriptorOf(static_cast<struct udp_sock*>(::rtp_sock(rtp)), AF_INET);
        const auto rtcpDescriptor = adapter::descriptorOf(static_cast<struct udp_sock*>(::rtcp_sock(rtp)), AF_INET);

        for (uint8_t i = 0; i < 3; ++i)
        {
            const uint8_t packet[] { 0x80, 0, 0, i, 0, 0, i, 0, 0, 0, 0, 7, 1, 2, 3 };
            bench.network().deliver(rtpDescriptor, SipBench::peerRtpPort, packet);
        }
        for (int steps = 0; ! bytes.isEmpty() && steps < 32; ++steps)
        {
            const auto length = bytes.octet();
            if (length == 0)
                bench.network().advanceMs(1000);
            else
                bench.network().deliver(rtcpDescriptor, SipBench::peerRtpPort + 1, bytes.take(length));
            bench.network().run();
        }
        struct rtcp_stats figures {};
        static_cast<void>(::rtcp_stats(rtp, 7, &figures));
        bench.network().advanceMs(6000);  // our own report is due
        bench.network().run();
        static_cast<void>(bench.network().takeSent());
    }

private:
    static void heard(const struct sa*, const struct rtp_header*, struct mbuf*, void*) noexcept {}

    static void heardRtcp(const struct sa*, struct rtcp_msg* message, void*) noexcept
    {
        MW_PROMISE(message != nullptr && message->hdr.version == 2);
        char* text = nullptr;
        if (::re_sdprintf(&text, "%H", ::rtcp_msg_print, message) == 0)
            ::mem_deref(text);
    }

    SipBench bench;  ///< libre, running
};

const Registration<RtcpTarget> registrationRtcp("Rtcp");

} // namespace
} // namespace mw::fuzz
