#pragma once

#include <cstdint>
#include <span>

namespace mw
{

/** out = in / 32768, exactly. @param out as long as `in` */
void floatFromPcm16(std::span<const int16_t> in, std::span<float> out) noexcept;

/** To the nearest of the 65 536 steps of 1/32768, ties to even. What lies beyond them becomes the last step, and NaN 0.
    @param out as long as `in` @returns how many samples lay beyond, or were NaN */
uint64_t pcm16FromFloat(std::span<const float> in, std::span<int16_t> out) noexcept;

} // namespace mw
