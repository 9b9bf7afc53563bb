#pragma once

#include "PilotPlan.h"

#include <mw_core/mw_core.h>

#include <array>
#include <cstdint>
#include <span>

namespace mw
{

/** Makes a pilot: the sound by which a receiver knows who is heard, at what level and how late (see PilotPlan and PilotReceiver).

    The sample for an absolute time is a function of number, level and that time alone (within 10^-5 of the amplitude), whatever was
    rendered before: two sources of the same number on one clock sound the same, and a receiver on that clock reads the delay from the phase.

    One thread at a time (the audio region). Nothing here takes memory. */
class PilotSource
{
public:
    static constexpr double minLevelDbm0 = -90.0, maxLevelDbm0 = -10.0;  ///< its peaks are at most 14 dB above its RMS

    /** @param sampleRateHz 8000…192000 @returns false (and stays as it was) for another rate */
    bool prepare(double sampleRateHz) noexcept;

    /** From the next sample on, without a fade.
        @param number 1…64 @param levelDbm0 RMS of the pilot, minLevelDbm0…maxLevelDbm0, or silenceDb
        @returns false, and nothing changes, for values out of range or before prepare() */
    bool set(int number, double levelDbm0, Law law = Law::mu) noexcept;

    /** 0 before set(). */
    [[nodiscard]] int number() const noexcept { return pilot; }

    /** Adds to the block. @param firstSampleNs absolute time that the first sample stands for [ns] */
    void add(std::span<float> block, int64_t firstSampleNs) noexcept;

    /** Overwrites the block. */
    void render(std::span<float> block, int64_t firstSampleNs) noexcept;

private:
    static constexpr size_t lanes = 8;  ///< sums side by side, so that a compiler may use vector instructions
    static constexpr size_t width = (PilotPlan::lineCount + lanes - 1) / lanes * lanes;
    using Vector = std::array<double, width>;

    void aim(int64_t timeNs) noexcept;

    double rateHz = 0.0;
    int pilot = 0;
    double amplitude = 0.0;              ///< of each line
    Vector cosine {}, sine {};           ///< of each line's phase now
    Vector stepCosine {}, stepSine {};   ///< of its turn from one sample to the next
};

} // namespace mw
