#pragma once

#include "MediaSeam.h"
#include "ReachabilityProbe.h"
#include "SipCodec.h"
#include "SipStack.h"
#include "TelephoneEvents.h"

#include <map>
#include <memory>
#include <string>

namespace mw
{

/** What a leg needs of its stack. Sip thread. */
struct LegServices
{
    const SipConfig& config;
    Clock& clock;
    MediaSeams& seams;
    SipCodecs& codecs;
    struct mbuf& sendScratch;
    std::function<void(LegEvent)> report;
    std::function<void(const std::string&)> log;
};

/** One call: baresip's call object, our media on its socket, and what is told of both. Sip thread only.

    It holds baresip's one reference to the call and gives it back when the call ends; isOver() then says that the stack
    may free the leg. */
class SipLeg final : private MediaReceiver
{
public:
    SipLeg(LegId id, LegServices& services, bool isOutgoing);
    ~SipLeg() override;
    SipLeg(const SipLeg&) = delete;
    SipLeg& operator=(const SipLeg&) = delete;

    [[nodiscard]] LegId id() const noexcept { return number; }
    [[nodiscard]] bool isOver() const noexcept { return over; }
    [[nodiscard]] bool isOutgoing() const noexcept { return outgoing; }
    [[nodiscard]] struct call* baresipCall() const noexcept { return call; }

    /** Takes a call that rings. */
    void takeIncoming(struct call* ringing);

    /** Places a call. @param proxy the outbound proxy that it will go to, may be empty */
    void dial(struct ua* agent, const std::string& uri, const std::string& proxy);

    void answer();
    void reject(int sipCode, const std::string& reason);
    void hangUp(const std::string& reason);

    /** There was no memory for something that the call needs: it ends, with 500 or BYE, and the others go on. Not from
        within a handler of baresip's that goes on with the call. */
    void giveUp() noexcept;
    void hold(bool onHold);
    void sendDtmf(const std::string& digits, DtmfMethod method, int onMs, int offMs);

    /** A SIP INFO for this call is about to be handled by baresip, which takes one that was sent again for another.
        @param cseq its number @param sender the tag of From: a call to ourselves has two that count @param durationMs as it says [ms] */
    void infoAnnounced(uint32_t cseq, const std::string& sender, int durationMs);

    /** Sends what waits in the port. */
    void drain();

    /** Timers that are not baresip's: no answer, no packets. @param nowNs engine clock [ns] */
    void check(int64_t nowNs) noexcept;

    /** Whether its end was told; false when there was no memory to say so. */
    [[nodiscard]] bool isEndTold() const noexcept { return ! over || endTold; }

    /** Tells an end that could not be told when it came. */
    void tellEnd() noexcept;

private:
    // MediaReceiver
    void packetArrived(const RtpPacket& packet) override;
    void packetRefused() override;
    void rtcpPassed(const RtcpFigures& figures) override;
    [[nodiscard]] bool receiverState(ReceiverState& state) override;
    void mediaNegotiated() override;
    void mediaGone() override;

    static void callEvent(struct call* which, enum call_event kind, const char* text, void* self) noexcept;
    static void callDigit(struct call* which, char key, void* self) noexcept;
    void established();
    void ended(const std::string& text);
    void close(int sipCode, std::string reason, bool failed) noexcept;
    void checkTimes(int64_t nowNs);
    template <typename Work> void orGiveUp(Work work) noexcept;
    void attachMedia();
    void noteNetwork();
    [[nodiscard]] LegPortConfig configOfNextPort() const;
    [[nodiscard]] bool makePort(std::string& why);
    void readDirections();
    void applyDirections();
    [[nodiscard]] LegEvent event(LegEvent::Kind kind) const;
    void fetchPeer();

    const LegId number;
    LegServices& services;
    struct call* call = nullptr;
    MediaSeam* seam = nullptr;
    std::shared_ptr<LegPort> port;
    CodecFormat portFormat;
    std::string portParameters;
    std::string peerUri, peerName;
    const bool outgoing;
    bool isEstablished = false, over = false, endTold = false;
    int endCode = 0;             ///< what the end is to be told with, once it is over
    bool endFailed = false;
    bool wantsMemory = false;    ///< given up at the next check(): not inside baresip's handlers, which go on with the call
    std::string endReason;
    bool heldByUs = false, heldByPeer = false, peerSends = true;
    int64_t startedNs = 0, heardNs = 0;
    int eventPayloadType = -1;
    uint32_t sentTimestamp = 0;  ///< of the last packet of audio
    int64_t sentNs = 0;          ///< when it left [ns]; 0: none did
    uint64_t sendFailures = 0;
    NetworkStats noted;          ///< what the port was told of already

    ReachabilityProbe probe;
    TelephoneEventReceiver eventReceiver;
    DtmfSender dtmfSender;
    bool infoIsNext = false;     ///< the next digit that baresip reports is an INFO's
    int infoDurationMs = 0;
    std::map<std::string, uint32_t> highestInfo;  ///< CSeq number, by sender
};

} // namespace mw
