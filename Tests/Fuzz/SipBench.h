#pragma once

#include "SipWire.h"

#include <mw_sip/SipSession.h>

#include <atomic>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw::fuzz
{

/** A whole SIP session (SipSession: libre, baresip, legs, codecs) on this thread, behind a SipWire, on a manual clock. It
    stands for the sip thread, the media thread and control at once.

    After each input all calls are hung up and all transactions run out, so that the next finds it as it was. */
class SipBench
{
public:
    static constexpr uint16_t peerPort = 5999, peerRtpPort = 6000;
    static constexpr int engineRateHz = 16000, blockFrames = 320;  ///< 20 ms

    explicit SipBench(const std::string& mediaEncryption = {});
    ~SipBench();
    SipBench(const SipBench&) = delete;
    SipBench& operator=(const SipBench&) = delete;

    void begin();
    void end();

    /** One SIP datagram from the peer. A lone line feed becomes CRLF, and what stands for something only the run knows is
        replaced: $T our tag, $V $F $O $C $N $M Via, From, To, Call-ID, CSeq number and method of our last request,
        $B length of the body, $P the peer's port, $S ours. */
    void sipArrives(std::string_view text);

    /** The same without any replacement. */
    void octetsArrive(std::span<const uint8_t> octets);

    /** A packet from the peer's RTP or RTCP port to the port that our last SDP named; nothing when there was none. */
    void rtpArrives(std::span<const uint8_t> octets);
    void rtcpArrives(std::span<const uint8_t> octets);

    void advanceMs(int ms);

    /** One tick of the media thread: every port is pulled and pushed. */
    void tick();

    void dialPeer();
    void forEachLeg(const std::function<void(SipLeg&)>& act);

    [[nodiscard]] SipSession& session() noexcept { return *running; }
    [[nodiscard]] const std::shared_ptr<SipCodecs>& codecMaker() const noexcept { return codecs; }
    [[nodiscard]] const std::shared_ptr<ManualClock>& engineClock() const noexcept { return clock; }
    [[nodiscard]] SipWire& network() noexcept { return wire; }

    /** Runs the event loop, then looks at what was sent and reported. */
    void run();

private:
    void note(const LegEvent& event);
    void look(const std::vector<SipWire::Datagram>& sent);
    [[nodiscard]] std::string replaced(std::string_view text) const;

    const ScopedThreadRole role { ThreadRole::sip };
    SipWire wire;
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'000'000'000);
    std::shared_ptr<Closures> closures = std::make_shared<Closures>();
    std::shared_ptr<SipCodecs> codecs = std::make_shared<SipCodecs>();  ///< for those that no call has
    SipConfig config;
    std::atomic<bool> refusing { false };
    std::atomic<LegId> nextLeg { 1 };
    std::atomic<int> stopGraceMs { -1 }, timers { 0 };
    std::atomic<int64_t> nextTick { 0 };
    SignallingTrace trace;
    int wakeFd = -1;
    std::unique_ptr<SipSession> running;
    int sipDescriptor = -1;
    uint16_t sipPort = 0;
    int descriptorsAtRest = 0;  ///< what is free when no call is open

    LegId firstLeg = 1;
    uint16_t mediaPort = 0;            ///< as our last SDP says
    std::map<char, std::string> known; ///< what $X stands for
    std::map<LegId, std::shared_ptr<LegPort>> ports;
    std::map<LegId, int> closings;
    std::vector<float> block = std::vector<float>(blockFrames);
};

} // namespace mw::fuzz
