#pragma once

#include "Voices.h"

#include <mw_sip/RawSipPeer.h>
#include <mw_sip/adapter/SipHeaders.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mw::bench
{

inline constexpr auto frame = std::chrono::milliseconds(20);

/** SRTP of one call, keys by SDES (RFC 4568), AES_CM_128_HMAC_SHA1_80; libre encrypts, decrypts and checks. Any single thread. */
class Srtp
{
public:
    /** Takes a key of its own by chance. */
    Srtp();

    /** The line of the offer's SDP that tells our key, with its end. */
    [[nodiscard]] std::string attribute() const;

    /** Takes the peer's key from the message with its answer; throws std::runtime_error when there is none of our suite. */
    void answered(const std::string& message);

    /** @returns the RTP packet encrypted and signed, valid until the next call; throws std::runtime_error when that fails */
    [[nodiscard]] std::span<const uint8_t> sealed(std::span<const uint8_t> packet);

    /** @returns the packet's header and payload in the clear, valid until the next call; nothing when it is forged or no SRTP of the peer's */
    [[nodiscard]] std::span<const uint8_t> opened(std::span<const uint8_t> packet);

private:
    static constexpr size_t keyOctets = 30;  ///< master key 16, salt 14: RFC 4568, 6.2

    void fill(std::span<const uint8_t> packet);

    std::vector<uint8_t> key;
    RePtr<struct srtp> sending, receiving;
    RePtr<struct mbuf> buffer;
};

/** How all of them call. */
struct Calling
{
    bool encrypted = false;  ///< SRTP
    bool opus = false;       ///< opus, else PCMU
};

/** A call into a mixer over loopback: a voice of its own, and what came back. Any single thread. */
class Caller
{
public:
    /** Calls and waits for the answer; throws std::runtime_error when there is none.
        @param port of the mixer @param number of this caller, from 0 @param count of all callers */
    Caller(int port, int number, int count, Calling calling);

    /** Sends the packet of this frame and takes all that has come. */
    void exchange(uint64_t frameNumber);

    /** Takes all that has come. */
    void listen();

    uint64_t heard = 0;       ///< packets that came
    uint64_t sounding = 0;    ///< of them those that were not silence
    uint64_t unreadable = 0;  ///< of an encrypted call: packets that did not decrypt; they are not among the heard
    bool keepsArrivals = false;
    std::vector<int64_t> arrivalsNs;  ///< of all packets, the kernel's time of day [ns], when they are kept
    int64_t acknowledgedNs = 0;       ///< when our ACK was sent, time of day [ns]
    int64_t firstSoundNs = 0;         ///< when the first packet that is not silence came, the kernel's time of day [ns]; 0: none yet
    double jitterMs = 0.0;    ///< RFC 3550 6.4.1 of what came, from the kernel's arrival times [ms]

private:
    void take(std::span<const uint8_t> packet, int64_t arrivalNs);
    void noteArrival(int64_t arrivalNs, uint32_t timestamp);

    test::RawSipPeer peer;
    std::unique_ptr<Voice> voice;
    std::unique_ptr<Srtp> srtp;  ///< null: plain RTP
    int rtpTo = 0;
    std::vector<uint8_t> packet;
    int64_t lastArrivalNs = 0;
    uint32_t lastTimestamp = 0;
};

using Callers = std::vector<std::unique_ptr<Caller>>;

/** Calls in, one after another. */
[[nodiscard]] Callers callIn(int port, int count, Calling calling);

/** Sends everybody's packets for a time, each at its own place in the frame, and takes what came. */
class Talk
{
public:
    explicit Talk(Callers& callersToUse);

    void last(std::chrono::seconds time);

private:
    Callers& callers;
    const std::chrono::steady_clock::time_point begin;
    uint64_t sent = 0;  ///< frames
};

} // namespace mw::bench
