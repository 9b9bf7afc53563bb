#pragma once

#include <mw_core/mw_core.h>

#include <complex>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** One tone as it was measured. */
struct ToneReading
{
    double frequencyHz = 0.0;  ///< [Hz]
    double rms = 0.0;          ///< of the tone, full scale = 1.0
    double restRms = 0.0;      ///< of everything else in the window

    [[nodiscard]] double levelDbm0(Law law) const noexcept { return dbm0FromRms(rms, law); }

    /** Tone power over the power of everything else [dB]; plus infinity when there is nothing else. */
    [[nodiscard]] double toneToRestDb() const noexcept;
};

/** Frequency and level of a tone over the last window of samples.

    process() only stores and may be called in the audio region; the measuring functions compute (some ms for a second at
    48 kHz) and take memory, so they belong to the thread that owns the meter outside of it. One thread at a time.

    Method: Hann window, FFT, highest bin between 20 Hz (at least 3 / window) and 0.49 × rate; then the frequency from the phase advance between the two
    halves of the window, repeated until it stands; then amplitude by least squares of a cosine and a sine at that frequency.
    Over a window of 1 s a clean tone is right to 0.001 Hz and 0.001 dB. */
class ToneMeter
{
public:
    static constexpr int minWindowMs = 50, maxWindowMs = 10000;

    /** Takes memory and forgets all samples. @param sampleRateHz 8000…192000 @param windowMs 50…10000 [ms]
        @returns false (and stays as it was) for values out of range */
    bool prepare(double sampleRateHz, int windowMs = 1000);

    void process(std::span<const float> block) noexcept;

    /** Whether a whole window has arrived since prepare() or reset(). */
    [[nodiscard]] bool isFull() const noexcept { return stored >= window.size() && ! window.empty(); }

    void reset() noexcept { stored = 0; at = 0; }

    /** The dominant tone of the last window.
        @param minToneToRestDb how far it must stand above everything else together [dB]
        @returns nothing when the window is not full, is silent (below −80 dBFS), or no tone dominates */
    [[nodiscard]] std::optional<ToneReading> measure(double minToneToRestDb = 6.0) const;

    /** The component at a known frequency, also inside a mix: selective measurement, Hann window (±2/window wide).
        @param frequencyHz above 0, below half the rate
        @returns nothing when the window is not full or the frequency is out of range; `restRms` is all other sound */
    [[nodiscard]] std::optional<ToneReading> measureAt(double frequencyHz) const;

private:
    [[nodiscard]] std::vector<double> ordered() const;

    double rateHz = 0.0;
    std::vector<float> window;  ///< ring
    size_t at = 0;
    uint64_t stored = 0;
};

} // namespace mw
