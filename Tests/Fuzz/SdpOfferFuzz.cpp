#include "Fuzz.h"
#include "SipBench.h"

namespace mw::fuzz
{
namespace
{

constexpr std::string_view head = "From: <sip:a@127.0.0.1>;tag=1\nTo: <sip:b@127.0.0.1:$S>$X\nCall-ID: c1\nContact: <sip:a@127.0.0.1:$P>\n"
                                  "Max-Forwards: 9\n";

/** Any SDP as the offer of a call that is answered, then as a re-INVITE's; or, with an odd first octet, as the answer to our
    own offer. Whatever was agreed is played and spoken through. */
class SdpOfferTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        Bytes bytes(input);
        const auto choice = bytes.octet();
        const std::string body(textOf(bytes.rest()));
        auto& peer = (choice & 2) != 0 ? *encrypted() : *plain();
        peer.begin();
        if ((choice & 1) != 0)
            answerOurs(peer, body);
        else
            offer(peer, body);
        peer.end();
    }

private:
    /** One session in a process at a time, so changing the kind costs a restart. */
    SipBench* plain()
    {
        if (bench == nullptr || isEncrypted)
        {
            bench.reset();
            bench = std::make_unique<SipBench>();
            isEncrypted = false;
        }
        return bench.get();
    }

    SipBench* encrypted()
    {
        if (bench == nullptr || ! isEncrypted)
        {
            bench.reset();
            bench = std::make_unique<SipBench>("srtp-mand");
            isEncrypted = true;
        }
        return bench.get();
    }

    static std::string request(const char* method, const std::string& sequence, bool inDialog, const std::string& body)
    {
        auto text = std::string(method) + " sip:b@127.0.0.1:$S SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:$P;branch=z9hG4bK" + sequence + method
                  + "\n" + std::string(head) + "CSeq: " + sequence + " " + method + "\nContent-Type: application/sdp\nContent-Length: $B\n\n";
        const auto place = text.find("$X");
        text.replace(place, 2, inDialog ? ";tag=$T" : "");
        return text + body;
    }

    static void sound(SipBench& peer)
    {
        std::vector<uint8_t> packet(12 + 160, 0x55);
        for (uint8_t i = 0; i < 4; ++i)
        {
            packet[0] = 0x80;
            packet[1] = static_cast<uint8_t>(i * 8);  // PCMU, PCMA, and two that may be agreed on or not
            packet[2] = 0;
            packet[3] = i;
            peer.rtpArrives(packet);
            peer.tick();
        }
    }

    static void offer(SipBench& peer, const std::string& body)
    {
        peer.sipArrives(request("INVITE", "1", false, body));
        peer.forEachLeg([](SipLeg& leg) { leg.answer(); });
        peer.sipArrives(request("ACK", "1", true, {}));
        sound(peer);
        peer.sipArrives(request("INVITE", "2", true, body));
        peer.sipArrives(request("ACK", "2", true, {}));
        sound(peer);
        peer.sipArrives(request("BYE", "3", true, {}));
    }

    static void answerOurs(SipBench& peer, const std::string& body)
    {
        peer.dialPeer();
        peer.sipArrives("SIP/2.0 200 OK\nVia: $V\nFrom: $F\nTo: $O;tag=9\nCall-ID: $C\nCSeq: $N $M\nContact: <sip:p@127.0.0.1:$P>\n"
                         "Content-Type: application/sdp\nContent-Length: $B\n\n" + body);
        sound(peer);
    }

    std::unique_ptr<SipBench> bench;
    bool isEncrypted = false;
};

const Registration<SdpOfferTarget> registrationSdpOffer("SdpOffer");

} // namespace
} // namespace mw::fuzz
