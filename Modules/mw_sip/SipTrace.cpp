#include "SipTrace.h"

#include "WireTap.h"
#include "WithoutThrowing.h"

#include <algorithm>
#include <utility>

namespace mw
{

namespace
{
std::string_view viewOf(const struct pl& part) { return part.p == nullptr ? std::string_view() : std::string_view(part.p, part.l); }

std::string firstLineOf(std::string_view octets)
{
    constexpr size_t longest = 512;
    return std::string(octets.substr(0, std::min(octets.find_first_of("\r\n"), longest)));
}

std::string addressText(const struct sa* address)
{
    std::array<char, 80> text {};
    if (address == nullptr || ::re_snprintf(text.data(), text.size(), "%J", address) < 0)
        return {};
    return text.data();
}
} // namespace

SipTrace::SipTrace(SignallingTrace& destination, const Clock& clockToUse, std::function<Ends(std::string_view)> ends,
                   std::function<bool(LegId)> legIsOpen, size_t callsToKnow, PacketTrace* packetsToo)
    : out(destination), clock(clockToUse), openEnds(std::move(ends)), isOpen(std::move(legIsOpen)), mostCalls(callsToKnow), packets(packetsToo)
{
}

void SipTrace::passed(bool sent, enum sip_transp transport, const struct sa* from, const struct sa* to,
                      const struct sip_msg& message, std::string_view octets) noexcept
{
    withoutThrowing([&] { take(sent, transport, from, to, message, octets); }, [this] { out.countLost(); });
}

void SipTrace::take(bool sent, enum sip_transp transport, const struct sa* from, const struct sa* to, const struct sip_msg& message,
                    std::string_view octets)
{
    // Our end is the one that wrote the request, or that the answer goes to.
    const auto weAreFrom = message.req == sent;
    auto* call = callOf(weAreFrom, message);
    if (call == nullptr)
        return;
    const auto callerIsFrom = viewOf(message.from.tag) == call->callerTag;
    const auto side = weAreFrom == callerIsFrom ? caller : callee;

    SignallingMessage seen;
    seen.timeNs = clock.nowNs();
    seen.sent = sent;
    seen.transport = ::sip_transp_name(transport);
    seen.peer = addressText(sent ? to : from);
    seen.from = packetEndOf(from);
    seen.to = packetEndOf(to);
    seen.startLine = firstLineOf(octets);
    seen.method = viewOf(message.req ? message.met : message.cseq.met);
    seen.cut = octets.size() > SignallingMessage::longestText;
    seen.text = octets.substr(0, SignallingMessage::longestText);
    if (const auto leg = call->legs[side]; leg != 0)
        post(leg, std::move(seen));
    else if (call->waiting.size() < mostWaiting)
        call->waiting.emplace_back(side, std::move(seen));
    else
        out.countLost();
}

/** The call of a message, which begins with it where it is a new one's INVITE; null where it is of no call. */
SipTrace::Call* SipTrace::callOf(bool weAreFrom, const struct sip_msg& message)
{
    const auto callId = viewOf(message.callid);
    if (const auto known = calls.find(callId); known != calls.end())
        return &known->second;
    const auto ends = openEnds(callId);
    const auto begins = message.req && ::pl_strcmp(&message.met, "INVITE") == 0;
    if (ends.caller == 0 && ends.callee == 0 && ! begins)
        return nullptr;
    makeRoom();
    order.emplace_back(callId);
    auto& call = calls[order.back()];
    call.legs = { ends.caller, ends.callee };
    // Of a call that ran before its messages were asked for: who of the two is ours tells who of them called.
    const auto onlyOneIsOurs = (ends.caller != 0) != (ends.callee != 0);
    const auto callerIsFrom = ! onlyOneIsOurs || weAreFrom == (ends.caller != 0);
    call.callerTag = viewOf(callerIsFrom ? message.from.tag : message.to.tag);
    return &call;
}

void SipTrace::bind(const char* callId, bool outgoing, LegId leg) noexcept
{
    if (callId == nullptr || ! isOn())
        return;
    const auto found = calls.find(std::string_view(callId));
    if (found == calls.end())
        return;
    auto& call = found->second;
    const auto side = outgoing ? caller : callee;
    call.legs[side] = leg;
    for (auto& [waitsFor, message] : call.waiting)
        if (waitsFor == side)
            withoutThrowing([&] { post(leg, std::move(message)); }, [this] { out.countLost(); });
    std::erase_if(call.waiting, [side](const auto& entry) { return entry.first == side; });
}

void SipTrace::post(LegId leg, SignallingMessage message)
{
    message.leg = leg;
    if (packets != nullptr)
    {
        TracedPacket packet;
        packet.timeNs = message.timeNs;
        packet.leg = leg;
        packet.kind = TracedPacket::Kind::sip;
        packet.sent = message.sent;
        packet.wasStream = message.transport != "UDP";
        packet.cut = message.cut;
        packet.from = message.from;
        packet.to = message.to;
        packets->post(packet, { reinterpret_cast<const uint8_t*>(message.text.data()), message.text.size() });
    }
    if (out.isOn())
        out.post(std::move(message));
}

/** Lets go of the oldest call without a leg when there are too many of these, and of calls that are over when there are too
    many of all. */
void SipTrace::makeRoom()
{
    const auto unbound = std::count_if(calls.begin(), calls.end(), [](const auto& each) { return ! each.second.isBound(); });
    const auto letGo = [this](auto may) {
        // One of the order alone had no memory to become more.
        const auto oldest = std::find_if(order.begin(), order.end(), [&](const auto& id) {
            const auto call = calls.find(id);
            return call == calls.end() || may(call->second);
        });
        if (oldest == order.end())
            return;
        if (const auto call = calls.find(*oldest); call != calls.end())
        {
            out.countLost(call->second.waiting.size());
            calls.erase(call);
        }
        order.erase(oldest);
    };
    if (std::cmp_greater_equal(unbound, mostUnbound))
        letGo([](const Call& call) { return ! call.isBound(); });
    if (calls.size() >= mostCalls)
        letGo([this](const Call& call) { return ! isOpen(call.legs[caller]) && ! isOpen(call.legs[callee]); });
}

} // namespace mw
