#pragma once

#include "FourierPlan.h"
#include "PilotPlan.h"

#include <array>
#include <complex>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** What one window says of one pilot. */
struct PilotEstimate
{
    double delayS = 0.0;      ///< of the pilot in the middle of the window, within one period [s]
    double amplitude = 0.0;   ///< of each of its lines, full scale = 1.0
    double angle = 0.0;       ///< by which all of its lines are turned; 0, or π where the polarity was changed [rad]
    double snr = 0.0;         ///< power of the pilot after correlation over that of everything else there
    double logChance = 0.0;   ///< natural logarithm of the chance that noise alone looks like it at one given delay
};

/** Looks for pilots in one period of sound at 8 kHz.

    One Fourier transform of exactly one period holds every line of every pilot in a bin of its own. The 45 lines of a pilot are
    weighted by one over the median power of their bands (so that speech, which is loud in a few bands, spoils little), turned back by
    the phases they were sent with, and added up for a delay; an inverse transform does so for 4096 delays at once. How
    alike the lines then are is r² = |Σ w Y|² / (Σ w · Σ w |Y|²), 0…1. For noise r² follows a beta distribution: the chance of more
    than x is (1 − x)^(M − 1), M the effective number of lines. That is where the bounds on false alarms come from.

    One thread at a time. */
class PilotDetector
{
public:
    static constexpr size_t windowFrames = 8192;  ///< one period at 8 kHz
    static constexpr int sampleRateHz = 8000;

    /** A pilot whose place is unknown is taken as found when noise alone would do as well with a chance below 3·10^-10 at one
        delay, that is 10^-6 for one pilot and window (some 2900 delays differ). */
    static constexpr double searchLogChance = -22.0;
    /** At a delay known beforehand to ±1.5 ms: below 2·10^-5 at one delay, 2·10^-4 in all. */
    static constexpr double trackLogChance = -11.0;
    static constexpr double trackHalfWidthS = 0.0015;

    PilotDetector();

    /** Takes one window. @param window windowFrames samples @param startNs absolute time of its first sample [ns]
        @returns false when there is nothing but zeros, and then nothing can be found */
    bool load(std::span<const float> window, int64_t startNs);

    /** Looks for a pilot at every delay. @param slope change of its delay in time where it is known [s/s] */
    [[nodiscard]] std::optional<PilotEstimate> search(int pilot, double slope = 0.0);

    /** Looks for it at a delay, ± trackHalfWidthS. */
    [[nodiscard]] std::optional<PilotEstimate> near(int pilot, double delayS, double slope = 0.0);

    /** RMS (full scale = 1.0) that a pilot must have in this window for search() to find it. */
    [[nodiscard]] double smallestRms(int pilot);

    /** RMS of a pilot from the amplitude of its lines. */
    [[nodiscard]] static double rmsOf(double amplitude) noexcept;

private:
    static constexpr size_t delayCount = 4096;

    void weigh(int pilot, double slope);
    [[nodiscard]] std::complex<double> sumAt(double delayS) const noexcept;
    [[nodiscard]] double climb(double delayS, double step) const noexcept;
    [[nodiscard]] PilotEstimate estimateAt(double delayS) const noexcept;

    FourierPlan windowPlan, delayPlan;
    std::vector<std::complex<double>> spectrum, delays;
    int64_t startNs = 0;
    std::array<double, PilotPlan::lineCount> bandPower {};  ///< median power of the bins of each band
    double meanBandPower = 0.0;

    // of the pilot that is looked at
    const PilotPlan::Lines* lines = nullptr;
    std::array<std::complex<double>, PilotPlan::lineCount> turned {};  ///< Y: amplitude and delay of each line
    std::array<double, PilotPlan::lineCount> weights {};               ///< w
    std::array<double, PilotPlan::lineCount> expected {};              ///< what the drift leaves of a line's amplitude
    double sumOfWeights = 0.0, sumOfPower = 0.0, effectiveLines = 0.0;
};

} // namespace mw
