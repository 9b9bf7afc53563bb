#pragma once

#include <mw_legs/mw_legs.h>

#include <array>
#include <cstdint>
#include <span>

namespace mw::rtcp
{

/** An extended report (RFC 3611) with one VoIP metrics block (4.7) [octets]. */
inline constexpr size_t xrOctets = 8 + 36;

/** The metrics that tell a peer how its stream arrived here. What is not known is said to be unavailable.
    @param ssrc of the peer's stream @param roundTripMs by RTCP; not a number: not known [ms] */
[[nodiscard]] XrVoipMetrics voipMetricsOf(uint32_t ssrc, const ReceiverState& state, double roundTripMs) noexcept;

/** @param senderSsrc of who tells @returns a whole RTCP packet of type 207 */
[[nodiscard]] std::array<uint8_t, xrOctets> encodeXr(uint32_t senderSsrc, const XrVoipMetrics& metrics) noexcept;

/** @param body of a VoIP metrics block, behind its header of four octets: 32 octets */
[[nodiscard]] XrVoipMetrics decodeVoipMetrics(std::span<const uint8_t, 32> body) noexcept;

} // namespace mw::rtcp
