#pragma once

#include <cstring>

/** Marks a function of which a second version for AVX2 is compiled on x86-64; the loader picks the one that the processor can run. Both give the
    same bits, since AVX2 alone fuses no multiplication with an addition. What it calls must be inlined to be part of that version.
    Sanitizers come up later than the loader's choice, and clang is for fuzzing: with them there is one version; so with the option
    MILLIWATT_VECTOR_CLONES off, to see what processors without AVX2 run.

    MW_FUSED_CLONES marks one whose second version is for x86-64-v3, AVX2 with FMA among it, where the compiler fuses each multiplication with the
    addition behind it. That gives the same bits where products are exact, as those of two floats in double are; vectors::rounded() keeps others
    apart. (With -march of the builder's own choice the compiler may fuse everywhere, and bits are no longer those of other processors.)

    GCC 12 loses, for AVX2, the rounding of doubles that are narrowed to float and widened again in registers: no function widens what it
    narrowed (MixBus widens sums of its squares). */
#if defined(__x86_64__) && defined(__linux__) && ! defined(__SANITIZE_ADDRESS__) && ! defined(__SANITIZE_THREAD__) && ! defined(__clang__) \
    && ! defined(MILLIWATT_NO_VECTOR_CLONES)
 #define MW_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
 #define MW_FUSED_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
 #define MW_HAS_VECTOR_CLONES 1
#else
 #define MW_VECTOR_CLONES
 #define MW_FUSED_CLONES
 #define MW_HAS_VECTOR_CLONES 0
#endif

namespace mw::vectors
{

/** Vectors as GCC and clang know them on every processor; those without registers of that length take several. */
using Doubles4 [[gnu::vector_size(32)]] = double;
using Floats8 [[gnu::vector_size(32)]] = float;
using Floats4 [[gnu::vector_size(16)]] = float;

/** The product as it is rounded by itself: no addition is fused with it. */
template <typename Vector>
[[gnu::always_inline]] inline void rounded(Vector& product) noexcept
{
#if defined(__GNUC__) && ! defined(__clang__)
    product = __builtin_assoc_barrier(product);
#else
    (void) product;
#endif
}

/** Written so that it becomes one instruction. */
[[gnu::always_inline]] inline void widen(const float* from, Doubles4& to) noexcept
{
    to = Doubles4 { static_cast<double>(from[0]), static_cast<double>(from[1]), static_cast<double>(from[2]), static_cast<double>(from[3]) };
}

/** Rounds each to float. */
[[gnu::always_inline]] inline void narrow(const Doubles4& from, float* to) noexcept
{
    const float rounded[] = { static_cast<float>(from[0]), static_cast<float>(from[1]), static_cast<float>(from[2]), static_cast<float>(from[3]) };
    std::memcpy(to, rounded, sizeof(rounded));
}

[[gnu::always_inline]] inline void load(const float* from, Floats8& to) noexcept { std::memcpy(&to, from, sizeof(to)); }
[[gnu::always_inline]] inline void store(const Floats8& from, float* to) noexcept { std::memcpy(to, &from, sizeof(from)); }
[[gnu::always_inline]] inline void load(const double* from, Doubles4& to) noexcept { std::memcpy(&to, from, sizeof(to)); }
[[gnu::always_inline]] inline void load(const float* from, Doubles4& to) noexcept { widen(from, to); }
[[gnu::always_inline]] inline void store(const Doubles4& from, double* to) noexcept { std::memcpy(to, &from, sizeof(from)); }
[[gnu::always_inline]] inline void store(const Doubles4& from, float* to) noexcept { narrow(from, to); }

/** Rounds each to float. */
[[gnu::always_inline]] inline void narrow(const Doubles4& first, const Doubles4& second, Floats8& to) noexcept
{
    to = Floats8 { static_cast<float>(first[0]), static_cast<float>(first[1]), static_cast<float>(first[2]), static_cast<float>(first[3]),
                   static_cast<float>(second[0]), static_cast<float>(second[1]), static_cast<float>(second[2]), static_cast<float>(second[3]) };
}

/** Adds the upper four to the lower four, and widens the sums. */
[[gnu::always_inline]] inline void fold(const Floats8& from, Doubles4& to) noexcept
{
    const Floats4 sums = __builtin_shufflevector(from, from, 0, 1, 2, 3) + __builtin_shufflevector(from, from, 4, 5, 6, 7);
    to = Doubles4 { static_cast<double>(sums[0]), static_cast<double>(sums[1]), static_cast<double>(sums[2]), static_cast<double>(sums[3]) };
}

/** The highest of eight numbers that are none of them NaN. */
[[gnu::always_inline]] inline float highestOf(const Floats8& from) noexcept
{
    const Floats4 low = __builtin_shufflevector(from, from, 0, 1, 2, 3), high = __builtin_shufflevector(from, from, 4, 5, 6, 7);
    const Floats4 four = high > low ? high : low;
    const auto first = four[0] > four[1] ? four[0] : four[1], second = four[2] > four[3] ? four[2] : four[3];
    return first > second ? first : second;
}

} // namespace mw::vectors
