#include "MixBus.h"

#include "LevelChunks.h"
#include "LevelMeter.h"

#include <algorithm>

namespace mw
{

namespace
{
using vectors::Doubles4;
using vectors::Floats8;
using vectors::load;
using vectors::store;

constexpr size_t busStep = 32;  ///< samples that a turn of the loops below deals with

/** sum + strip × linearGain; at unity without the multiplication. */
template <bool isUnity, typename Sample>
[[gnu::always_inline]] inline void accumulateAll(double* sum, const Sample* strip, size_t frames, double linearGain) noexcept
{
    size_t i = 0;
    for (; i + busStep <= frames; i += busStep)
        for (size_t k = i; k < i + busStep; k += 4)
        {
            Doubles4 total, sound;
            load(sum + k, total);
            load(strip + k, sound);
            if constexpr (! isUnity)
                sound *= linearGain;
            total += sound;
            store(total, sum + k);
        }
    for (; i < frames; ++i)
        sum[i] += static_cast<double>(strip[i]) * linearGain;
}

/** sum + each strip × its gain, in turn, while the sum is in registers. */
template <size_t count>
[[gnu::always_inline]] inline void accumulateTogether(double* sum, const MixBus::Part* parts, size_t frames) noexcept
{
    const float* strips[count];
    double gains[count];
    for (size_t part = 0; part < count; ++part)
    {
        strips[part] = parts[part].strip.data();
        gains[part] = static_cast<double>(parts[part].linearGain);
    }
    const auto addFour = [&](size_t k) __attribute__((always_inline)) {
        Doubles4 total;
        load(sum + k, total);
#pragma GCC unroll 8
        for (size_t part = 0; part < count; ++part)
        {
            Doubles4 sound;
            load(strips[part] + k, sound);
            total += sound * gains[part];
        }
        store(total, sum + k);
    };
    size_t i = 0;
    for (auto turns = frames / 40; turns > 0; --turns, i += 40)  // 5 ms of 8 kHz
#pragma GCC unroll 10
        for (size_t k = i; k < i + 40; k += 4)
            addFour(k);
    for (; i + 4 <= frames; i += 4)
        addFour(i);
    for (; i < frames; ++i)
        for (size_t part = 0; part < count; ++part)
            sum[i] += static_cast<double>(strips[part][i]) * gains[part];
}

/** mix − own × ownGain */
template <typename Sample>
[[gnu::always_inline]] inline void takeOutOwn(Doubles4& mix, const Sample* own, double ownGain) noexcept
{
    Doubles4 sound;
    load(own, sound);
    mix -= sound * ownGain;
}

/** (sum − own × ownGain) × linearGain, rounded to float; a linearGain of one without its multiplication. */
template <bool isUnity, typename Sample>
[[gnu::always_inline]] inline void subtractAll(float* out, const double* sum, const Sample* own, size_t frames, double ownGain,
                                               double linearGain) noexcept
{
    size_t i = 0;
    for (auto turns = frames / busStep; turns > 0; --turns, i += busStep)
#pragma GCC unroll 8
        for (size_t k = i; k < i + busStep; k += 4)
        {
            Doubles4 mix;
            load(sum + k, mix);
            takeOutOwn(mix, own + k, ownGain);
            if constexpr (! isUnity)
                mix *= linearGain;
            store(mix, out + k);
        }
    for (; i < frames; ++i)
        out[i] = static_cast<float>((sum[i] - static_cast<double>(own[i]) * ownGain) * linearGain);
}

MW_VECTOR_CLONES void accumulateSamples(double* sum, const float* strip, size_t frames, double linearGain) noexcept
{
    if (linearGain == 1.0)
        accumulateAll<true>(sum, strip, frames, linearGain);
    else
        accumulateAll<false>(sum, strip, frames, linearGain);
}

MW_VECTOR_CLONES void accumulateSamples(double* sum, const double* strip, size_t frames, double linearGain) noexcept
{
    if (linearGain == 1.0)
        accumulateAll<true>(sum, strip, frames, linearGain);
    else
        accumulateAll<false>(sum, strip, frames, linearGain);
}

constexpr size_t mostTogether = 8, fewTogether = 4;  ///< strips in one turn

MW_FUSED_CLONES void accumulateEight(double* sum, const MixBus::Part* parts, size_t frames) noexcept
{
    accumulateTogether<mostTogether>(sum, parts, frames);
}

MW_FUSED_CLONES void accumulateFour(double* sum, const MixBus::Part* parts, size_t frames) noexcept
{
    accumulateTogether<fewTogether>(sum, parts, frames);
}

MW_VECTOR_CLONES void subtractSamples(float* out, const double* sum, const float* own, size_t frames, double ownGain, double linearGain) noexcept
{
    if (linearGain == 1.0)
        subtractAll<true>(out, sum, own, frames, ownGain, linearGain);
    else
        subtractAll<false>(out, sum, own, frames, ownGain, linearGain);
}

MW_VECTOR_CLONES void subtractSamples(float* out, const double* sum, const double* own, size_t frames, double ownGain, double linearGain) noexcept
{
    subtractAll<false>(out, sum, own, frames, ownGain, linearGain);
}

MW_VECTOR_CLONES void scaleSamples(float* out, const double* sum, size_t frames, double linearGain) noexcept
{
    for (size_t i = 0; i < frames; ++i)
        out[i] = static_cast<float>(sum[i] * linearGain);
}

/** Mixes a leg's block piece by piece, as subtractAll() and scaleSamples() do. */
template <bool isUnity, bool hasOwn>
struct MixedPieces
{
    float* out;
    const double* sum;
    const float* own;
    double ownGain, linearGain;

