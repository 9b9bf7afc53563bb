#pragma once

#include <mw_legs/mw_legs.h>

#include <cstdint>
#include <optional>
#include <span>

namespace mw
{

/** Level of sound while there is sound: the RMS over all 20 ms windows whose own RMS is above a floor.

    This is the figure behind `--expect-level` and "levelDbm0" in the sink's report. It is not the active speech level of
    ITU-T P.56: a steady tone reads exactly its level, speech reads the power of its louder parts. Two programs that measure
    the same sound this way agree within the share of the windows at its edges. Any single thread. */
class ActiveLevel
{
public:
    static constexpr int windowMs = 20;            ///< [ms]
    static constexpr double floorDbm0 = -50.0;     ///< windows at or below it are not counted [dBm0]

    /** @param sampleRateHz 8000…192000 [Hz] */
    ActiveLevel(int sampleRateHz, Law law) noexcept;

    /** Takes samples in (full scale = 1.0), any number at a time. Never allocates. */
    void process(std::span<const float> block) noexcept;

    /** RMS of the active windows [dBm0]; nothing when no window was active. */
    [[nodiscard]] std::optional<double> levelDbm0() const noexcept;

    /** Highest absolute sample so far (full scale = 1.0). */
    [[nodiscard]] double peak() const noexcept { return highest; }

    /** Length of the active windows together [s]. */
    [[nodiscard]] double activeSeconds() const noexcept;

    /** Samples taken in, complete windows or not. */
    [[nodiscard]] uint64_t samples() const noexcept { return taken; }

    /** Samples at or above 16-bit full scale (32767/32768). */
    [[nodiscard]] uint64_t clippedSamples() const noexcept { return clipped; }

private:
    int windowFrames;
    Law law;
    double rate;
    double floorMeanSquare;
    double windowSum = 0.0, activeSum = 0.0;
    int windowFill = 0;
    uint64_t activeWindows = 0, taken = 0, clipped = 0;
    double highest = 0.0;
};

} // namespace mw
