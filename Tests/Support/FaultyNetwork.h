#pragma once

#include "NetworkFaults.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mw::test
{

/** The way of a packet through a FaultyNetwork. */
enum class NetworkDirection : uint8_t { toCallee, toCaller };

/** One RTP packet as the network saw it. */
struct PacketPassage
{
    size_t call = 0;             ///< calls (or links) in the order in which they came, from 0
    NetworkDirection direction = NetworkDirection::toCallee;
    uint64_t number = 0;         ///< in its call and direction, from 0
    PacketFate fate;
    uint16_t sequence = 0;
    uint32_t timestamp = 0, ssrc = 0;
    uint8_t payloadType = 0;
    bool marker = false;
    size_t octets = 0;
    uint64_t hash = 0;           ///< FNV-1a of the octets
    int64_t arrivedNs = 0;       ///< CLOCK_MONOTONIC [ns]
    int64_t sentNs = 0;          ///< likewise; 0: not sent (lost, or it still waits)
};

/** A network in the middle of calls on 127.0.0.1 that loses, delays, reorders and doubles RTP packets, repeatably (NetworkFaults),
    and notes what it did to which. A caller dials uri() in place of the callee's own; the dialog and both streams then come through
    here, encrypted ones too. RTCP and SIP pass untouched. One thread, joined by the destructor; at most 64 calls. */
class FaultyNetwork
{
public:
    struct Config
    {
        NetworkFaults toCallee, toCaller;  ///< the second and further calls draw with seed + 1, + 2 …
        bool rtcpToo = false;              ///< RTCP is lost with the loss probability of its direction as well
    };

    /** Opens its sockets and runs. @param calleeSipPort of 127.0.0.1, UDP. Throws std::runtime_error when it cannot. */
    FaultyNetwork(uint16_t calleeSipPort, const Config& config);
    ~FaultyNetwork();
    FaultyNetwork(const FaultyNetwork&) = delete;
    FaultyNetwork& operator=(const FaultyNetwork&) = delete;

    [[nodiscard]] uint16_t sipPort() const;
    [[nodiscard]] std::string uri() const { return "sip:bench@127.0.0.1:" + std::to_string(sipPort()); }

    /** A way for bare RTP without SIP: what is sent to the returned port of 127.0.0.1 goes on to `targetPort`, what comes back
        goes to who sent last. Counts as a call. */
    [[nodiscard]] uint16_t addLink(uint16_t targetPort);

    /** All RTP packets so far, in the order of their arrival. */
    [[nodiscard]] std::vector<PacketPassage> log() const;

    /** What went wrong in here itself (a full queue, a send that failed otherwise than by a closed port); a test wants none. */
    [[nodiscard]] std::vector<std::string> problems() const;

    /** The log without its times, one line a packet: equal for equal seeds and packets. */
    [[nodiscard]] static std::string text(const std::vector<PacketPassage>& log);

    /** Of one direction of a call. */
    [[nodiscard]] static std::vector<PacketPassage> of(const std::vector<PacketPassage>& log, size_t call, NetworkDirection direction);

private:
    struct Impl;
    std::unique_ptr<Impl> impl;
};

} // namespace mw::test
