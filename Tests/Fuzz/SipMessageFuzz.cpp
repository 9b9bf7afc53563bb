#include "Buffer.h"

namespace mw::fuzz
{
namespace
{

bool lies(const struct pl& part, const struct mbuf& buffer)
{
    const auto* first = reinterpret_cast<const char*>(buffer.buf);
    return part.p == nullptr || part.l == 0 || (part.p >= first && part.p + part.l <= first + buffer.end);
}

/** One SIP message through libre's decoder, and every header through the decoder that the stack would use on it. */
class SipMessageTarget final : public Target
{
public:
    SipMessageTarget() { MW_PROMISE(::libre_init() == 0); }
    ~SipMessageTarget() override { ::libre_close(); }

    void run(std::span<const uint8_t> input) override
    {
        const auto buffer = bufferOf(input);
        struct sip_msg* decoded = nullptr;
        if (::sip_msg_decode(&decoded, buffer.get()) != 0)
        {
            MW_PROMISE(decoded == nullptr);
            return;
        }
        const RePtr<struct sip_msg> message(decoded);
        MW_PROMISE(lies(message->callid, *buffer) && lies(message->met, *buffer) && lies(message->reason, *buffer));
        MW_PROMISE(lies(message->ruri, *buffer) && lies(message->from.tag, *buffer) && lies(message->to.tag, *buffer));
        MW_PROMISE(lies(message->via.branch, *buffer) && lies(message->cseq.met, *buffer));
        MW_PROMISE(buffer->pos <= buffer->end);

        ::sip_msg_hdr_apply(message.get(), true, SIP_HDR_NONE, nullptr, nullptr);
        for (auto* element = ::list_head(&message->hdrl); element != nullptr; element = element->next)
        {
            const auto& header = *static_cast<const struct sip_hdr*>(element->data);
            MW_PROMISE(lies(header.name, *buffer) && lies(header.val, *buffer));
            readHeader(header);
        }
        for (const auto id : { SIP_HDR_SUPPORTED, SIP_HDR_REQUIRE, SIP_HDR_ALLOW })
        {
            static_cast<void>(::sip_msg_hdr_has_value(message.get(), id, "100rel"));
            static_cast<void>(::sip_msg_hdr_count(message.get(), id));
        }
        static_cast<void>(::sip_msg_xhdr(message.get(), "Session-Expires"));
        static_cast<void>(::msg_ctype_cmp(&message->ctyp, "application", "sdp"));
        if (message->req)
        {
            // A dialog as a callee would make it.
            struct sip_dialog* made = nullptr;
            if (::sip_dialog_accept(&made, message.get()) == 0)
            {
                const RePtr<struct sip_dialog> dialog(made);
                static_cast<void>(::sip_dialog_cmp(dialog.get(), message.get()));
                static_cast<void>(::sip_dialog_update(dialog.get(), message.get()));
            }
        }
    }

private:
    static void readHeader(const struct sip_hdr& header)
    {
        struct sip_addr address {};
        if (::sip_addr_decode(&address, &header.val) == 0)
        {
            struct pl value {};
            for (const auto* name : { "tag", "expires", "q" })
                if (::msg_param_decode(&address.params, name, &value) == 0)
                    static_cast<void>(::pl_u32(&value));
            struct pl wanted {};
            ::pl_set_str(&wanted, "transport");
            static_cast<void>(::uri_param_get(&address.uri.params, &wanted, &value));
            char* text = nullptr;
            if (::re_sdprintf(&text, "%H %H", ::uri_encode, &address.uri, ::uri_user_unescape, &address.uri.user) == 0)
                ::mem_deref(text);
        }
        struct sip_via via {};
        static_cast<void>(::sip_via_decode(&via, &header.val));
        struct sip_cseq sequence {};
        static_cast<void>(::sip_cseq_decode(&sequence, &header.val));
        struct msg_ctype type {};
        static_cast<void>(::msg_ctype_decode(&type, &header.val));
        answerChallenge(header);
    }

    static void answerChallenge(const struct sip_hdr& header)
    {
        struct httpauth_digest_chall challenge {};
        if (::httpauth_digest_challenge_decode(&challenge, &header.val) != 0)
            return;
        struct httpauth_digest_resp* made = nullptr;
        if (::httpauth_digest_make_response(&made, &challenge, "sip:b@127.0.0.1", "REGISTER", "user", "word", nullptr) != 0)
            return;
        const RePtr<struct httpauth_digest_resp> response(made);
        const RePtr<struct mbuf> text(::mbuf_alloc(64));
        static_cast<void>(::httpauth_digest_response_encode(response.get(), text.get()));
    }
};

const Registration<SipMessageTarget> registrationSipMessage("SipMessage");

} // namespace
} // namespace mw::fuzz
