#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

/** Whether a sum of steady tones goes on without a gap, judged sample by sample.

    In windows of 100 ms the amplitude and phase of every tone are found by least squares. Then
    - the rest that no tone explains is compared with `restLimit` in every millisecond: a tone that is missing for one, a
      click, a repeated or a dropped stretch all leave a rest as large as a tone;
    - every tone keeps its amplitude;
    - every tone's phase goes on from window to window, so that a cut at the seam of two windows, or a single sample that
      slipped, shows too.
    Delays of the tones against each other do not matter. */
struct ToneWatch
{
    std::vector<double> frequenciesHz;
    double amplitude = 0.0;              ///< of each tone, full scale = 1.0
    int rateHz = 8000;
    double restLimit = 0.0;              ///< RMS over one millisecond
    double amplitudeTolerance = 0.05;    ///< of `amplitude`
    double phaseToleranceRad = 0.05;     ///< from one window to the next

    struct Verdict
    {
        size_t milliseconds = 0;         ///< looked at
        size_t badMilliseconds = 0;      ///< rest above the limit
        size_t badWindows = 0;           ///< a tone's amplitude or phase is not what it was
        double worstRest = 0.0, worstAmplitude = 0.0, worstPhaseRad = 0.0;
        double firstBadS = -1.0;         ///< from the first sample on [s]; −1: none
        [[nodiscard]] bool isUnbroken() const { return milliseconds > 0 && badMilliseconds == 0 && badWindows == 0; }
        [[nodiscard]] std::string text() const;
    };
    [[nodiscard]] Verdict judge(std::span<const float> samples) const;
};