    [[gnu::always_inline]] void four(size_t at, Doubles4& mix) const noexcept
    {
        load(sum + at, mix);
        if constexpr (hasOwn)
            takeOutOwn(mix, own + at, ownGain);
        if constexpr (! isUnity)
            mix *= linearGain;
    }

    [[gnu::always_inline]] void give(size_t at, Floats8& piece) const noexcept
    {
        Doubles4 first, second;
        four(8 * at, first);
        four(8 * at + 4, second);
        vectors::narrow(first, second, piece);
        store(piece, out + 8 * at);
    }

    [[gnu::always_inline]] void advance(size_t pieces) noexcept
    {
        out += 8 * pieces;
        sum += 8 * pieces;
        own += hasOwn ? 8 * pieces : 0;
    }
};

template <bool isUnity, bool hasOwn>
[[gnu::always_inline]] inline float mixAndSumUp(LevelLanes& lanes, size_t chunks, const MixedPieces<isUnity, hasOwn>& mix) noexcept
{
    return lanes.fives == 2 ? levels::runChunks<2>(lanes, chunks, mix) : levels::runChunks<0>(lanes, chunks, mix);
}

/** std::fill would become a memset, which for a bus's few thousand octets costs a multiple of these stores. */
#if defined(__GNUC__) && ! defined(__clang__)
__attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif
void clearSamples(double* sum, size_t frames) noexcept
{
    size_t i = 0;
    for (; i + busStep <= frames; i += busStep)
        for (size_t k = i; k < i + busStep; k += 4)
            store(Doubles4 {}, sum + k);
    for (; i < frames; ++i)
        sum[i] = 0.0;
}

template <typename Sample>
void accumulate(std::span<double> sum, std::span<const Sample> strip, double linearGain) noexcept
{
    accumulateSamples(sum.data(), strip.data(), std::min(sum.size(), strip.size()), linearGain);
}

template <typename Sample>
void subtractInto(std::span<float> out, std::span<const double> sum, std::span<const Sample> own, double ownGain, double linearGain) noexcept
{
    const auto frames = std::min(out.size(), sum.size());
    const auto shared = std::min(frames, own.size());
    subtractSamples(out.data(), sum.data(), own.data(), shared, ownGain, linearGain);
    if (shared < frames)
        scaleSamples(out.data() + shared, sum.data() + shared, frames - shared, linearGain);
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(frames), out.end(), 0.0f);
}

} // namespace

