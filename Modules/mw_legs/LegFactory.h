#pragma once

#include "LegPort.h"
#include "PacketTrace.h"
#include "SignallingTrace.h"

#include <mw_core/mw_core.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mw
{

/** Number of a call within one run, counting from 1; never used again. */
using LegId = uint32_t;

/** How a digit travels. */
enum class DtmfMethod
{
    telephoneEvent,  ///< RFC 4733
    sipInfo          ///< application/dtmf-relay in a SIP INFO
};

/** Something that happened to a call, as a value. */
struct LegEvent
{
    enum class Kind
    {
        incoming,      ///< a call rings; answer() or reject() it
        ringing,       ///< the callee rings (180/183)
        established,   ///< both sides agreed
        mediaReady,    ///< `port` carries the call's sound from now on; replaces an earlier port after a re-INVITE
        held,          ///< the peer put us on hold
        resumed,       ///< the peer took us back
        dtmf,          ///< the peer sent `digit` by `dtmfMethod`
        closed,        ///< the call is over; `sipCode` and `reason` say why; its port, if any, is dead
        registered,    ///< the account `peerUri` is registered
        registrationFailed  ///< the account `peerUri` is not, `sipCode` and `reason` say why
    };

    Kind kind = Kind::closed;
    LegId leg = 0;
    std::string peerUri;
    std::string peerName;   ///< display name or user part of peerUri
    int sipCode = 0;        ///< 0 when there was none
    std::string reason;     ///< "Busy Here", "RTP timeout (no packets for 10 s)", "Connection refused", …
    bool outgoing = false;
    bool failed = false;    ///< closed before it was established, or broken afterwards
    char digit = 0;
    int dtmfDurationMs = 0;
    DtmfMethod dtmfMethod = DtmfMethod::telephoneEvent;
    std::shared_ptr<LegPort> port;
};

/** What a factory tells of itself. */
struct FactoryFigures
{
    int timers = 0;  ///< timers that run, as of the last second: of calls, and of SIP transactions, which outlive them by 32 s
    uint64_t messagesLost = 0;  ///< signalling messages that setTrace() asked for and that could not be kept
};

/** Where legs come from: SIP in earnest, fake or recorded legs in tests. Everything here is called on the control thread
    and returns at once; what comes of it arrives as LegEvent. Without memory a member may throw std::bad_alloc, and then
    did nothing; refuseNewLegs() and stop() need none. */
class LegFactory
{
public:
    /** Called on a thread of the factory's; it must only pass the event on and never wait. */
    using EventHandler = std::function<void(LegEvent)>;

    virtual ~LegFactory() = default;

    /** Begins to listen. @returns an error with its cause (port in use, unusable address), and then nothing was started. */
    [[nodiscard]] virtual Result<void> start(EventHandler handler) = 0;

    /** Refuses new calls, hangs up all others with BYE or CANCEL, waits at most `graceMs` for the peers, and joins.
        Every LegPort taken from it must have been let go by the media thread before. Can be followed by start(). */
    virtual void stop(int graceMs) = 0;

    /** From now on incoming calls are answered with 486 and dial() fails: the first step of a shutdown. */
    virtual void refuseNewLegs() = 0;

    /** Address that peers call: "sip:127.0.0.1:5060". Empty before start(). */
    [[nodiscard]] virtual std::string localUri() const = 0;

    /** Calls a URI. @returns the leg's number; failures that are known only later arrive as `closed`. */
    [[nodiscard]] virtual Result<LegId> dial(const std::string& uri) = 0;

    virtual void answer(LegId leg) = 0;

    /** @param sipCode 400…699 */
    virtual void reject(LegId leg, int sipCode, const std::string& reason) = 0;
    virtual void hangUp(LegId leg) = 0;
    virtual void hold(LegId leg, bool onHold) = 0;

    /** Sends digits in order. @param digits 0-9 A-D * #, already validated
        @param onMs, offMs duration of each digit and of the pause after it [ms] */
    virtual void sendDtmf(LegId leg, const std::string& digits, DtmfMethod method, int onMs, int offMs) = 0;

    /** Any thread. */
    [[nodiscard]] virtual FactoryFigures figures() const noexcept { return {}; }

    /** From now on the signalling messages of all calls are kept for takeTrace(), or no more. Off at first. */
    virtual void setTrace(bool) {}

    /** The messages since it was called last, in the order in which they passed; those of a call may come before its first
        event. */
    [[nodiscard]] virtual std::vector<SignallingMessage> takeTrace() { return {}; }

    /** Before start(): packets of all calls are copied into this from then on; null, as at first: they are not. */
    virtual void setPacketTrace(std::shared_ptr<PacketTrace>) {}

    /** Media thread, once after each tick: packets wait in the legs' send rings. One wake-up, no lock.
        @param nextTickNs when the next tick is due, on the engine clock [ns]; 0: not known */
    virtual void tickDone(int64_t nextTickNs) noexcept = 0;
};

} // namespace mw
