#pragma once

#include <mw_core/mw_core.h>

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace mw
{

/** Spectrum whose lines read as levels: the bin at a sine's peak shows the sine's level [dBm0], wherever between two bins it
    lies, to 0.01 dB.

    Window: flat-top HFT116D of Heinzel, Rüdiger and Schilling, "Spectrum and spectral density estimation by the Discrete Fourier
    transform (DFT), including a comprehensive list of window functions and some new flat-top windows" (Max-Planck-Institut für
    Gravitationsphysik, 2002): greatest amplitude error between bins 0.0028 dB, highest side lobe −116.8 dB, main lobe ±6 bins.
    Scaling: |X(k)| / sum(window), doubled but for 0 Hz and half the rate, is a sine's amplitude. Noise reads higher than its
    power in one bin by the window's equivalent noise bandwidth of 4.22 bins (6.3 dB).

    One thread at a time; takes memory in the constructor only. */
class LevelSpectrum
{
public:
    static constexpr int mainLobeBins = 6;  ///< to each side of a sine [bins]

    /** @param sampleRateHz above 0 [Hz] @param law what 0 dBm0 means */
    LevelSpectrum(double sampleRateHz, Law law);

    /** Samples that one spectrum is made of: the power of two from 1/6 s on; 2048 at 8 kHz, 4096 at 16 kHz, 8192 at 48 kHz. */
    [[nodiscard]] size_t length() const noexcept { return work.size(); }

    /** Distance between bins [Hz]. */
    [[nodiscard]] double binHz() const noexcept { return rateHz / static_cast<double>(length()); }

    /** @param samples length() of them, full scale = 1.0
        @returns the level in each bin from 0 Hz to half the rate, length()/2 + 1 of them [dBm0]; silenceDb for nothing. Valid until
        the next call */
    std::span<const float> analyse(std::span<const float> samples) noexcept;

    struct Peak
    {
        double frequencyHz = 0.0;      ///< between bins: the power's centre over the main lobe [Hz]
        double levelDbm0 = silenceDb;  ///< of the highest bin [dBm0]
    };

    /** The strongest line of the latest spectrum, 0 Hz and its main lobe left out. */
    [[nodiscard]] Peak strongest() const noexcept;

private:
    double rateHz;
    Law law;
    std::vector<double> window;  ///< divided by its sum
    std::vector<std::complex<double>> work;
    std::vector<float> levels;
};

} // namespace mw
