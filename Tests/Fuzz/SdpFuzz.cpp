#include "Buffer.h"
#include "SipBench.h"

namespace mw::fuzz
{
namespace
{

/** SDP through libre's decoder into a session with our formats; the answer is written, and read as a peer would read it. */
class SdpTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        Bytes bytes(input);
        const auto isOffer = (bytes.octet() & 1) == 0;
        const auto text = bytes.rest();

        bench.network().reset();
        const auto ours = makeSession();
        const auto decoded = decode(*ours.session, text, isOffer);
        look(*ours.media);
        if (decoded != 0)
            return;

        // Twice: a later offer in the same dialog finds the formats of the first.
        static_cast<void>(decode(*ours.session, text, isOffer));
        struct mbuf* written = nullptr;
        if (::sdp_encode(&written, ours.session.get(), ! isOffer) != 0)
            return;
        const RePtr<struct mbuf> answer(written);
        const auto peer = makeSession();
        answer->pos = 0;
        if (::sdp_decode(peer.session.get(), answer.get(), ! isOffer) == 0)  // an answer to IPv6 is none to our IPv4
            look(*peer.media);
    }

private:
    struct Session
    {
        RePtr<struct sdp_session> session;
        struct sdp_media* media = nullptr;
    };

    static Session makeSession()
    {
        Session made;
        struct sa address {};
        MW_PROMISE(::sa_set_str(&address, "127.0.0.1", 6000) == 0);
        struct sdp_session* session = nullptr;
        MW_PROMISE(::sdp_session_alloc(&session, &address) == 0);
        made.session.reset(session);
        MW_PROMISE(::sdp_media_add(&made.media, session, "audio", 6000, "RTP/AVP") == 0);
        for (auto* element = ::list_head(::baresip_aucodecl()); element != nullptr; element = element->next)
        {
            const auto& codec = *static_cast<const struct aucodec*>(element->data);
            MW_PROMISE(::sdp_format_add(nullptr, made.media, false, codec.pt, codec.name, codec.crate, codec.pch, codec.fmtp_ench,
                                        codec.fmtp_cmph, element->data, false, "%s", codec.fmtp) == 0);
        }
        MW_PROMISE(::sdp_format_add(nullptr, made.media, false, nullptr, "telephone-event", 8000, 1, nullptr, nullptr, nullptr, false, "0-15") == 0);
        return made;
    }

    static int decode(struct sdp_session& session, std::span<const uint8_t> text, bool isOffer)
    {
        const auto buffer = bufferOf(text);
        return ::sdp_decode(&session, buffer.get(), isOffer);
    }

    /** All that a leg reads of it. */
    static void look(struct sdp_media& media)
    {
        for (const auto local : { false, true })
            for (auto* element = ::list_head(::sdp_media_format_lst(&media, local)); element != nullptr; element = element->next)
            {
                const auto& format = *static_cast<const struct sdp_format*>(element->data);
                MW_PROMISE(format.id != nullptr);
                if (! format.sup || format.data == nullptr)
                    continue;
                const auto& codec = *static_cast<const struct aucodec*>(format.data);
                MW_PROMISE(codec.srate > 0 && codec.crate > 0);
            }
        static_cast<void>(::sdp_media_format(&media, false, nullptr, -1, "telephone-event", -1, -1));
        struct sa rtcp {};
        ::sdp_media_raddr_rtcp(&media, &rtcp);
        static_cast<void>(::sdp_media_rdir(&media));
        static_cast<void>(::sdp_media_rattr(&media, "ptime"));
        static_cast<void>(::sdp_media_rattr(&media, "crypto"));
    }

    SipBench bench;  ///< its codecs
};

const Registration<SdpTarget> registrationSdp("Sdp");

} // namespace
} // namespace mw::fuzz
