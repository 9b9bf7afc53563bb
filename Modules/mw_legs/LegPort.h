#pragma once

#include "Codec.h"
#include "media/EventWatch.h"
#include "media/PacketRing.h"
#include "media/DriftCorrector.h"
#include "media/Playout.h"
#include "media/Resampler.h"
#include "media/SendPath.h"
#include "media/StreamWatch.h"
#include "media/TransportReport.h"

#include <mw_core/mw_core.h>

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** How a leg's sound is received and sent; values, checked before anything starts. */
struct LegPortConfig
{
    PlayoutConfig playout;
    int engineRateHz = 16000;      ///< [Hz] 8000, 16000, 32000 or 48000
    int maxBlockFrames = 960;      ///< largest block that pull() and push() are given [frames]
    size_t ringBytes = 65536;      ///< of each packet ring [octets]
    ResamplerQuality resampling = ResamplerQuality::fast;  ///< where the codec's rate differs from the engine's
    std::optional<uint32_t> firstTimestamp;  ///< of what is sent; unset: at random, as RFC 3550 5.1 asks

    /** @returns an error (wrong use) that names the value out of range, or nothing. */
    [[nodiscard]] Result<void> check() const;
};

/** What the leg's socket saw beside its stream, since the leg's start. A plain value. */
struct NetworkStats
{
    uint64_t strangers = 0;  ///< packets from elsewhere than the peer; not heard
    uint64_t malformed = 0;  ///< packets that are no RTP
    uint64_t notSent = 0;    ///< packets that the system did not take, as after an ICMP error
};

/** Everything known about one leg's transport, one snapshot a tick. Counters since the leg's start; plain values. */
struct LegMediaStats
{
    PlayoutStats playout;
    SendStats send;
    NetworkStats network;
    StreamStats stream;
    LossFigures losses;

    /** Adds another leg's counters; what is no counter (depth, jitter, SSRC …), `stream` and `losses` stay. */
    void add(const LegMediaStats& other) noexcept;

    /** Makes a port's figures those of its whole call: adds the counters of the port that a re-INVITE replaced, `stream` and `losses` too. */
    void goOnFrom(const LegMediaStats& former) noexcept;
};

/** One call's two directions of sound between the sip and the media thread.

    receive:  sip receive() → ring → media pull(): Playout (jitter buffer) → decode → drift → resample → block
    send:     block → media push(): resample → encode → ring → sip drainToSend()

    Thread of each member is named at its group. Owned by shared_ptr: the sip side and control hold it; the media thread
    sees a plain pointer in LegDevice's table and has let go of it before the last owner does. */
class LegPort
{
public:
    /** Sip thread (or a test). Takes all memory it will ever need. */
    LegPort(CodecPtr codec, const LegPortConfig& config);
    ~LegPort();
    LegPort(const LegPort&) = delete;
    LegPort& operator=(const LegPort&) = delete;

    [[nodiscard]] const CodecFormat& format() const noexcept { return codec->format(); }

    // ---- sip thread ------------------------------------------------------------------------------------------------

    /** Hands over one RTP packet: every packet of the stream, of whatever payload type, since the playout needs their
        sequence numbers to tell a loss. @returns false when the ring was full (it is counted) or the port dead. */
    bool receive(const RtpPacket& packet) noexcept;

    /** Calls send(const SendPacket&) for each packet that waits. */
    template <typename Send>
    int drainToSend(Send&& send) { return sendRing.drain(std::forward<Send>(send)); }

    /** The call is over: nothing is taken in or sent any more. The media thread hears silence from its next tick on. */
    void markDead() noexcept { dead.store(true, std::memory_order_release); }

    /** Counts what the socket saw beside the stream. */
    void note(const NetworkStats& more) noexcept;

    /** Keeps what RTCP told so far, for transportReport(). */
    void noteRtcp(const RtcpFigures& figures) noexcept { rtcp.publish(figures); }

    /** How the receiving side stood within the last second. @returns false before the first block */
    [[nodiscard]] bool receiverState(ReceiverState& state) const { return receiver.read(state) > 0; }

    // ---- sip or control thread --------------------------------------------------------------------------------------

    /** Direction of the sound, as SDP says (hold). */
    void setDirection(bool sending, bool receiving) noexcept;

    // ---- media thread ------------------------------------------------------------------------------------------------

    /** The leg's next block at the engine rate, full scale = 1.0; silence where there is nothing. Never fails. */
    void pull(std::span<float> block, int64_t nowNs) noexcept;

    /** What the leg is to hear, at the engine rate. */
    void push(std::span<const float> block, int64_t nowNs) noexcept;

    /** A stall of the host cost this much time: nothing was pulled or pushed for it. @param frames at the engine rate */
    void timeLost(uint64_t frames, int64_t nowNs) noexcept;

    /** The transport as of the last tick. */
    [[nodiscard]] LegMediaStats mediaStats() const noexcept;

    // ---- control, when the media thread has let go of it -----------------------------------------------------------------

    /** All that is known of the stream. */
    [[nodiscard]] TransportReport transportReport() const;

    // ---- any thread ---------------------------------------------------------------------------------------------------

    /** Delay from a packet's arrival to its block, as configured: depth and resampler [ms]. */
    [[nodiscard]] double inputLatencyMs() const noexcept { return inputLatency; }

    /** Delay from a block to the packet that carries its first sample: resampler and one packet [ms]. */
    [[nodiscard]] double outputLatencyMs() const noexcept { return outputLatency; }

    [[nodiscard]] bool isDead() const noexcept { return dead.load(std::memory_order_acquire); }

private:
    void pullPiece(std::span<float> block, int64_t nowNs) noexcept;
    void publishReceiver(int64_t nowNs) noexcept;

    CodecPtr codec;
    LegPortConfig config;
    ReceiveRing receiveRing;
    SendRing sendRing;
    std::unique_ptr<Playout> playout;
    std::unique_ptr<StreamWatch> watch;
    std::unique_ptr<EventWatch> eventWatch;
    std::unique_ptr<DriftCorrector> driftCorrector;
    std::unique_ptr<Resampler> receiveResampler;
    std::unique_ptr<SendPath> sendPath;
    std::vector<float> decoded;        ///< one block at the codec's rate
    double inputLatency = 0.0, outputLatency = 0.0;
    std::atomic<bool> dead { false };
    std::atomic<bool> sendingEnabled { true };
    std::atomic<bool> receivingEnabled { true };
    std::atomic<uint64_t> strangers { 0 }, malformed { 0 }, notSent { 0 };
    LatestValue<RtcpFigures> rtcp;       ///< sip → control
    LatestValue<ReceiverState> receiver; ///< media → sip
    int64_t receiverPublishedNs = 0;     ///< media
    bool receiverWasPublished = false;   ///< media
};

} // namespace mw
