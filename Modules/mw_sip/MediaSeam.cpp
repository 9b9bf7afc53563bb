#include "MediaSeam.h"

#include "Octets.h"
#include "WithoutThrowing.h"

#include <cerrno>

namespace mw
{

namespace
{

constexpr int layerAboveSrtp = 20;  // baresip's SRTP registers its helper at 10
constexpr int layerOfReports = 21;  // above the one that writes the jitter into them
constexpr size_t rtpHeaderBytes = 12;  // RFC 3550, 5.1

using octets::read16;
using octets::read32;

/** Reads the header of RFC 3550, 5.1 with CSRCs, extension and padding. @returns false when it does not fit */
bool parseRtp(std::span<const uint8_t> octets, RtpPacket& packet) noexcept
{
    if (octets.size() < rtpHeaderBytes || (octets[0] >> 6) != 2)
        return false;
    auto begin = rtpHeaderBytes + size_t { octets[0] & 0x0fu } * 4;
    if ((octets[0] & 0x10u) != 0)
    {
        if (octets.size() < begin + 4)
            return false;
        begin += 4 + size_t { read16(octets.data() + begin + 2) } * 4;
    }
    auto end = octets.size();
    if ((octets[0] & 0x20u) != 0)
    {
        if (octets.back() == 0 || octets.back() > end)
            return false;
        end -= octets.back();
    }
    if (begin > end)
        return false;
    packet.marker = (octets[1] & 0x80u) != 0;
    packet.payloadType = octets[1] & 0x7fu;
    packet.sequence = read16(octets.data() + 2);
    packet.timestamp = read32(octets.data() + 4);
    packet.ssrc = read32(octets.data() + 8);
    packet.payload = octets.subspan(begin, end - begin);
    return true;
}

} // namespace

MediaSeam::MediaSeam(struct rtp_sock* rtpSocket, struct udp_sock* udpSocket, struct sdp_media* media,
                     std::shared_ptr<Clock> engineClock, MediaSockets* readBy, const MediaTrace& traceToUse)
    : rtp(rtpSocket),
      socket(udpSocket),
      sdp(media),
      clock(std::move(engineClock)),
      sockets(readBy),
      kernelTime(*clock, sockets),
      trace(traceToUse),
      rtcp(*clock, { [this](ReceiverState& state) { return receiver != nullptr && receiver->receiverState(state); },
                     [this](const RtcpFigures& figures) {
                         if (receiver != nullptr)
                             receiver->rtcpPassed(figures);
                     } })
{
}

MediaSeam::~MediaSeam()
{
    if (receiver != nullptr)
        receiver->mediaGone();
    if (sockets != nullptr)
        sockets->remove(socket);
}

void MediaSeam::setLeg(LegId leg) noexcept
{
    for (const auto& tap : taps)
        tap->setLeg(leg);
}

int MediaSeam::attach(struct udp_sock* rtcpSocket)
{
    for (auto* each : { socket, rtcpSocket })
        if (trace.packets != nullptr && each != nullptr)
        {
            taps.push_back(std::make_unique<WireTap>(*trace.packets, *clock, trace.localHost, each == socket ? sockets : nullptr));
            if (const auto failed = taps.back()->attach(each); failed != 0)
                return failed;
        }
    if (const auto failed = rtcpJitter.attach(rtcpSocket, layerAboveSrtp); failed != 0)
        return failed;
    if (const auto failed = rtcp.attach(::rtp_sess_ssrc(rtp), rtcpSocket, layerOfReports); failed != 0)
        return failed;
    struct udp_helper* made = nullptr;
    if (const auto failed = ::udp_register_helper(&made, socket, layerAboveSrtp, sending, received, this); failed != 0)
        return failed;
    helper.reset(made);
    kernelTime.attach(socket);
    if (const auto failed = sockets == nullptr ? 0 : sockets->add(socket); failed != 0)
        return failed;
    // RFC 3611, 5.1: we send these, and take them.
    return sdp == nullptr ? 0 : ::sdp_media_set_lattr(sdp, true, "rtcp-xr", "voip-metrics");
}

void MediaSeam::negotiated(const struct sa* remoteAddress)
{
    if (remoteAddress != nullptr && ::sa_isset(remoteAddress, SA_ALL))
    {
        if (! hasRemote || ! ::sa_cmp(&remote, remoteAddress, SA_ALL))
            hasLatched = false;
        remote = *remoteAddress;
        hasRemote = true;
    }
    if (receiver != nullptr)
        receiver->mediaNegotiated();
}

int MediaSeam::send(const SendPacket& packet, struct mbuf& scratch) noexcept
{
    if (! hasRemote)
        return EDESTADDRREQ;
    constexpr size_t headroom = 64;  // of which rtp_send() takes the header's 12 octets
    scratch.pos = scratch.end = headroom;
    if (const auto failed = ::mbuf_write_mem(&scratch, packet.payload.data(), packet.payload.size()); failed != 0)
        return failed;
    scratch.pos = headroom;
    return adapter::sendRtp(rtp, &remote, packet.marker, packet.payloadType, packet.timestamp, &scratch);
}

bool MediaSeam::sending(int*, struct sa*, struct mbuf*, void*) noexcept { return false; }

bool MediaSeam::received(struct sa* source, struct mbuf* packet, void* self) noexcept
{
    auto& seam = *static_cast<MediaSeam*>(self);
    const std::span<const uint8_t> octets(::mbuf_buf(packet), ::mbuf_get_left(packet));
    const auto isRtcp = octets.size() > 1 && (octets[1] & 0x7fu) >= 64 && (octets[1] & 0x7fu) <= 95;  // RFC 5761, 4
    if (isRtcp)
        return false;

    RtpPacket parsed;
    if (! parseRtp(octets, parsed))
    {
        ++seam.malformed;
        return seam.refuse();
    }
    if (! seam.acceptSource(*source))
    {
        ++seam.strangers;
        return seam.refuse();
    }
    if (seam.receiver != nullptr)
    {
        parsed.arrivalNs = seam.kernelTime.arrivalNs();
        seam.rtcp.peerIs(parsed.ssrc);
        // The packets of one telephone-event share a timestamp; their interarrival times are no jitter.
        if (seam.clockRateHz > 0 && int { parsed.payloadType } == seam.audioPayloadType)
            seam.rtcpJitter.packetArrived(parsed.ssrc, parsed.timestamp, parsed.arrivalNs, seam.clockRateHz);
        seam.receiver->packetArrived(parsed);
    }
    // libre and baresip go on with the header alone: RTCP's receiver figures come from there, and baresip is to decode nothing a second time.
    const auto headerBytes = static_cast<size_t>(parsed.payload.data() - octets.data());
    packet->end = packet->pos + headerBytes;
    adapter::keepFromDecoder({ ::mbuf_buf(packet), headerBytes });
    return false;
}

bool MediaSeam::refuse()
{
    if (receiver != nullptr)
        receiver->packetRefused();
    return true;
}

bool MediaSeam::acceptSource(const struct sa& source)
{
    if (! hasRemote)
        return false;
    if (::sa_cmp(&remote, &source, SA_ALL))
    {
        latched = source;
        hasLatched = true;
        return true;
    }
    if (! hasLatched)
    {
        latched = source;
        hasLatched = true;
        return true;
    }
    return ::sa_cmp(&latched, &source, SA_ALL);
}

// ---- registration with baresip ---------------------------------------------------------------------------------------

MediaSeams* MediaSeams::active = nullptr;

/** What baresip's stream holds a reference to. */
struct MediaSeams::Attached
{
    MediaSeam* seam;
    struct menc_media* inner;
    const struct stream* stream;
};

MediaSeams::MediaSeams(std::shared_ptr<Clock> engineClock, MediaSockets& readBy, PacketTrace* packets, const PacketEnd& localHost)
    : clock(std::move(engineClock)), sockets(readBy), trace { packets, localHost }
{
}

MediaSeams::~MediaSeams()
{
    if (isRegistered)
        ::menc_unregister(&description);
    if (active == this)
        active = nullptr;
}

bool MediaSeams::start(const std::string& wrapped)
{
    if (! wrapped.empty())
    {
        inner = ::menc_find(::baresip_mencl(), wrapped.c_str());
        if (inner == nullptr)
            return false;
    }
    description.id = id();
    description.sdp_proto = inner == nullptr ? "RTP/AVP" : inner->sdp_proto;
    description.wait_secure = inner != nullptr && inner->wait_secure;
    description.sessh = beginSession;
    description.mediah = attachMedia;
    active = this;
    ::menc_register(::baresip_mencl(), &description);
    isRegistered = true;
    return true;
}

MediaSeam* MediaSeams::find(const struct stream* stream) const
{
    const auto found = seams.find(stream);
    return found == seams.end() ? nullptr : found->second;
}

int MediaSeams::beginSession(struct menc_sess** session, struct sdp_session* sdp, bool offerer, menc_event_h* event,
                             menc_error_h* error, void* argument) noexcept
{
    if (active != nullptr && active->inner != nullptr)
        return active->inner->sessh(session, sdp, offerer, event, error, argument);
    // A stream without a session object is not told of later negotiations, so there has to be one.
    *session = static_cast<struct menc_sess*>(::mem_zalloc(sizeof(uint64_t), nullptr));
    return *session == nullptr ? ENOMEM : 0;
}

int MediaSeams::attachMedia(struct menc_media** media, struct menc_sess* session, struct rtp_sock* rtp,
                            struct udp_sock* rtpSocket, struct udp_sock* rtcpSocket, const struct sa* remoteRtp,
                            const struct sa* remoteRtcp, struct sdp_media* sdp, const struct stream* stream) noexcept
{
    if (active == nullptr)
        return EINVAL;
    auto* attached = reinterpret_cast<Attached*>(*media);
    if (attached == nullptr)
    {
        attached = static_cast<Attached*>(::mem_zalloc(sizeof(Attached), detachMedia));
        if (attached == nullptr)
            return ENOMEM;
        attached->stream = stream;
        auto failed = ENOMEM;
        withoutThrowing([&] {
            attached->seam = new MediaSeam(rtp, rtpSocket, sdp, active->clock, &active->sockets, active->trace);
            active->seams[stream] = attached->seam;
            failed = attached->seam->attach(rtcpSocket);
        });
        if (failed != 0)
        {
            ::mem_deref(attached);
            return failed;
        }
        *media = reinterpret_cast<struct menc_media*>(attached);
    }
    if (active->inner != nullptr)
    {
        const auto failed = active->inner->mediah(&attached->inner, session, rtp, rtpSocket, rtcpSocket, remoteRtp,
                                                  remoteRtcp, sdp, stream);
        if (failed != 0)
            return failed;
    }
    attached->seam->negotiated(remoteRtp);
    return 0;
}

void MediaSeams::detachMedia(void* object) noexcept
{
    auto* attached = static_cast<Attached*>(object);
    if (active != nullptr)
        active->seams.erase(attached->stream);
    delete attached->seam;  // gives its helper back before the socket goes
    ::mem_deref(attached->inner);
}

} // namespace mw
