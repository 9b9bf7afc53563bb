#pragma once

#include <mw_core/mw_core.h>

#include <cstdint>
#include <span>

namespace mw
{

/** What LevelStatistics counted since prepare(). Linear values, full scale = 1.0; the conversions of Levels.h give dBm0, dBov, dBFS. */
struct LevelFigures
{
    uint64_t samples = 0;
    double rms = 0.0;              ///< of all samples, silence and a constant included
    double peak = 0.0;             ///< highest absolute sample
    double dc = 0.0;               ///< mean of all samples, −1…1
    uint64_t clippedSamples = 0;   ///< at or beyond the clip level, or not finite
    uint64_t clippedRuns = 0;      ///< stretches of three and more of them with one sign: a flat top
    uint64_t longestClippedRun = 0; ///< [samples]
    double silentSeconds = 0.0;    ///< 20 ms windows at or below the silence level [s]
    double longestSilenceSeconds = 0.0; ///< without a window above it [s]
};

/** Long-term statistics of one channel: what may be said of it without knowing what it is.

    Sums are in double and run sample by sample, so the figures depend on the samples alone, never on block sizes. A sample that is
    not finite counts as clipped and as 0 otherwise. One thread at a time; takes no memory. */
class LevelStatistics
{
public:
    static constexpr double silenceDbm0 = -60.0;                ///< windows at or below it are silence [dBm0]
    static constexpr int windowMs = 20;                         ///< [ms]
    static constexpr float fullScale16 = 32767.0f / 32768.0f;   ///< highest sample of 16 bits
    static constexpr float fullScaleMu = 32124.0f / 32768.0f;   ///< highest sample that G.711 µ-law decodes to
    static constexpr float fullScaleA = 32256.0f / 32768.0f;    ///< the same of A-law
    static constexpr uint64_t flatTop = 3;                      ///< samples that make a clipped run

    struct Config
    {
        Law law = Law::mu;               ///< what 0 dBm0 means, for the silence level
        float clipLevel = fullScale16;   ///< from here on a sample counts as clipped; that of the codec where nothing was resampled
    };

    /** Forgets everything. @param sampleRateHz 8000…192000 [Hz] @returns false (and stays as it was) for another rate */
    bool prepare(double sampleRateHz, const Config& config) noexcept;

    /** Takes samples in (full scale = 1.0), any number at a time. */
    void process(std::span<const float> block) noexcept;

    /** The figures so far; windows that are not full count for no silence. */
    [[nodiscard]] LevelFigures figures() const noexcept;

private:
    void countClip(float sample) noexcept;
    void closeWindow() noexcept;

    double rateHz = 0.0;
    float clipLevel = fullScale16;
    double silentMeanSquare = 0.0;
    uint64_t windowFrames = 0, windowFill = 0;
    double windowSquares = 0.0;
    double sum = 0.0, squares = 0.0;
    uint64_t taken = 0, clipped = 0, clipRuns = 0, clipRun = 0, longestClip = 0;
    bool clipAbove = false;  ///< sign of the run
    float highest = 0.0f;
    uint64_t silentWindows = 0, silentRun = 0, longestSilentRun = 0;
};

} // namespace mw