/** Mixes a leg's block and sums its level up. @param own null: nothing is to be taken out @returns as levels::sumUp() */
MW_FUSED_CLONES float MixBus::mixChunks(LevelLanes& lanes, size_t chunks, float* out, const double* sum, const float* own, float ownGain,
                                        double linearGain) noexcept
{
    const auto gain = static_cast<double>(ownGain);
    if (own == nullptr)
        return mixAndSumUp(lanes, chunks, MixedPieces<false, false> { out, sum, own, gain, linearGain });
    if (linearGain == 1.0)
        return mixAndSumUp(lanes, chunks, MixedPieces<true, true> { out, sum, own, gain, linearGain });
    return mixAndSumUp(lanes, chunks, MixedPieces<false, true> { out, sum, own, gain, linearGain });
}

void MixBus::prepare(size_t maxFrames)
{
    sum.assign(std::max<size_t>(maxFrames, 1), 0.0);
    legSum.assign(sum.size(), 0.0);
    used = written = 0;
}

void MixBus::begin(size_t frames) noexcept
{
    used = std::min(frames, sum.size());
    clearSamples(sum.data(), written);
    written = 0;
}

void MixBus::add(std::span<const float> strip, float linearGain) noexcept
{
    written = used;
    accumulate(std::span(sum.data(), used), strip, static_cast<double>(linearGain));
}

void MixBus::add(std::span<const double> strip) noexcept
{
    written = used;
    accumulate(std::span(sum.data(), used), strip, 1.0);
}

void MixBus::addAll(std::span<const Part> parts) noexcept
{
    if (parts.empty())
        return;
    written = used;
    const auto takeTogether = [&](size_t count, auto&& accumulateThem) {
        while (parts.size() >= count)
        {
            const auto together = parts.first(count);
            if (! std::all_of(together.begin(), together.end(), [this](const Part& part) { return part.strip.size() >= used; }))
                return;
            accumulateThem(sum.data(), together.data(), used);
            parts = parts.subspan(count);
        }
    };
    takeTogether(mostTogether, accumulateEight);
    takeTogether(fewTogether, accumulateFour);
    for (const auto& part : parts)
        add(part.strip, part.linearGain);
}

void MixBus::mixMinus(std::span<const float> own, std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, total(), own, 1.0, linearGain);
}

void MixBus::mixMinus(std::span<const float> own, float ownGain, std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, total(), own, static_cast<double>(ownGain), linearGain);
}

void MixBus::mixMinus(std::span<const double> own, std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, total(), own, 1.0, linearGain);
}

void MixBus::writeTotal(std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, total(), std::span<const double>(), 1.0, linearGain);
}

bool MixBus::mixThenMeter(std::span<const float> own, float ownGain, std::span<float> out, double linearGain, LevelMeter& meter) const noexcept
{
    mixMinus(own, ownGain, out, linearGain);
    return meter.processUnclipped(out);
}

void MixBus::openLeg(From from) noexcept
{
    if (from == From::total)
        std::copy_n(sum.begin(), used, legSum.begin());
    else
        std::fill_n(legSum.begin(), used, 0.0);
}

void MixBus::correct(std::span<const float> strip, double linearGain) noexcept
{
    accumulate(std::span(legSum.data(), used), strip, linearGain);
}

void MixBus::correct(std::span<const double> strip, double linearGain) noexcept
{
    accumulate(std::span(legSum.data(), used), strip, linearGain);
}

void MixBus::closeLeg(std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, leg(), std::span<const double>(), 1.0, linearGain);
}

} // namespace mw
