#include "MixBus.h"

#include "LevelChunks.h"
#include "LevelMeter.h"

#include <algorithm>

namespace mw
{

namespace
{
using vectors::Doubles4;
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

/** sum + each strip × its gain, in turn, while the sum is in registers; at unity without the multiplication. */
template <bool isUnity, size_t count>
[[gnu::always_inline]] inline void accumulateTogether(double* sum, const MixBus::Part* parts, size_t frames) noexcept
{
    const float* strips[count];
    double gains[count];
    for (size_t part = 0; part < count; ++part)
    {
        strips[part] = parts[part].strip.data();
        gains[part] = parts[part].linearGain;
    }
    const auto addFour = [&](size_t k) __attribute__((always_inline)) {
        Doubles4 total;
        load(sum + k, total);
#pragma GCC unroll 8
        for (size_t part = 0; part < count; ++part)
        {
            Doubles4 sound;
            load(strips[part] + k, sound);
            if constexpr (! isUnity)
                sound *= gains[part];
            total += sound;
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

/** mix − own × ownGain; at unity without the multiplication. */
template <bool isOwnUnity, typename Sample>
[[gnu::always_inline]] inline void takeOutOwn(Doubles4& mix, const Sample* own, double ownGain) noexcept
{
    Doubles4 sound;
    load(own, sound);
    if constexpr (isOwnUnity)
        mix -= sound;
    else
        mix += sound * -ownGain;
}

/** (sum − own × ownGain) × linearGain, rounded to float; gains of one without their multiplication. */
template <bool isOwnUnity, bool isUnity, typename Sample>
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
            takeOutOwn<isOwnUnity>(mix, own + k, ownGain);
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

MW_VECTOR_CLONES void accumulateEight(double* sum, const MixBus::Part* parts, size_t frames, bool areUnity) noexcept
{
    if (areUnity)
        accumulateTogether<true, mostTogether>(sum, parts, frames);
    else
        accumulateTogether<false, mostTogether>(sum, parts, frames);
}

MW_VECTOR_CLONES void accumulateFour(double* sum, const MixBus::Part* parts, size_t frames, bool areUnity) noexcept
{
    if (areUnity)
        accumulateTogether<true, fewTogether>(sum, parts, frames);
    else
        accumulateTogether<false, fewTogether>(sum, parts, frames);
}

MW_VECTOR_CLONES void subtractSamples(float* out, const double* sum, const float* own, size_t frames, double ownGain, double linearGain) noexcept
{
    if (ownGain == 1.0 && linearGain == 1.0)
        subtractAll<true, true>(out, sum, own, frames, ownGain, linearGain);
    else if (linearGain == 1.0)
        subtractAll<false, true>(out, sum, own, frames, ownGain, linearGain);
    else
        subtractAll<false, false>(out, sum, own, frames, ownGain, linearGain);
}

MW_VECTOR_CLONES void subtractSamples(float* out, const double* sum, const double* own, size_t frames, double ownGain, double linearGain) noexcept
{
    subtractAll<false, false>(out, sum, own, frames, ownGain, linearGain);
}

MW_VECTOR_CLONES void scaleSamples(float* out, const double* sum, size_t frames, double linearGain) noexcept
{
    for (size_t i = 0; i < frames; ++i)
        out[i] = static_cast<float>(sum[i] * linearGain);
}

/** Mixes a leg's block chunk by chunk, as subtractAll() and scaleSamples() do. */
template <bool isUnity, bool hasOwn>
struct MakeMix
{
    float* out;
    const double* sum;
    const float* own;
    double ownGain, linearGain;

    [[gnu::always_inline]] void operator()(size_t fives) noexcept
    {
#pragma GCC unroll 2
        for (; fives > 0; --fives)
        {
#pragma GCC unroll 10
            for (size_t k = 0; k < 40; k += 4)
            {
                Doubles4 mix;
                load(sum + k, mix);
                if constexpr (hasOwn)
                    takeOutOwn<isUnity>(mix, own + k, ownGain);
                if constexpr (! isUnity)
                    mix *= linearGain;
                store(mix, out + k);
            }
            out += 40;
            sum += 40;
            own += hasOwn ? 40 : 0;
        }
    }
};

template <bool isUnity, bool hasOwn>
[[gnu::always_inline]] inline float mixAndSumUp(LevelLanes& lanes, size_t chunks, const MakeMix<isUnity, hasOwn>& mix) noexcept
{
    return lanes.fives == 2 ? levels::runChunks<2>(lanes, chunks, mix.out, mix) : levels::runChunks<0>(lanes, chunks, mix.out, mix);
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
MW_VECTOR_CLONES float MixBus::mixChunks(LevelLanes& lanes, size_t chunks, float* out, const double* sum, const float* own, double ownGain,
                                         double linearGain) noexcept
{
    if (own == nullptr)
        return mixAndSumUp(lanes, chunks, MakeMix<false, false> { out, sum, own, ownGain, linearGain });
    if (ownGain == 1.0 && linearGain == 1.0)
        return mixAndSumUp(lanes, chunks, MakeMix<true, true> { out, sum, own, ownGain, linearGain });
    return mixAndSumUp(lanes, chunks, MakeMix<false, true> { out, sum, own, ownGain, linearGain });
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

void MixBus::add(std::span<const float> strip) noexcept { add(strip, 1.0); }

void MixBus::add(std::span<const float> strip, double linearGain) noexcept
{
    written = used;
    accumulate(std::span(sum.data(), used), strip, linearGain);
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
            const auto areUnity = std::all_of(together.begin(), together.end(), [](const Part& part) { return part.linearGain == 1.0; });
            accumulateThem(sum.data(), together.data(), used, areUnity);
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

void MixBus::mixMinus(std::span<const float> own, double ownGain, std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, total(), own, ownGain, linearGain);
}

void MixBus::mixMinus(std::span<const double> own, std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, total(), own, 1.0, linearGain);
}

void MixBus::writeTotal(std::span<float> out, double linearGain) const noexcept
{
    subtractInto(out, total(), std::span<const double>(), 1.0, linearGain);
}

bool MixBus::mixThenMeter(std::span<const float> own, double ownGain, std::span<float> out, double linearGain, LevelMeter& meter) const noexcept
{
    subtractInto(out, total(), own, ownGain, linearGain);
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
