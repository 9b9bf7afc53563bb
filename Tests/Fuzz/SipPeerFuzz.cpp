#include "Fuzz.h"
#include "SipBench.h"

#include <charconv>

namespace mw::fuzz
{
namespace
{

/** A peer that says anything over SIP, RTP and RTCP to a whole session, while control does what it may.

    The input is a script: steps that begin with %% and a letter at the start of a line.
    s SIP text, b SIP octets as they are, r RTP, c RTCP, a answer, j reject, h hang up, o hold, u resume, d dial the peer,
    i send digits by telephone-event, k by INFO, t let time pass (the number that follows [ms]), p a media tick. */
class SipPeerTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        bench.begin();
        auto script = textOf(input);
        constexpr int mostSteps = 40;
        for (int steps = 0; ! script.empty() && steps < mostSteps; ++steps)
        {
            const auto end = script.find("\n%%");
            perform(script.substr(0, end));
            script.remove_prefix(end == std::string_view::npos ? script.size() : end + 1);
        }
        bench.end();
    }

private:
    void perform(std::string_view step)
    {
        if (! step.starts_with("%%") || step.size() < 3)
            return;
        const auto kind = step[2];
        auto rest = step.substr(3);
        if (rest.starts_with('\n'))
            rest.remove_prefix(1);
        const std::span octets(reinterpret_cast<const uint8_t*>(rest.data()), rest.size());
        switch (kind)
        {
            case 's': bench.sipArrives(rest); break;
            case 'b': bench.octetsArrive(octets); break;
            case 'r': bench.rtpArrives(octets); break;
            case 'c': bench.rtcpArrives(octets); break;
            case 'a': bench.forEachLeg([](SipLeg& leg) { leg.answer(); }); break;
            case 'j': bench.forEachLeg([](SipLeg& leg) { leg.reject(486, "Busy Here"); }); break;
            case 'h': bench.forEachLeg([](SipLeg& leg) { leg.hangUp("hung up"); }); break;
            case 'o': bench.forEachLeg([](SipLeg& leg) { leg.hold(true); }); break;
            case 'u': bench.forEachLeg([](SipLeg& leg) { leg.hold(false); }); break;
            case 'd': bench.dialPeer(); break;
            case 'i': bench.forEachLeg([](SipLeg& leg) { leg.sendDtmf("1D#", DtmfMethod::telephoneEvent, 60, 40); }); break;
            case 'k': bench.forEachLeg([](SipLeg& leg) { leg.sendDtmf("2*", DtmfMethod::sipInfo, 60, 40); }); break;
            case 'p': bench.tick(); break;
            case 't':
            {
                uint16_t ms = 0;
                std::from_chars(rest.data(), rest.data() + rest.size(), ms);
                bench.advanceMs(ms);
                break;
            }
            default: break;
        }
    }

    SipBench bench;
};

const Registration<SipPeerTarget> registrationSipPeer("SipPeer");

} // namespace
} // namespace mw::fuzz
