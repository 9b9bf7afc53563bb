#pragma once

#include "KernelTime.h"
#include "MediaSockets.h"
#include "RtcpJitter.h"
#include "RtcpWatch.h"
#include "WireTap.h"
#include "adapter/StackAdapter.h"

#include <mw_legs/mw_legs.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace mw
{

class MediaSeam;

/** Who traces packets of media sockets, and our address. */
struct MediaTrace
{
    PacketTrace* packets = nullptr;  ///< null: nobody
    PacketEnd localHost;
};

/** Who takes what arrives on one call's media socket. Sip thread. */
class MediaReceiver
{
public:
    virtual ~MediaReceiver() = default;

    /** A whole RTP packet from the negotiated peer; its payload is only lent. */
    virtual void packetArrived(const RtpPacket& packet) = 0;

    /** A packet that is not the peer's, or no RTP; it is dropped. */
    virtual void packetRefused() {}

    /** RTCP told something new. */
    virtual void rtcpPassed(const RtcpFigures&) {}

    /** How the peer's stream arrives, for the reports that leave. @returns false when it is not known yet */
    [[nodiscard]] virtual bool receiverState(ReceiverState&) { return false; }

    /** Offer and answer have been applied to the stream (again): format, direction or address may be new. */
    virtual void mediaNegotiated() = 0;

    /** The socket closes; the seam is not to be used any more. */
    virtual void mediaGone() = 0;
};

/** One call's RTP socket, as media encryption is given it: packets in with their arrival time, packets out.

    baresip owns it (a `menc_media` of the stream), so it lives exactly as long as the socket. Sip thread only.

    Source check: packets count when they come from the address that SDP named. Until the first such packet, the first
    other source is taken as the peer (symmetric RTP behind a NAT, RFC 4961) and held to; a packet from SDP's own address
    takes the leg back. All others are strangers: counted, and kept from baresip too, which would follow their SSRC. */
class MediaSeam
{
public:
    /** @param sockets reads the RTP socket, and outlives this; null: libre's loop does */
    MediaSeam(struct rtp_sock* rtp, struct udp_sock* socket, struct sdp_media* media, std::shared_ptr<Clock> clock, MediaSockets* sockets = nullptr,
              const MediaTrace& trace = {});
    ~MediaSeam();
    MediaSeam(const MediaSeam&) = delete;
    MediaSeam& operator=(const MediaSeam&) = delete;

    /** Registers with the sockets. @param rtcpSocket null: none. @returns errno, 0 when it worked */
    [[nodiscard]] int attach(struct udp_sock* rtcpSocket);

    void setReceiver(MediaReceiver* newReceiver) noexcept { receiver = newReceiver; }

    /** Whose packets these are, for a trace. */
    void setLeg(LegId leg) noexcept;

    /** What is received as audio; not known at first. @param hz of its timestamps [Hz] */
    void setAudio(int payloadType, int hz) noexcept
    {
        audioPayloadType = payloadType;
        clockRateHz = hz;
        rtcp.setClockRate(hz);
    }

    /** Sends one RTP packet to the negotiated address; SRTP, if any, encrypts below. @returns errno, 0 when it worked */
    int send(const SendPacket& packet, struct mbuf& scratch) noexcept;

    [[nodiscard]] struct sdp_media* media() const noexcept { return sdp; }

    /** What RTCP told so far. */
    [[nodiscard]] const RtcpFigures& rtcpFigures() const noexcept { return rtcp.figures(); }

    /** Packets from elsewhere than the peer. */
    [[nodiscard]] uint64_t strangerPackets() const noexcept { return strangers; }

    /** Packets that are no RTP (version, header length). */
    [[nodiscard]] uint64_t malformedPackets() const noexcept { return malformed; }

    /** SDP was applied: the peer's address may be new. */
    void negotiated(const struct sa* remoteAddress);

private:
    static bool received(struct sa* source, struct mbuf* packet, void* self) noexcept;
    static bool sending(int* failed, struct sa* to, struct mbuf* packet, void* self) noexcept;
    [[nodiscard]] bool refuse();
    [[nodiscard]] bool acceptSource(const struct sa& source);

    struct rtp_sock* rtp;
    struct udp_sock* socket;
    struct sdp_media* sdp;
    std::shared_ptr<Clock> clock;
    MediaSockets* sockets;
    KernelTime kernelTime;
    RePtr<struct udp_helper> helper;
    const MediaTrace trace;
    std::vector<std::unique_ptr<WireTap>> taps;  ///< of RTP and RTCP; none while nobody traces
    MediaReceiver* receiver = nullptr;
    struct sa remote {}, latched {};
    bool hasRemote = false, hasLatched = false;
    int audioPayloadType = -1, clockRateHz = 0;
    RtcpJitter rtcpJitter;
    RtcpWatch rtcp;
    uint64_t strangers = 0, malformed = 0;
};

/** Registers the seam with baresip as a kind of media encryption and finds the seam of a stream.

    Chosen by the account's `mediaenc=` with id(). With SRTP it wraps baresip's own: that one is called first, so that its
    cipher sits below ours on the socket. One in a process at a time; sip thread only. */
class MediaSeams
{
public:
    /** @param sockets reads the RTP sockets of all seams, and outlives this
        @param packets takes all packets of all seams; null: nobody wants them @param localHost our address */
    MediaSeams(std::shared_ptr<Clock> clock, MediaSockets& sockets, PacketTrace* packets = nullptr, const PacketEnd& localHost = {});
    ~MediaSeams();
    MediaSeams(const MediaSeams&) = delete;
    MediaSeams& operator=(const MediaSeams&) = delete;

    /** @param wrapped id of baresip's media encryption ("srtp-mand"), empty: none
        @returns false when baresip has no such encryption */
    [[nodiscard]] bool start(const std::string& wrapped);

    [[nodiscard]] static const char* id() noexcept { return "milliwatt"; }

    /** @returns null when the call has no such stream */
    [[nodiscard]] MediaSeam* find(const struct stream* stream) const;

private:
    struct Attached;  ///< the libre object that baresip holds for a stream
    static int beginSession(struct menc_sess** session, struct sdp_session* sdp, bool offerer, menc_event_h* event,
                            menc_error_h* error, void* argument) noexcept;
    static int attachMedia(struct menc_media** media, struct menc_sess* session, struct rtp_sock* rtp,
                           struct udp_sock* rtpSocket, struct udp_sock* rtcpSocket, const struct sa* remoteRtp,
                           const struct sa* remoteRtcp, struct sdp_media* sdp, const struct stream* stream) noexcept;
    static void detachMedia(void* object) noexcept;

    std::shared_ptr<Clock> clock;
    MediaSockets& sockets;
    const MediaTrace trace;
    struct menc description {};
    const struct menc* inner = nullptr;
    bool isRegistered = false;
    std::unordered_map<const struct stream*, MediaSeam*> seams;
    static MediaSeams* active;  ///< sip thread only: menc's handlers are given no argument of ours
};

} // namespace mw
