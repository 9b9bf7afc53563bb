#pragma once

#include <string>

namespace mw
{

/** What a peer's SDP says of the packets that it wants to receive; values of attributes, null where there is none. */
struct PeerPacketTime
{
    const char* ptime = nullptr;     ///< a=ptime [ms]: the length that the peer would like (RFC 3264, 5.1 and 6.1)
    const char* maxptime = nullptr;  ///< a=maxptime [ms]: the most that a packet may hold (RFC 8866, 6.5)
};

/** Length of the packets that are sent to a peer: the one that it wishes for, or ours, and no more than its most; of what is no whole number of
    5 ms from 5 to 60, or no frame of the codec, the next shorter one. Attributes that are no numbers say nothing.
    @param codec its name in SDP @param oursMs what is sent to a peer that says nothing [ms], 5…60
    @returns 5…60 [ms] */
[[nodiscard]] int packetTimeMs(const std::string& codec, const PeerPacketTime& peer, int oursMs);

} // namespace mw
