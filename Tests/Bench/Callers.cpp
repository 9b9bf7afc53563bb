#include "Callers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>

namespace mw::bench
{

namespace
{

constexpr const char* suiteName = "AES_CM_128_HMAC_SHA1_80";
constexpr size_t roomOctets = 2048;  // of a packet with its tag

RePtr<struct srtp> contextOf(std::span<const uint8_t> key)
{
    struct srtp* made = nullptr;
    if (::srtp_alloc(&made, SRTP_AES_CM_128_HMAC_SHA1_80, key.data(), key.size(), 0) != 0)
        throw std::runtime_error("libre makes no SRTP context; is it built with OpenSSL?");
    return RePtr<struct srtp>(made);
}

uint32_t read32(std::span<const uint8_t> octets) noexcept
{
    return uint32_t { octets[0] } << 24 | uint32_t { octets[1] } << 16 | uint32_t { octets[2] } << 8 | octets[3];
}

} // namespace

// ---- SRTP ------------------------------------------------------------------------------------------------------------

Srtp::Srtp() : key(keyOctets), buffer(::mbuf_alloc(roomOctets))
{
    ::rand_bytes(key.data(), key.size());
    sending = contextOf(key);
}

std::string Srtp::attribute() const
{
    std::array<char, 2 * keyOctets> text {};
    auto length = text.size();
    if (::base64_encode(key.data(), key.size(), text.data(), &length) != 0)
        throw std::runtime_error("libre does not write a key in base64");
    return std::string("a=crypto:1 ") + suiteName + " inline:" + std::string(text.data(), length) + "\r\n";
}

void Srtp::answered(const std::string& message)
{
    const auto line = message.find(std::string("a=crypto:1 ") + suiteName);
    const auto begin = line == std::string::npos ? line : message.find("inline:", line);
    if (begin == std::string::npos)
        throw std::runtime_error("the answer has no key for SRTP; the mixer must take mediaEncryption \"srtp-mand\"");
    const auto text = message.substr(begin + 7, message.find_first_of("|\r ", begin) - begin - 7);
    std::array<uint8_t, 2 * keyOctets> octets {};
    auto length = octets.size();
    if (::base64_decode(text.data(), text.size(), octets.data(), &length) != 0 || length != keyOctets)
        throw std::runtime_error("the answer's key for SRTP is not " + std::to_string(keyOctets) + " octets in base64: " + text);
    receiving = contextOf(std::span(octets).first(length));
}

void Srtp::fill(std::span<const uint8_t> packet)
{
    buffer->pos = buffer->end = 0;
    if (::mbuf_write_mem(buffer.get(), packet.data(), packet.size()) != 0)
        throw std::runtime_error("no memory for a packet");
    buffer->pos = 0;
}

std::span<const uint8_t> Srtp::sealed(std::span<const uint8_t> packet)
{
    fill(packet);
    if (::srtp_encrypt(sending.get(), buffer.get()) != 0)
        throw std::runtime_error("libre does not encrypt a packet");
    return { buffer->buf, buffer->end };
}

std::span<const uint8_t> Srtp::opened(std::span<const uint8_t> packet)
{
    fill(packet);
    if (::srtp_decrypt(receiving.get(), buffer.get()) != 0)
        return {};
    return { buffer->buf, buffer->end };
}

// ---- a call ----------------------------------------------------------------------------------------------------------

Caller::Caller(int port, int number, int count, Calling calling)
    : voice(calling.opus ? opusVoice(number, count) : g711Voice(number, count)), srtp(calling.encrypted ? std::make_unique<Srtp>() : nullptr)
{
    const int yes = 1;
    ::setsockopt(peer.rtp.handle(), SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
    auto offer = peer.sdp(std::to_string(voice->payloadType()), voice->attributes() + (srtp != nullptr ? srtp->attribute() : std::string {}));
    if (srtp != nullptr)
        offer.replace(offer.find("RTP/AVP"), 7, "RTP/SAVP");
    peer.invite(port, offer);
    auto answer = peer.next("SIP/2.0 ");
    while (answer.starts_with("SIP/2.0 1"))
        answer = peer.next("SIP/2.0 ");
    if (! answer.starts_with("SIP/2.0 200"))
        throw std::runtime_error("call " + std::to_string(number + 1) + (answer.empty() ? " was not answered within 30 s" : " was refused with " + answer.substr(8, answer.find("\r\n") - 8))
                                 + "; does the program take so many calls, " + (calling.opus ? "opus" : "PCMU") + ", and "
                                 + (calling.encrypted ? "SRTP by SDES?" : "plain RTP?"));
    acknowledgedNs = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    peer.acknowledge(answer);
    rtpTo = test::RawSipPeer::audioPortOf(answer);
    if (srtp != nullptr)
        srtp->answered(answer);
    packet = test::RawSipPeer::rtpPacket(voice->payloadType(), 0, 0, 0x5EED0000u + static_cast<uint32_t>(number), {});
}

void Caller::exchange(uint64_t frameNumber)
{
    const auto put = [this](size_t at, uint32_t value, int octets) {
        for (int i = 0; i < octets; ++i)
            packet[at + static_cast<size_t>(i)] = static_cast<uint8_t>(value >> (8 * (octets - 1 - i)));
    };
    put(2, static_cast<uint32_t>(frameNumber), 2);
    put(4, static_cast<uint32_t>(frameNumber * (voice->clockRateHz() / 50)), 4);
    const auto said = voice->payload(frameNumber);
    packet.resize(12);
    packet.insert(packet.end(), said.begin(), said.end());
    const auto octets = srtp != nullptr ? srtp->sealed(packet) : std::span<const uint8_t>(packet);
    peer.rtp.send(rtpTo, octets.data(), octets.size());
    listen();
}

void Caller::listen()
{
    std::array<uint8_t, roomOctets> octets;
    alignas(cmsghdr) std::array<char, 64> control;
    for (;;)
    {
        iovec part { octets.data(), octets.size() };
        msghdr message {};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const auto count = ::recvmsg(peer.rtp.handle(), &message, MSG_DONTWAIT);
        if (count < 12)
            return;
        if ((octets[1] & 0x7Fu) != voice->payloadType())
            continue;  // RTCP of the caller whose port is the one below
        int64_t arrivalNs = 0;
        if (const auto* stamp = CMSG_FIRSTHDR(&message); stamp != nullptr && stamp->cmsg_type == SCM_TIMESTAMPNS)
        {
            timespec when {};
            std::memcpy(&when, CMSG_DATA(stamp), sizeof when);
            arrivalNs = int64_t { when.tv_sec } * 1'000'000'000 + when.tv_nsec;
            noteArrival(arrivalNs, read32(std::span(octets).subspan(4)));
        }
        take(std::span<const uint8_t>(octets).first(static_cast<size_t>(count)), arrivalNs);
    }
}

void Caller::take(std::span<const uint8_t> came, int64_t arrivalNs)
{
    const auto clear = srtp != nullptr ? srtp->opened(came) : came;
    if (clear.size() < 12)
    {
        ++unreadable;
        return;
    }
    ++heard;
    if (voice->isSound(clear.subspan(12)) && ++sounding == 1)
        firstSoundNs = arrivalNs;
}

void Caller::noteArrival(int64_t arrivalNs, uint32_t timestamp)
{
    if (lastArrivalNs != 0)
    {
        const auto spacingNs = static_cast<int64_t>(static_cast<int32_t>(timestamp - lastTimestamp)) * 1'000'000'000 / voice->clockRateHz();
        jitterMs += (std::abs(static_cast<double>(arrivalNs - lastArrivalNs - spacingNs)) * 1e-6 - jitterMs) / 16.0;
    }
    if (keepsArrivals)
        arrivalsNs.push_back(arrivalNs);
    lastArrivalNs = arrivalNs;
    lastTimestamp = timestamp;
}

// ---- all calls -------------------------------------------------------------------------------------------------------

Callers callIn(int port, int count, Calling calling)
{
    Callers callers;
    for (int i = 0; i < count; ++i)
        callers.push_back(std::make_unique<Caller>(port, i, count, calling));
    return callers;
}

Talk::Talk(Callers& callersToUse) : callers(callersToUse), begin(std::chrono::steady_clock::now()) {}

void Talk::last(std::chrono::seconds time)
{
    const auto places = static_cast<int64_t>(std::max<size_t>(callers.size(), 1));
    for (const auto end = sent + static_cast<uint64_t>(time / frame); sent < end; ++sent)
        for (int64_t place = 0; place < places; ++place)
        {
            const std::chrono::nanoseconds share = std::chrono::nanoseconds(frame) * place / places;
            std::this_thread::sleep_until(begin + static_cast<int64_t>(sent) * frame + share);  // sleeps: it is the legs' clock
            if (! callers.empty())
                callers[static_cast<size_t>(place)]->exchange(sent);
        }
}

} // namespace mw::bench
