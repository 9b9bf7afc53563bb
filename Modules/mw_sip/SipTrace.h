#pragma once

#include "adapter/SipHeaders.h"

#include <mw_legs/mw_legs.h>

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mw
{

/** Gives each signalling message to the leg of its call, by Call-ID. A call to ourselves has both its ends under one Call-ID;
    the caller's tag tells them apart. What passes before a leg has its number (the INVITE that makes it) waits for it.
    Everything is bounded; what had to be let go is counted. Sip thread only. */
class SipTrace
{
public:
    /** The ends of a call that are legs now, 0 where there is none. */
    struct Ends
    {
        LegId caller = 0, callee = 0;
    };

    /** @param openEnds for calls that began before anybody asked for their messages
        @param isOpen whether a leg is not over
        @param mostCalls how many calls are known at once; those that are over are forgotten first
        @param packets takes each message as a packet too; null: it is not wanted */
    SipTrace(SignallingTrace& destination, const Clock& clock, std::function<Ends(std::string_view callId)> openEnds,
             std::function<bool(LegId)> isOpen, size_t mostCalls, PacketTrace* packets = nullptr);

    [[nodiscard]] bool isOn() const noexcept { return out.isOn() || packets != nullptr; }

    /** A message on its way in or out. */
    void passed(bool sent, enum sip_transp transport, const struct sa* from, const struct sa* to, const struct sip_msg& message,
                std::string_view octets) noexcept;

    /** The leg of one end of a call is known now. @param callId may be null, and then nothing happens */
    void bind(const char* callId, bool outgoing, LegId leg) noexcept;

private:
    static constexpr size_t mostWaiting = 16;  ///< messages of one call that has no leg yet
    static constexpr size_t mostUnbound = 64;  ///< calls that have no leg yet

    enum Side : size_t { caller, callee };

    struct Call
    {
        std::string callerTag;
        std::array<LegId, 2> legs {};  ///< by Side, 0 while unknown
        std::vector<std::pair<Side, SignallingMessage>> waiting;
        [[nodiscard]] bool isBound() const noexcept { return legs[caller] != 0 || legs[callee] != 0; }
    };
    using Calls = std::map<std::string, Call, std::less<>>;

    void take(bool sent, enum sip_transp transport, const struct sa* from, const struct sa* to, const struct sip_msg& message,
              std::string_view octets);
    [[nodiscard]] Call* callOf(bool weAreFrom, const struct sip_msg& message);
    void makeRoom();
    void post(LegId leg, SignallingMessage message);

    SignallingTrace& out;
    const Clock& clock;
    const std::function<Ends(std::string_view)> openEnds;
    const std::function<bool(LegId)> isOpen;
    const size_t mostCalls;
    PacketTrace* const packets;
    Calls calls;
    std::deque<std::string> order;  ///< Call-IDs, oldest first
};

} // namespace mw
