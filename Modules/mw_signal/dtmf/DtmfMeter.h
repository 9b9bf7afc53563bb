#pragma once

#include "../DtmfReceiver.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** A digit that was accepted, measured. */
struct DtmfReading
{
    char digit = 0;
    double startSample = 0.0, endSample = 0.0;  ///< at half amplitude, counting from the first sample fed, with fractions
    double durationMs = 0.0;                    ///< between them [ms]
    std::optional<double> pauseBeforeMs;        ///< since the end of the accepted digit before it [ms]; nothing for the first
    double lowHz = 0.0, highHz = 0.0;           ///< measured [Hz]
    double lowDbm0 = 0.0, highDbm0 = 0.0;       ///< measured [dBm0]
    double twistDb = 0.0;                       ///< high minus low [dB]
    double snrDb = 0.0;                         ///< power of both tones over all else in the measured stretch [dB], at most 120
    double unwantedHz = 0.0;                    ///< where, beside the tones, the spectrum is highest [Hz]
    double unwantedDb = 0.0;                    ///< level of that component, from both tones' power together [dB]
    double measuredMs = 0.0;                    ///< length of the steady stretch that was measured [ms]; 0: too short, the receiver's figures
    bool startIsExact = false;                  ///< false when the digit lasted too long for its start to be still at hand: then to 2 ms

    /** Error of a tone from its nominal frequency [%]. */
    [[nodiscard]] double lowErrorPercent() const noexcept;
    [[nodiscard]] double highErrorPercent() const noexcept;
};

/** Measures each digit that a DtmfReceiver accepts: the receiver decides, this looks again at the samples, which it kept.

    Method: over the steady part of the digit, without its edges and without a drop-out, least squares of two sines and a constant
    (Gauss-Newton over both frequencies, amplitudes and phases). What is left is noise and unwanted products, whose spectrum is
    taken with a Hann window. Each edge is where the sound is best told by silence on one side and the tones on the other
    (least squares too): of a symmetric edge that is where it has half the amplitude.

    Accuracy: in a clean signal each frequency to 0.01 %, level and twist to 0.1 dB, edges to 1 ms, for 40 ms and longer; with noise the
    noise is the limit: no estimator is better than 6 / (SNR · N³) in the variance of the frequency [rad/sample], N samples
    long, and this one is near it.

    Results do not depend on block sizes. Not thread-safe: one thread at a time. Only prepare() takes memory. */
class DtmfMeter
{
public:
    static constexpr double longestMs = 1000.0;  ///< of a longer digit the last second is measured [ms]

    /** Takes memory and forgets everything. @param sampleRateHz 8000…192000
        @returns false (and stays as it was) for another rate */
    bool prepare(double sampleRateHz, const DtmfReceiver::Config& config);

    void process(std::span<const float> block) noexcept;

    /** The stream has ended: decides on a digit that still sounds. */
    void flush() noexcept;

    /** The next digit, in order. @returns false when there is none */
    bool take(DtmfReading& reading) noexcept;

    /** Digits that were lost because nobody took them. */
    [[nodiscard]] uint64_t lostDigits() const noexcept { return lost + receiver.lostDigits(); }

    /** Samples fed since prepare(). */
    [[nodiscard]] uint64_t samplePosition() const noexcept { return receiver.samplePosition(); }

private:
    /** Two sines and a constant: cosine and sine amplitudes of each tone, the constant. */
    struct Fit
    {
        double lowStep = 0.0, highStep = 0.0;  ///< [rad/sample]
        double middle = 0.0;                   ///< where phases count from [samples]
        double cosLow = 0.0, sinLow = 0.0, cosHigh = 0.0, sinHigh = 0.0, constant = 0.0;
        double restPower = 0.0;                ///< mean square of what is left

        [[nodiscard]] double at(double sample) const noexcept;
    };

    void takeDetections() noexcept;
    void measure(const DtmfDetection& detection) noexcept;
    [[nodiscard]] double sampleAt(int64_t at) const noexcept;
    [[nodiscard]] bool solve(Fit& fit, int64_t begin, int64_t end, bool frequenciesToo) const noexcept;
    void steadyPart(int64_t& begin, int64_t& end) const noexcept;
    [[nodiscard]] double edgeNear(double guess, double from, double to, double lowStep, double highStep, bool isStart) const noexcept;
    void findUnwanted(const Fit& fit, int64_t begin, int64_t end, DtmfReading& reading) noexcept;

    double rateHz = 0.0;
    Law law = Law::mu;
    DtmfReceiver receiver;
    size_t pieceLength = 0;
    std::vector<float> recent;  ///< ring
    uint64_t fed = 0;
    std::vector<std::complex<double>> transform;
    std::optional<double> lastEnd;
    std::vector<DtmfReading> queue;  ///< ring of DtmfReceiver::queueLength
    size_t queueAt = 0, queued = 0;
    uint64_t lost = 0;
};

} // namespace mw
