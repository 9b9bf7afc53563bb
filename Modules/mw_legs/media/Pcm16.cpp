#include "Pcm16.h"

#include <mw_core/mw_core.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace mw
{

namespace
{
using vectors::Floats8;
using Ints8 [[gnu::vector_size(32)]] = int32_t;
using Words8 [[gnu::vector_size(32)]] = uint32_t;
using Shorts16 [[gnu::vector_size(32)]] = int16_t;

constexpr float stepsOfFullScale = 32768.0f;
constexpr size_t together = 32;  ///< samples of a turn

/** Among floats from 2^23 to 2^24 the steps are of 1, so that adding this rounds to whole numbers, ties to even. The lower half of the sum's bits
    is then the number in 16 bits, if it has no more. */
constexpr float evenFloat = 12582912.0f;
constexpr uint32_t evenFloatBits = 0x4B400000;

MW_VECTOR_CLONES void widenSamples(const int16_t* in, float* out, size_t count) noexcept
{
    size_t i = 0;
    for (auto turns = count / together; turns > 0; --turns, i += together)
#pragma GCC unroll 4
        for (size_t k = i; k < i + together; k += 8)
        {
            const Ints8 numbers { in[k], in[k + 1], in[k + 2], in[k + 3], in[k + 4], in[k + 5], in[k + 6], in[k + 7] };
            vectors::store(__builtin_convertvector(numbers, Floats8) * (1.0f / stepsOfFullScale), out + k);
        }
    for (; i < count; ++i)
        out[i] = static_cast<float>(in[i]) * (1.0f / stepsOfFullScale);
}

/** @param numbers of their lower halves are the samples' steps @param beyond gathers bits: those above 16 are set when a sample is beyond the
    range, or not a number */
[[gnu::always_inline]] inline void roundEight(const float* in, Words8& numbers, Words8& beyond) noexcept
{
    Floats8 samples;
    vectors::load(in, samples);
    const Floats8 sum = samples * stepsOfFullScale + evenFloat;
    std::memcpy(&numbers, &sum, sizeof(sum));
    beyond |= numbers + (32768u - evenFloatBits);
}

[[gnu::always_inline]] inline void roundSixteen(const float* in, int16_t* out, Words8& beyond) noexcept
{
    Words8 low, high;
    roundEight(in, low, beyond);
    roundEight(in + 8, high, beyond);
    Shorts16 first, second;
    std::memcpy(&first, &low, sizeof(low));
    std::memcpy(&second, &high, sizeof(high));
    const Shorts16 shorts = __builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    std::memcpy(out, &shorts, sizeof(shorts));
}

/** Sixteen at a time. @returns false, and then what it wrote is of no use, when a sample is beyond the range or not a number */
MW_VECTOR_CLONES bool roundSamples(const float* in, int16_t* out, size_t sixteens) noexcept
{
    Words8 beyond {};
#pragma GCC unroll 4
    for (size_t i = 0; i < sixteens; ++i)
        roundSixteen(in + 16 * i, out + 16 * i, beyond);
    uint32_t bits = 0;
    for (int lane = 0; lane < 8; ++lane)
        bits |= beyond[lane];
    return bits <= 0xFFFFu;
}

/** One by one. @returns as pcm16FromFloat() */
uint64_t clipSamples(const float* in, int16_t* out, size_t count) noexcept
{
    uint64_t clipped = 0;
    for (size_t i = 0; i < count; ++i)
    {
        const auto scaled = in[i] * stepsOfFullScale;
        if (scaled >= -32768.5f && scaled < 32767.5f)
        {
            out[i] = static_cast<int16_t>(std::lrint(scaled));
            continue;
        }
        ++clipped;
        out[i] = scaled > 0.0f ? int16_t { 32767 } : scaled < 0.0f ? int16_t { -32768 } : int16_t { 0 };
    }
    return clipped;
}
} // namespace

void floatFromPcm16(std::span<const int16_t> in, std::span<float> out) noexcept
{
    widenSamples(in.data(), out.data(), std::min(in.size(), out.size()));
}

uint64_t pcm16FromFloat(std::span<const float> in, std::span<int16_t> out) noexcept
{
    const auto count = std::min(in.size(), out.size());
    const auto whole = count / 16 * 16;
    uint64_t clipped = 0;
    if (! roundSamples(in.data(), out.data(), whole / 16))
        clipped += clipSamples(in.data(), out.data(), whole);
    return clipped + clipSamples(in.data() + whole, out.data() + whole, count - whole);
}

} // namespace mw
