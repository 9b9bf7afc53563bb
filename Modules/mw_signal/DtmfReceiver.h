#pragma once

#include "SamplePhase.h"

#include <mw_core/mw_core.h>

#include <array>
#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** A digit that was received in-band, with what was measured of it. */
struct DtmfDetection
{
    char digit = 0;
    uint64_t startSample = 0;  ///< where it rose through half its amplitude, counting from the first sample fed
    uint64_t endSample = 0;    ///< where it fell through half its amplitude
    double lowDbm0 = 0.0;      ///< level of the low-group tone [dBm0]
    double highDbm0 = 0.0;     ///< level of the high-group tone [dBm0]
    double twistDb = 0.0;      ///< high minus low [dB]
    double lowHz = 0.0;        ///< measured frequency [Hz]
    double highHz = 0.0;       ///< measured frequency [Hz]
    double toneShare = 0.0;    ///< power of both tones over all power while it lasted, 0…1
};

/** Which limits a DtmfReceiver keeps. */
enum class DtmfStandard : uint8_t
{
    q24UnitedStates,  ///< ITU-T Q.24, AT&T/US column: ±1.5 % / ±3.5 %, 0…−25 dBm0, twist −8…+4 dB, 40 ms / 23 ms, pause 40 ms
    q24Ntt            ///< ITU-T Q.24, NTT column: ±1.8 % / ±3 %, −3…−24 dBm0, twist ±5 dB, 40 ms / 24 ms, pause 30 ms
};

/** What else may sound while a digit does. */
enum class DtmfBackground : uint8_t
{
    quiet,  ///< noise 15 dB below, as Q.24 asks; talk-off safe; nearly all power must be in the two tones
    mixed   ///< speech or other tones at a similar level, as in a mix: digits and pauses must last 70 ms or more
};

/** Receives DTMF digits in-band.

    Method: every 2 ms a Hann-windowed correlation with the eight frequencies (16 ms long; 40 ms for `mixed`). A pair of tones is
    followed from where its amplitude rises through one half to where it falls through it, which for a symmetric window is where the
    digit begins and ends. When it has ended it is accepted if length, both frequencies (from the phase advance), levels, twist and
    the share of the power that is in the tones are within limits; levels are corrected for the measured frequency. A drop-out shorter than
    20 ms (at half amplitude) is bridged. A digit is therefore known about 30 ms (mixed: 45 ms) after its end.

    Results do not depend on block sizes. Not thread-safe: one thread at a time. Only prepare() takes memory. */
class DtmfReceiver
{
public:
    struct Config
    {
        DtmfStandard standard = DtmfStandard::q24UnitedStates;
        DtmfBackground background = DtmfBackground::quiet;
        Law law = Law::mu;  ///< what 0 dBm0 means in samples
    };

    static constexpr size_t queueLength = 64;  ///< digits that wait to be taken

    /** Takes memory and forgets everything. @param sampleRateHz 8000…192000
        @returns false (and stays as it was) for another rate */
    bool prepare(double sampleRateHz, const Config& config);
    bool prepare(double sampleRateHz) { return prepare(sampleRateHz, Config {}); }

    void process(std::span<const float> block) noexcept;

    /** The stream has ended: decides on a digit that still sounds. process() may go on afterwards. */
    void flush() noexcept;

    /** The next received digit, in order. @returns false when there is none */
    bool take(DtmfDetection& detection) noexcept;

    /** Digits that were lost because nobody took them. */
    [[nodiscard]] uint64_t lostDigits() const noexcept { return lost; }

    /** Samples fed since prepare(). */
    [[nodiscard]] uint64_t samplePosition() const noexcept { return position; }

    /** The pair of tones that is followed now, 0 when there is none; it may still be refused. */
    [[nodiscard]] char candidate() const noexcept;

private:
    struct Limits
    {
        double minOnMs, bridgedMs, frequencyTolerance;
        double minLevelDbm0, maxLevelDbm0, minTwistDb, maxTwistDb;
        double minToneShare, minFlankDb, minCoherence, maxSwingDb;
    };

    /** One correlation, 2 ms after the former. */
    struct Frame
    {
        std::array<std::complex<float>, 8> tones {};
        float power = 0.0f;       ///< mean square of all sound, Hann-weighted
        uint64_t centre = 0;      ///< [samples]
    };

    static constexpr size_t historyLength = 128;  ///< frames, a power of two

    /** What is known of the pair that is followed. */
    struct Track
    {
        bool open = false, startKnown = false;
        int row = 0, column = 0;
        uint64_t openFrame = 0;
        double maxLow = 0.0, maxHigh = 0.0;     ///< highest power of each tone
        uint64_t below = 0;                     ///< frames since it fell below half amplitude, 0: it has not
        double startSample = 0.0, endSample = 0.0;
        uint64_t steadyFrames = 0;
        double sumLow = 0.0, sumHigh = 0.0, sumAll = 0.0;
        double leastLow = 0.0, leastHigh = 0.0, mostLow = 0.0, mostHigh = 0.0;
        std::complex<double> turnLow {}, turnHigh {};
        double turnLowLength = 0.0, turnHighLength = 0.0;
        double flankLow = 0.0, flankHigh = 0.0;
    };

    void analyse() noexcept;
    void follow() noexcept;
    [[nodiscard]] bool findPair(const Frame& frame, int& row, int& column) const noexcept;
    [[nodiscard]] double envelope(uint64_t frame) const noexcept;
    [[nodiscard]] const Frame& frameAt(uint64_t number) const noexcept { return history[number & (historyLength - 1)]; }
    [[nodiscard]] double tonePower(std::complex<float> tone) const noexcept;
    [[nodiscard]] double flankPower(double frequencyHz) const noexcept;
    void openTrack(int row, int column) noexcept;
    void collectSteady(uint64_t frame) noexcept;
    void locateStart() noexcept;
    void closeTrack() noexcept;
    [[nodiscard]] bool judge(DtmfDetection& detection) const noexcept;
    void deliver(const DtmfDetection& detection) noexcept;

    double rateHz = 0.0;
    Config settings;
    Limits limits {};
    size_t windowLength = 0, hop = 0, halfFrames = 0;
    double windowSum = 0.0, windowSquares = 0.0;
    std::vector<float> windowShape;      ///< Hann
    std::vector<float> correlators;      ///< per sample of the window: 8 cosines and 8 sines, windowed
    std::vector<float> recent;           ///< the last samples, at least one window
    size_t recentAt = 0, untilFrame = 0;
    uint64_t position = 0, frames = 0;
    std::vector<Frame> history;
    Track track;
    int rivalRow = -1, rivalColumn = -1, rivalRun = 0;
    std::array<DtmfDetection, queueLength> queue {};
    size_t queueAt = 0, queued = 0;
    uint64_t lost = 0;
};

} // namespace mw
