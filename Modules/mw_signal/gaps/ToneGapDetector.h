#pragma once

#include "Gap.h"
#include "ToneFinder.h"

#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** Finds every gap of 1 ms and more in a steady tone.

    Method: the tone is found in a quarter of a second in which it stands 15 dB above all else (FFT, then phase advance between the
    halves). Then its complex amplitude z is taken 8000 times a second by least squares over about 1 ms (a whole number of half
    cycles), and compared with where the tone should be: a line whose phase and amplitude follow slowly. What leaves the line opens an
    event; it ends when z has stood still for 10 ms. Edges are where the distance from the line passes half of its plateau, which a
    window of any length smooths to both sides alike; a fade, whose distance grows slowly, is traced back to where it began; of a silence
    the two samples are searched that part it from the tone before and after with the least squares.
    The threshold follows the noise: five times the measured scatter of z, at least 3 %.

    Reported: silences from 1 ms on; dips of 2 dB and more and concealment from twice a point's length on (2 ms, 3.5 ms at 300 Hz);
    phase jumps from 12° on. Start and duration are right to 0.5 ms; where a fade hides no phase jump, to 1 ms through G.711, whose
    steps are as large as its beginning. Not seen, by nature: what repeats or cuts a whole number of cycles without a change of level
    (a tone of 1000 Hz is the same 20 ms later, one of 1004 Hz is not). Gaps less than 10 ms apart count as one. What lasts longer
    than `maxGapMs`, or is neither tone nor silence for half a second, ends the watch until a tone is found again. Silence at the end
    is no gap. Changes of level that last are followed and are none. Other sound on top of the tone is no gap
    either, where a stretch becomes louder than the tone by a third of a decibel; fainter sound, from 14 dB below the tone on, is taken for a
    repetition.

    Depends on the samples alone, never on block sizes. A sample that is not finite counts as 0. One thread at a time; process()
    takes no memory. */
class ToneGapDetector
{
public:
    struct Config
    {
        double frequencyHz = 0.0;  ///< of the tone [Hz]; 0: any that stands out, 100 Hz to 0.45 × rate
        double minGapMs = 1.0;     ///< shorter ones are not reported [ms], 1…
        double maxGapMs = 1000.0;  ///< a longer silence is a pause of the sender [ms], up to 2000
        size_t maxGaps = 10000;    ///< that are kept; further ones are only counted
    };

    static constexpr double scatterFactor = 5.0;     ///< of the measured scatter: what leaves the line by more is an event
    static constexpr double minToneToRestDb = 15.0;  ///< for a tone to be watched [dB]
    static constexpr double restSeconds = 0.01;      ///< that the tone must stand still for, for an event to be over [s]
    static constexpr double minDeviation = 0.2;      ///< from the line, of the amplitude: 2 dB or 12° [1]

    /** Takes memory and forgets everything. @param sampleRateHz 8000…192000 [Hz]
        @returns false (and stays as it was) for another rate or a value out of range */
    bool prepare(double sampleRateHz, const Config& config);

    /** Takes samples in (full scale = 1.0), any number at a time. */
    void process(std::span<const float> block) noexcept;

    /** Those found so far, in the order of time, up to Config::maxGaps. One is known some 12 ms after its end. */
    [[nodiscard]] std::span<const Gap> gaps() const noexcept { return found; }

    /** How many there were, kept or not. */
    [[nodiscard]] uint64_t count() const noexcept { return counted; }

    /** For how long the tone was watched, its gaps included [s]. 0: there was no steady tone, so nothing is known. */
    [[nodiscard]] double watchedSeconds() const noexcept;

    /** Frequency of the tone that is or was last watched [Hz]; 0 before there was one. */
    [[nodiscard]] double frequencyHz() const noexcept { return toneHz; }

private:
    using Complex = std::complex<double>;

    /** Edge of an event on the time axis. */
    struct Event
    {
        double start = 0.0, end = 0.0;  ///< [hops]
        Complex after;                  ///< z where it had come to rest
    };

    void push(float sample) noexcept;
    [[nodiscard]] bool lockOn() noexcept;
    void shapePoints(double cyclesPerSample) noexcept;
    void feed(float sample) noexcept;
    void step(Complex z) noexcept;
    void watch(Complex z) noexcept;
    void closeStretch() noexcept;
    void waitForEnd() noexcept;
    void closeEvent(Complex after) noexcept;
    void report(const Event& event) noexcept;
    [[nodiscard]] Event asSilence(const Event& coarse) const noexcept;
    [[nodiscard]] double levelBetween(const Event& event) const noexcept;
    [[nodiscard]] double timeOfHop(double at) const noexcept;
    void keep(const Gap& gap) noexcept;
    void unlock() noexcept;
    [[nodiscard]] Complex zAt(int64_t at) const noexcept { return points[static_cast<size_t>(at) % points.size()]; }
    [[nodiscard]] Complex lineAt(int64_t hop) const noexcept;
    [[nodiscard]] double tolerance(double least) const noexcept;

    /** Where a distance, followed from `from` in steps of `direction`, passes from the line to its plateau; a fade is followed to `furthest`. */
    template <typename Distance>
    [[nodiscard]] double edge(Distance distance, int64_t from, int64_t limit, int64_t furthest, int direction) const noexcept;
    template <typename Distance>
    [[nodiscard]] double bend(Distance distance, int64_t from, int64_t limit, int direction) const noexcept;

    Config settings;
    double rateHz = 0.0, toneHz = 0.0;

    ToneFinder finder;
    std::vector<float> history;        ///< ring of the last samples, as far back as an event can reach
    uint64_t taken = 0, sinceAttempt = 0, fresh = 0;  ///< [samples]
    bool locked = false;

    size_t hop = 1, width = 8;         ///< between points; that one is made of [samples]
    std::vector<double> cosines, sines;  ///< least squares over `width`, for the centre
    double constant = 0.0;             ///< the sound's own, taken off
    std::vector<float> line;           ///< the last `width` samples, twice, so that they lie in one piece
    uint64_t fed = 0;                  ///< absolute number of the next sample to be watched

    std::vector<std::complex<float>> points;  ///< ring of z
    int64_t hops = 0;                  ///< number of the next point since the lock
    uint64_t firstFed = 0;             ///< absolute number of the last sample of point 0; before there is one, of the first watched
    double amplitude = 0.0, phase = 0.0, slope = 0.0;  ///< of the line; phase at `anchor` [rad], slope [rad/hop]
    int64_t anchor = 0;
    double scatter = 0.0;              ///< mean square distance from the line, of the amplitude squared
    Complex stretchSum;
    double stretchSquares = 0.0;
    int stretchFill = 0;
    bool open = false;
    int64_t openedAt = 0;
    double watchedBefore = 0.0;        ///< in earlier locks [s]

    std::vector<Gap> found;
    uint64_t counted = 0;
    double lastBreakS = -1.0, lastBreakDeg = 0.0;
};

} // namespace mw
