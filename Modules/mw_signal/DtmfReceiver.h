#pragma once

#include "SamplePhase.h"

#include <mw_core/mw_core.h>

#include <array>
#include <complex>
#include <cstdint>
#include <span>
#include <string_view>
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
    q24Ntt,           ///< ITU-T Q.24, NTT column: ±1.8 % / ±3 %, −3…−24 dBm0, twist ±5 dB, 40 ms / 24 ms, pause 30 ms
    none              ///< whatever looks like a digit, to tell what is wrong with it: ±4.5 %, from −45 dBm0 on, twist ±15 dB, 18 ms. In a
                      ///< quiet background; it takes bits of speech for digits
};

/** "ITU-T Q.24, US column". */
[[nodiscard]] std::string_view nameOf(DtmfStandard standard) noexcept;

/** What else may sound while a digit does. */
enum class DtmfBackground : uint8_t
{
    quiet,  ///< noise 15 dB below, as Q.24 asks; talk-off safe; nearly all power must be in the two tones
    mixed   ///< speech or other tones at a similar level, as in a mix: digits and pauses must last 70 ms or more, without drop-outs;
            ///< with tones of -12 and -10 dBm0 it read 98 % of them under speech of -15 dBm0, but it takes loud bare speech for a
            ///< digit about every three minutes: not for a stream in which no digits are expected
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
    /** What a digit must keep to; margins beyond the standard's "accept" included. */
    struct Limits
    {
        double windowMs = 0.0;            ///< length of the correlation [ms]
        double minOnMs = 0.0;             ///< between "accept" and "reject" [ms]
        double bridgedMs = 0.0;           ///< a shorter drop-out does not end the digit [ms]
        double frequencyTolerance = 0.0;  ///< of the nominal frequency, between "accept" and "reject"
        double minLevelDbm0 = 0.0;        ///< of each tone [dBm0]
        double minTwistDb = 0.0, maxTwistDb = 0.0;  ///< [dB]
        double minToneShare = 0.0;        ///< of all power
        double minGroupDb = 0.0;          ///< above the other tones of the group [dB]
        double minFlankDb = 0.0;          ///< above the quieter of the two sides of its frequency [dB]; 0: not looked at
        double minCoherence = 0.0;        ///< length of the mean phase step, 0…1
        double steadyPower = 0.0;         ///< of the highest; a frame is measured when its neighbours are above, too
        double maxSwingDb = 0.0;          ///< between the highest and the lowest power while it is steady [dB]
    };

    static Limits limitsOf(const Config& config) noexcept;

    /** One correlation, 2 ms after the former. */
    struct Frame
    {
        std::array<std::complex<float>, 8> tones {};  ///< amplitude and phase: 4 low, 4 high
        float power = 0.0f;       ///< mean square of all sound, Hann-weighted
        double centre = 0.0;      ///< middle of the window [samples]
    };

    static constexpr uint64_t historyLength = 128;  ///< frames, a power of two

    /** What is known of one tone of the pair that is followed. */
    struct Tone
    {
        int index = 0;                  ///< 0…3 low, 4…7 high
        double highest = 0.0;           ///< power, since the track was opened
        double sum = 0.0, least = 0.0, most = 0.0;  ///< power of steady frames
        std::complex<double> turn {};   ///< sum of phase steps, weighted with power
        double turnLength = 0.0;
        double flankSum = 0.0;          ///< power at the quieter side
    };

    struct Track
    {
        bool open = false, startKnown = false;
        Tone low, high;
        uint64_t openFrame = 0;
        uint64_t below = 0;             ///< frames since it fell below half amplitude, 0: it has not
        double startSample = 0.0, endSample = 0.0;
        uint64_t steadyFrames = 0, turns = 0, lastSteady = 0;
        double powerSum = 0.0;          ///< of all sound, over steady frames
    };

    void analyse() noexcept;
    void follow() noexcept;
    [[nodiscard]] bool findPair(const Frame& frame, int& low, int& high) const noexcept;
    [[nodiscard]] double envelope(uint64_t frame) const noexcept;
    [[nodiscard]] double crossing(uint64_t lower, uint64_t upper) const noexcept;
    [[nodiscard]] bool isSteady(uint64_t frame) const noexcept;
    [[nodiscard]] const Frame& frameAt(uint64_t number) const noexcept { return history[number & (historyLength - 1)]; }
    [[nodiscard]] double flankPower(int tone) const noexcept;
    void openTrack(int low, int high) noexcept;
    void updateHighest(uint64_t frame) noexcept;
    void collect(Tone& tone, uint64_t frame) noexcept;
    void locateStart() noexcept;
    void closeTrack() noexcept;
    [[nodiscard]] double measuredHz(const Tone& tone) const noexcept;
    [[nodiscard]] double measuredDbm0(const Tone& tone, double frequencyHz) const noexcept;
    [[nodiscard]] bool keepsLimits(const Tone& tone, double frequencyHz, double levelDbm0) const noexcept;
    [[nodiscard]] bool judge(DtmfDetection& detection) const noexcept;
    void deliver(const DtmfDetection& detection) noexcept;
    void forgetSound() noexcept;

    double rateHz = 0.0;
    Config settings;
    Limits limits;
    size_t windowLength = 0, hop = 0;
    uint64_t reach = 0;                  ///< frames on either side that share samples with a frame's middle
    double windowSum = 0.0;
    double minTonePower = 0.0;           ///< below it nothing is followed
    std::vector<float> shape;            ///< the window
    std::vector<float> correlators;      ///< for each sample of the window 8 cosines and 8 sines, windowed
    std::vector<float> recent;           ///< the last samples
    size_t recentAt = 0, untilFrame = 0;
    uint64_t position = 0, frames = 0;
    std::vector<Frame> history;
    std::vector<std::array<float, 2>> steadyFlanks;  ///< beside history: flank power of the low and the high tone then followed
    Track track;
    double lastEndSample = 0.0;          ///< no digit begins before the former ended
    int rivalLow = -1, rivalHigh = -1, rivalRun = 0;
    std::array<DtmfDetection, queueLength> queue {};
    size_t queueAt = 0, queued = 0;
    uint64_t lost = 0;
};

} // namespace mw
