#include "SipLeg.h"

#include "PacketTime.h"
#include "WithoutThrowing.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <exception>

namespace mw
{

namespace
{

/** Seconds as people write them: 10, 0.5. */
std::string secondsText(int milliseconds)
{
    auto text = std::to_string(milliseconds / 1000);
    if (milliseconds % 1000 != 0)
        text += "." + std::to_string(milliseconds % 1000 + 1000).substr(1);
    while (text.find('.') != std::string::npos && text.back() == '0')
        text.pop_back();
    return text;
}

/** The errno behind the words of libre's "%m": "Connection refused", upstream "Connection refused [111]". 0 when it is none. */
int errnoIn(const std::string& text)
{
    if (text.empty())
        return 0;
    constexpr int lastErrno = 133;
    for (int error = 1; error <= lastErrno; ++error)
        if (text.starts_with(std::strerror(error)))
            return error;
    return 0;
}

/** "486 Busy Here" → 486 and "Busy Here"; 0 and the text when it does not begin with a status code. */
std::pair<int, std::string> statusIn(const std::string& text)
{
    int code = 0;
    const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (failed != std::errc() || code < 100 || code > 699)
        return { 0, text };
    auto at = static_cast<size_t>(rest - text.data());
    if (at < text.size() && text[at] == ' ')
        ++at;
    return { code, text.substr(at) };
}

/** The system's words, but for libre's way of saying that no server had an address for the callee's host. */
std::string reasonOfSystemError(int error)
{
    return error == EDESTADDRREQ ? "host not found (no address for its name)" : std::strerror(error);
}

/** RFC 3261, 8.1.3.1: a transport error counts as 503, a timeout as 408. */
int codeOfSystemError(int error) { return error == ETIMEDOUT ? 408 : 503; }

std::string userPartOf(const std::string& uriText)
{
    struct pl text {};
    struct uri parsed {};
    ::pl_set_str(&text, uriText.c_str());
    if (::uri_decode(&parsed, &text) != 0)
        return uriText;
    const auto& part = ::pl_isset(&parsed.user) ? parsed.user : parsed.host;
    return { part.p, part.l };
}

constexpr const char* telephoneEvent = "telephone-event";

} // namespace

SipLeg::SipLeg(LegId id, LegServices& stack, bool isOutgoing)
    : number(id),
      services(stack),
      outgoing(isOutgoing),
      startedNs(stack.clock.nowNs()),
      eventReceiver([this](char digit, int durationMs) {
          auto what = event(LegEvent::Kind::dtmf);
          what.digit = digit;
          what.dtmfDurationMs = durationMs;
          what.dtmfMethod = DtmfMethod::telephoneEvent;
          services.report(std::move(what));
      }),
      dtmfSender({ [this](const SendPacket& packet) {
                      if (seam != nullptr && ! heldByUs)
                          seam->send(packet, services.sendScratch);
                  },
                   [this](char digit) {
                       const auto key = static_cast<char>(digit >= 'A' && digit <= 'D' ? digit - 'A' + 'a' : digit);
                       if (call != nullptr && ::call_send_digit(call, key) != 0)
                           withoutThrowing([this] { services.log("leg " + std::to_string(number) + ": SIP INFO could not be sent"); });
                   } })
{
}

SipLeg::~SipLeg()
{
    if (seam != nullptr)
        seam->setReceiver(nullptr);
    if (port)
        port->markDead();
}

LegEvent SipLeg::event(LegEvent::Kind kind) const
{
    LegEvent result;
    result.kind = kind;
    result.leg = number;
    result.peerUri = peerUri;
    result.peerName = peerName;
    result.outgoing = outgoing;
    return result;
}

void SipLeg::fetchPeer()
{
    const auto* uri = ::call_peeruri(call);
    if (uri != nullptr)
        peerUri = uri;
    const auto* name = ::call_peername(call);
    peerName = name != nullptr && *name != '\0' ? name : userPartOf(peerUri);
}

// ---- what control asks for ---------------------------------------------------------------------------------------------

void SipLeg::takeIncoming(struct call* ringing)
{
    call = ringing;
    ::call_set_handlers(call, callEvent, callDigit, this);
    fetchPeer();
    attachMedia();
    services.report(event(LegEvent::Kind::incoming));
}

void SipLeg::dial(struct ua* agent, const std::string& uri, const std::string& proxy)
{
    peerUri = uri;
    peerName = userPartOf(uri);
    struct call* made = nullptr;
    if (const auto failed = ::ua_connect(agent, &made, nullptr, uri.c_str(), VIDMODE_OFF); failed != 0)
    {
        close(codeOfSystemError(failed), failed == EINVAL || failed == EBADMSG ? "not a SIP address" : reasonOfSystemError(failed), true);
        return;
    }
    call = made;
    ::call_set_handlers(call, callEvent, callDigit, this);
    attachMedia();
    if (! services.config.udp)
        return;  // the request went by TCP, and nobody has to listen on UDP
    probe.start(proxy.empty() ? uri : proxy, [this](int error) {
        if (! isEstablished && ! over)
            orGiveUp([&] {
                std::string why = std::strerror(error);
                ::call_hangup(call, 0, nullptr);
                close(codeOfSystemError(error), std::move(why), true);
            });
    });
}

void SipLeg::answer()
{
    if (over || outgoing || isEstablished)
        return;
    if (const auto failed = ::call_answer(call, 200, VIDMODE_OFF); failed != 0)
        reject(500, std::strerror(failed));
}

void SipLeg::reject(int sipCode, const std::string& reason)
{
    if (over || outgoing || isEstablished)
        return;
    ::call_hangup(call, static_cast<uint16_t>(std::clamp(sipCode, 400, 699)), reason.c_str());
    close(sipCode, reason, true);
}

void SipLeg::hangUp(const std::string& reason)
{
    if (over)
        return;
    if (call != nullptr)
        ::call_hangup(call, 487, "Request Terminated");
    close(isEstablished ? 0 : 487, reason, ! isEstablished);
}

void SipLeg::giveUp() noexcept
{
    if (over)
        return;
    if (call != nullptr)
        ::call_hangup(call, 500, "No Memory");
    close(500, noMemory, true);
}

template <typename Work>
void SipLeg::orGiveUp(Work work) noexcept
{
    withoutThrowing(work, [this] { wantsMemory = true; });
}

void SipLeg::hold(bool onHold)
{
    if (over || ! isEstablished || heldByUs == onHold)
        return;
    if (const auto failed = ::call_hold(call, onHold); failed != 0)
    {
        services.log("leg " + std::to_string(number) + ": hold: " + std::strerror(failed));
        return;
    }
    heldByUs = onHold;
    heardNs = services.clock.nowNs();
    applyDirections();
}

void SipLeg::sendDtmf(const std::string& digits, DtmfMethod method, int onMs, int offMs)
{
    if (! over && isEstablished)
        dtmfSender.send(digits, method, onMs, offMs);
}

void SipLeg::infoAnnounced(uint32_t cseq, const std::string& sender, int durationMs)
{
    auto& highest = highestInfo[sender];
    infoIsNext = cseq > highest;  // else it came before: our answer to it was lost, or late
    highest = std::max(highest, cseq);
    infoDurationMs = durationMs;
}

// ---- media ---------------------------------------------------------------------------------------------------------------

void SipLeg::attachMedia()
{
    seam = services.seams.find(::audio_strm(::call_audio(call)));
    if (seam != nullptr)
    {
        seam->setReceiver(this);
        seam->setLeg(number);
    }
}

void SipLeg::mediaGone() { seam = nullptr; }

void SipLeg::packetArrived(const RtpPacket& packet)
{
    heardNs = packet.arrivalNs;
    if (static_cast<int>(packet.payloadType) == eventPayloadType)
    {
        infoIsNext = false;  // a digit that baresip reports next comes from this packet, not from an INFO
        orGiveUp([&] { eventReceiver.packetArrived(packet); });
    }
    if (port)
        port->receive(packet);  // events too: their sequence numbers tell the playout that nothing was lost
}

void SipLeg::packetRefused() { noteNetwork(); }

void SipLeg::rtcpPassed(const RtcpFigures& figures)
{
    if (port)
        port->noteRtcp(figures);
}

bool SipLeg::receiverState(ReceiverState& state) { return port && port->receiverState(state); }

void SipLeg::noteNetwork()
{
    if (! port || seam == nullptr)
        return;
    const NetworkStats all { seam->strangerPackets(), seam->malformedPackets(), sendFailures };
    port->note({ all.strangers - noted.strangers, all.malformed - noted.malformed, all.notSent - noted.notSent });
    noted = all;
}

void SipLeg::drain()
{
    if (! port || seam == nullptr)
        return;
    const auto nowNs = services.clock.nowNs();
    port->drainToSend([&](const SendPacket& packet) {
        sentTimestamp = packet.timestamp;
        sentNs = nowNs;
        if (dtmfSender.holdsAudioBack())
            return;
        dtmfSender.audioSent(packet.timestamp);
        if (seam->send(packet, services.sendScratch) != 0)
            ++sendFailures;  // an ICMP error of an earlier packet, or a full socket buffer: as good as lost on the wire
    });
    if (sendFailures != noted.notSent)
        noteNetwork();
}

void SipLeg::mediaNegotiated()
{
    if (over || ! isEstablished)
        return;
    orGiveUp([this] {
        std::string why;
        if (makePort(why))
            readDirections();
        else
            services.log("leg " + std::to_string(number) + ": " + why);
    });
}

/** The stream's SSRC and sequence numbers go on when the port is replaced, and so does its time: what comes next follows the
    last packet and the time since, by the clock rate that held then. */
LegPortConfig SipLeg::configOfNextPort() const
{
    auto config = services.config.port;
    if (sentNs == 0)
        return config;
    constexpr int64_t nsPerMs = 1'000'000, msPerSecond = 1000;
    const auto passedMs = (services.clock.nowNs() - sentNs) / nsPerMs + portFormat.ptimeMs;
    config.firstTimestamp = sentTimestamp + static_cast<uint32_t>(passedMs * portFormat.clockRateHz / msPerSecond);
    return config;
}

bool SipLeg::makePort(std::string& why)
{
    if (seam == nullptr)
    {
        why = "no audio stream was negotiated";
        return false;
    }
    auto* media = seam->media();
    const struct sdp_format* chosen = nullptr;
    for (const auto* element = ::list_head(::sdp_media_format_lst(media, false)); element != nullptr; element = element->next)
    {
        const auto* format = static_cast<const struct sdp_format*>(element->data);
        if (format->sup && format->data != nullptr)
        {
            chosen = format;
            break;
        }
    }
    if (chosen == nullptr || ::sdp_media_rport(media) == 0)
    {
        why = "no common codec";
        return false;
    }
    const auto& table = *static_cast<const struct aucodec*>(chosen->data);

    CodecFormat format;
    format.name = table.name;
    format.sampleRateHz = static_cast<int>(table.srate);
    format.clockRateHz = static_cast<int>(table.crate);
    format.channels = table.pch;
    format.payloadType = chosen->pt;
    format.receivePayloadType = chosen->pt;
    // A later offer that says nothing of it (a hold, say) leaves it as it is.
    const auto follows = services.config.followsPeerPtime;
    const auto wish = follows ? PeerPacketTime { ::sdp_media_rattr(media, "ptime"), ::sdp_media_rattr(media, "maxptime") } : PeerPacketTime {};
    format.ptimeMs = packetTimeMs(format.name, wish, follows && port ? portFormat.ptimeMs : services.config.ptimeMs);
    for (const auto* element = ::list_head(::sdp_media_format_lst(media, true)); element != nullptr; element = element->next)
    {
        const auto* local = static_cast<const struct sdp_format*>(element->data);
        if (local->data == chosen->data)
            format.receivePayloadType = local->pt;
    }

    const auto* remoteEvents = ::sdp_media_format(media, false, nullptr, -1, telephoneEvent, -1, -1);
    const auto* localEvents = ::sdp_media_format(media, true, nullptr, -1, telephoneEvent, -1, -1);
    format.eventPayloadType = localEvents != nullptr ? localEvents->pt : -1;
    const auto agreed = remoteEvents != nullptr && localEvents != nullptr;
    eventPayloadType = format.eventPayloadType;
    format.eventClockHz = localEvents != nullptr ? static_cast<int>(localEvents->srate) : 8000;
    eventReceiver.setClockRate(format.eventClockHz, format.clockRateHz);
    seam->setAudio(format.receivePayloadType, format.clockRateHz);
    dtmfSender.configure(agreed ? remoteEvents->pt : -1, format.clockRateHz,
                         agreed ? static_cast<int>(remoteEvents->srate) : 8000, format.ptimeMs);

    const std::string parameters = chosen->params != nullptr ? chosen->params : "";
    const auto same = port && ! port->isDead() && format.name == portFormat.name
                      && format.sampleRateHz == portFormat.sampleRateHz && format.channels == portFormat.channels
                      && format.payloadType == portFormat.payloadType
                      && format.receivePayloadType == portFormat.receivePayloadType
                      && format.eventPayloadType == portFormat.eventPayloadType && format.eventClockHz == portFormat.eventClockHz
                      && format.ptimeMs == portFormat.ptimeMs && parameters == portParameters;
    if (same)
        return true;

    std::shared_ptr<LegPort> made;
    try
    {
        auto codec = services.codecs.make(table, format, parameters.empty() ? nullptr : parameters.c_str(), why);
        if (! codec)
            return false;
        made = std::make_shared<LegPort>(std::move(codec), configOfNextPort());
    }
    catch (const std::bad_alloc&)
    {
        throw;  // this leg is ended, the others go on
    }
    catch (const std::exception& failure)  // no resampler for it
    {
        why = std::string("no media: ") + failure.what();
        return false;
    }
    if (port)
        port->markDead();
    port = std::move(made);
    portFormat = format;
    portParameters = parameters;
    applyDirections();
    noteNetwork();
    port->noteRtcp(seam->rtcpFigures());
    auto ready = event(LegEvent::Kind::mediaReady);
    ready.port = port;
    services.report(std::move(ready));
    return true;
}

void SipLeg::readDirections()
{
    // libre turns the peer's attribute around: this is what we may do.
    const auto direction = ::sdp_media_rdir(seam->media());
    const auto* address = ::sdp_media_raddr(seam->media());
    const auto nowhere = ! ::sa_isset(address, SA_ADDR);  // c=0.0.0.0, the hold of RFC 2543
    const auto mayNotSend = (direction & SDP_SENDONLY) == 0 || nowhere;
    peerSends = (direction & SDP_RECVONLY) != 0 && ! nowhere;
    heardNs = services.clock.nowNs();
    if (mayNotSend != heldByPeer)
    {
        heldByPeer = mayNotSend;
        services.report(event(heldByPeer ? LegEvent::Kind::held : LegEvent::Kind::resumed));
    }
    applyDirections();
}

void SipLeg::applyDirections()
{
    if (port)
        port->setDirection(! heldByUs && ! heldByPeer, ! heldByUs);
}

// ---- what baresip tells --------------------------------------------------------------------------------------------------

void SipLeg::callEvent(struct call*, enum call_event kind, const char* text, void* self) noexcept
{
    auto& leg = *static_cast<SipLeg*>(self);
    if (leg.over)
        return;
    leg.orGiveUp([&] {
        switch (kind)
        {
            case CALL_EVENT_RINGING:
            case CALL_EVENT_PROGRESS:
            {
                auto what = leg.event(LegEvent::Kind::ringing);
                what.sipCode = kind == CALL_EVENT_RINGING ? 180 : 183;
                leg.probe.stop();
                leg.services.report(std::move(what));
                break;
            }
            case CALL_EVENT_ESTABLISHED: leg.established(); break;
            case CALL_EVENT_CLOSED: leg.ended(text != nullptr ? text : ""); break;
            default: break;
        }
    });
}

void SipLeg::callDigit(struct call*, char key, void* self) noexcept
{
    auto& leg = *static_cast<SipLeg*>(self);
    // telephone-events are read from their packets, with their durations; here only the digits of INFO are taken.
    if (key == KEYCODE_REL || leg.over || ! std::exchange(leg.infoIsNext, false))
        return;
    leg.orGiveUp([&] {
        auto what = leg.event(LegEvent::Kind::dtmf);
        what.digit = key;
        what.dtmfDurationMs = leg.infoDurationMs;
        what.dtmfMethod = DtmfMethod::sipInfo;
        leg.services.report(std::move(what));
    });
}

void SipLeg::established()
{
    probe.stop();
    isEstablished = true;
    heardNs = services.clock.nowNs();
    if (outgoing)
        fetchPeer();
    services.report(event(LegEvent::Kind::established));
    std::string why;
    // Before there is a port no RTP passes either way; with none it never does.
    if (seam != nullptr && ! services.config.mediaEncryption.empty() && ::sdp_media_rport(seam->media()) != 0
        && ! ::stream_is_secure(::audio_strm(::call_audio(call))))
        why = "no SRTP keys: the peer's SDP has no a=crypto that can be used";
    if (! why.empty() || ! makePort(why))
    {
        ::call_hangup(call, 488, "Not Acceptable Here");
        close(488, why, true);
        return;
    }
    readDirections();
}

void SipLeg::ended(const std::string& text)
{
    const auto [code, words] = statusIn(text);
    const auto error = errnoIn(text);
    if (isEstablished && code == 0 && (error == 0 || error == ECONNRESET))
        close(0, "ended by the peer", false);  // BYE; libre reports it as a reset
    else if (! outgoing && ! isEstablished && (error == ECONNRESET || text.empty()))
        close(487, "cancelled by the caller", true);
    else if (code != 0)
        close(code, words, true);
    else if (error != 0)
        close(codeOfSystemError(error), reasonOfSystemError(error), true);
    else
        close(0, text, true);
}

void SipLeg::close(int sipCode, std::string reason, bool failed) noexcept
{
    withoutThrowing([this] { eventReceiver.end(); });  // a digit whose end had not come
    over = true;
    probe.stop();
    if (seam != nullptr)
    {
        seam->setReceiver(nullptr);
        if (seam->strangerPackets() + seam->malformedPackets() + sendFailures > 0)
            withoutThrowing([this] {
                services.log("leg " + std::to_string(number) + ": " + std::to_string(seam->strangerPackets())
                             + " packets from strangers, " + std::to_string(seam->malformedPackets()) + " malformed, "
                             + std::to_string(sendFailures) + " not sent");
            });
    }
    seam = nullptr;
    if (port)
        port->markDead();

    endCode = sipCode;
    endReason = std::move(reason);
    endFailed = failed;
    tellEnd();

    if (auto* last = std::exchange(call, nullptr); last != nullptr)
        ::mem_deref(last);
}

void SipLeg::tellEnd() noexcept
{
    endTold = withoutThrowing([this] {
        auto what = event(LegEvent::Kind::closed);
        what.sipCode = endCode;
        what.reason = endReason;
        what.failed = endFailed;
        services.report(std::move(what));
    });
}

void SipLeg::check(int64_t nowNs) noexcept
{
    if (! over && ! wantsMemory)
        orGiveUp([&] { checkTimes(nowNs); });
    if (wantsMemory)
        giveUp();
}

void SipLeg::checkTimes(int64_t nowNs)
{
    eventReceiver.checkSilence(nowNs);
    constexpr int64_t nsPerMs = 1'000'000;
    const auto& config = services.config;
    if (outgoing && ! isEstablished && nowNs - startedNs > config.answerTimeoutMs * nsPerMs)
    {
        ::call_hangup(call, 0, nullptr);
        close(408, "no answer within " + secondsText(config.answerTimeoutMs) + " s", true);
    }
    // A peer that holds us may announce sound of its own (sendonly) and yet send none: phones without music on hold do.
    else if (isEstablished && config.rtpTimeoutMs > 0 && peerSends && ! heldByUs && ! heldByPeer
             && nowNs - heardNs > config.rtpTimeoutMs * nsPerMs)
    {
        ::call_hangup(call, 0, nullptr);
        close(0, "RTP timeout (no packets for " + secondsText(config.rtpTimeoutMs) + " s)", true);
    }
    // On hold silence is no fault, but a peer that vanished must not keep its leg for ever.
    else if (isEstablished && config.holdTimeoutMs > 0 && (heldByUs || heldByPeer || ! peerSends)
             && nowNs - heardNs > config.holdTimeoutMs * nsPerMs)
    {
        ::call_hangup(call, 0, nullptr);
        close(0, "hold timeout (nothing was heard for " + secondsText(config.holdTimeoutMs) + " s)", true);
    }
}

} // namespace mw
