#pragma once

#include "LevelMeter.h"

#include <cstddef>
#include <span>
#include <vector>

namespace mw
{

/** Sums strips in double and gives each leg what it is to hear.

        begin(frames);  add(strip 1) … add(strip N);                       one sum, O(N)
        mixMinus(own, out)                                                 total − own, O(1) a leg
        openLeg(From::total); takeOut(own); correct(strip, gain); closeLeg(out)   the same with exceptions, which cost only themselves

    Exactness: the error of a sum of N strips is at most N × 2^-53 × Σ|strip|, so 2048 legs at full scale and +20 dB are right to
    5 × 10^-9 of full scale, far below the float they are rounded to once at the end; strips that are 16-bit samples at unity
    gain sum exactly (finding 3). Nothing clips here. Strips may be shorter than the block (the rest is silence), never longer.

    Not thread-safe: one thread at a time (the audio region). Only prepare() takes memory. */
class MixBus
{
public:
    enum class From { total, silence };

    /** @param maxFrames the largest block, ≥ 1. Not in the audio region. */
    void prepare(size_t maxFrames);

    /** Starts a block: the sum is silence. @param frames at most what was prepared, otherwise cut to it */
    void begin(size_t frames) noexcept;

    /** A strip's gain is a float: its product with a sample is then exact in double. */
    void add(std::span<const float> strip, float linearGain = 1.0f) noexcept;
    void add(std::span<const double> strip) noexcept;

    /** A strip and the gain that it is added with. */
    struct Part
    {
        std::span<const float> strip;
        float linearGain = 1.0f;
    };

    /** The same as add() for each in turn, at less than its cost. */
    void addAll(std::span<const Part> parts) noexcept;

    /** The sum so far, frames() long. */
    [[nodiscard]] std::span<const double> total() const noexcept { return { sum.data(), used }; }
    [[nodiscard]] size_t frames() const noexcept { return used; }

    /** out = (total − own) × linearGain. @param own what was added for this leg, after its gain */
    void mixMinus(std::span<const float> own, std::span<float> out, double linearGain = 1.0) const noexcept;
    void mixMinus(std::span<const double> own, std::span<float> out, double linearGain = 1.0) const noexcept;

    /** out = (total − own × ownGain) × linearGain, for a strip that was added with this gain. */
    void mixMinus(std::span<const float> own, float ownGain, std::span<float> out, double linearGain) const noexcept;

    /** mixMinus() (writeTotal() where `own` is empty) and then meter.processUnclipped(out), at less than their cost.
        @returns as processUnclipped(): when false, `out` is mixed all the same and the meter has not had it */
    bool mixMinus(std::span<const float> own, float ownGain, std::span<float> out, double linearGain, LevelMeter& meter) const noexcept
    {
        const auto frames = out.size();
        auto isMixed = false;
        const auto isMetered = frames == used && (own.size() == frames || own.empty())
                            && meter.processUnclippedWith(frames, [&](LevelLanes& lanes, size_t chunks) {
                                   isMixed = true;
                                   return mixChunks(lanes, chunks, out.data(), sum.data(), own.empty() ? nullptr : own.data(), ownGain, linearGain);
                               });
        return isMixed ? isMetered : mixThenMeter(own, ownGain, out, linearGain, meter);
    }

    /** out = total × linearGain */
    void writeTotal(std::span<float> out, double linearGain = 1.0) const noexcept;

    /** Begins one leg's mix with the total or with silence; the calls below work on it until closeLeg(). */
    void openLeg(From from) noexcept;

    /** Removes a strip that was added. */
    void takeOut(std::span<const float> strip) noexcept { correct(strip, -1.0); }
    void takeOut(std::span<const double> strip) noexcept { correct(strip, -1.0); }

    /** Adds strip × linearGain: for a cell that differs, give the cell's gain minus the gain with which the strip is heard already. */
    void correct(std::span<const float> strip, double linearGain) noexcept;
    void correct(std::span<const double> strip, double linearGain) noexcept;

    /** The leg's mix before it is rounded. */
    [[nodiscard]] std::span<const double> leg() const noexcept { return { legSum.data(), used }; }

    /** out = leg's mix × linearGain, rounded once to float. */
    void closeLeg(std::span<float> out, double linearGain = 1.0) const noexcept;

private:
    static float mixChunks(LevelLanes& lanes, size_t chunks, float* out, const double* sum, const float* own, float ownGain, double linearGain) noexcept;
    bool mixThenMeter(std::span<const float> own, float ownGain, std::span<float> out, double linearGain, LevelMeter& meter) const noexcept;

    std::vector<double> sum, legSum;
    size_t used = 0;
    size_t written = 0;  ///< of `sum`, samples that are not silence any more
};

} // namespace mw
