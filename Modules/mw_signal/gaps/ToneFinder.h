#pragma once

#include <complex>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** A tone that stands alone. */
struct SteadyTone
{
    double cyclesPerSample = 0.0;
    std::complex<double> phasor;  ///< amplitude and phase at the first sample: x = Re(phasor e^(2πj cyclesPerSample n)), full scale = 1.0
    double restPower = 0.0;       ///< mean square of everything else
    double constant = 0.0;        ///< the sound's mean
};

/** Finds a tone that stands above everything else in a stretch of sound: FFT with a Hann window, then its frequency from the phase
    advance between the halves. Takes memory in prepare() only. One thread at a time. */
class ToneFinder
{
public:
    static constexpr double lowestHz = 100.0;      ///< [Hz]
    static constexpr double highestShare = 0.45;   ///< of the rate

    /** @param minimumDb how far it must stand above all else [dB] */
    void prepare(double sampleRateHz, double minimumDb);

    /** Samples that find() wants: a power of two, 0.2 s and more. */
    [[nodiscard]] size_t length() const noexcept { return samples.size(); }

    /** @param at a sample by its number, 0…length() − 1
        @param frequencyHz where the tone is known to be [Hz]; 0: anywhere
        @returns nothing when it does not stand out, lies out of range or below −80 dBFS */
    template <typename At>
    [[nodiscard]] std::optional<SteadyTone> find(At at, double frequencyHz) noexcept
    {
        for (size_t i = 0; i < samples.size(); ++i)
            samples[i] = static_cast<double>(at(i));
        return find(frequencyHz);
    }

private:
    [[nodiscard]] std::optional<SteadyTone> find(double frequencyHz) noexcept;
    [[nodiscard]] std::complex<double> phasorOf(size_t first, double cycles, std::span<const double> window) const noexcept;

    double rateHz = 0.0, minimumRatio = 1.0;
    std::vector<double> samples, fullWindow, halfWindow;
    std::vector<std::complex<double>> spectrum;
};

} // namespace mw
