#pragma once

#include <cstdint>
#include <span>
#include <vector>

/** G.711 as the tests understand it: written for them from ITU-T G.711, so that a fault in the product's own tables cannot
    hide itself. Samples are full scale = 1.0, decoded to the 16-bit values of G.711 over 32768. */
namespace g711
{

enum class Law { mu, a };

/** RTP payload type of a law (RFC 3551). */
[[nodiscard]] constexpr int payloadType(Law law) noexcept { return law == Law::mu ? 0 : 8; }
[[nodiscard]] constexpr const char* encodingName(Law law) noexcept { return law == Law::mu ? "PCMU" : "PCMA"; }

/** Level of a full-scale sine [dBm0]: 3.17 or 3.14 (ITU-T G.711). */
[[nodiscard]] constexpr double overloadDbm0(Law law) noexcept { return law == Law::mu ? 3.17 : 3.14; }

/** The 16-bit value of an octet, −32124…32124 (µ) or −32256…32256 (A). */
[[nodiscard]] int decode(uint8_t octet, Law law) noexcept;

/** The octet whose value is nearest. @param sample 16-bit range */
[[nodiscard]] uint8_t encode(int sample, Law law) noexcept;

[[nodiscard]] std::vector<float> decode(std::span<const uint8_t> octets, Law law);

/** @param samples full scale = 1.0; values beyond it take the outermost octet */
[[nodiscard]] std::vector<uint8_t> encode(std::span<const float> samples, Law law);

} // namespace g711
