#pragma once

#include <cstdint>

/** Numbers in network byte order. */
namespace mw::octets
{

[[nodiscard]] inline uint16_t read16(const uint8_t* at) noexcept { return static_cast<uint16_t>((at[0] << 8) | at[1]); }
[[nodiscard]] inline uint32_t read32(const uint8_t* at) noexcept { return (uint32_t { read16(at) } << 16) | read16(at + 2); }

inline void write16(uint8_t* at, uint16_t value) noexcept
{
    at[0] = static_cast<uint8_t>(value >> 8);
    at[1] = static_cast<uint8_t>(value & 0xffu);
}

inline void write32(uint8_t* at, uint32_t value) noexcept
{
    for (int i = 0; i < 4; ++i)
        at[i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

} // namespace mw::octets
