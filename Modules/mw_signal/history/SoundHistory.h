#pragma once

#include "../pilot/FourierPlan.h"

#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** How loud a sound was and what was in it, over time, in at most mostColumns columns however long it lasts: when they are full, two
    neighbours become one and each column from then on covers twice the time. For pictures; figures are measured elsewhere.

    Level: mean square and peak of each column. Spectrum: Hann window of the power of two that is 32 ms or more, once each 20 ms, averaged over
    the column; each row is the strongest of its bins. Silences: 20 ms windows at or below a threshold, 200 ms and more of them on end.
    Takes memory in prepare(), and for silences in process(). One thread at a time. */
class SoundHistory
{
public:
    static constexpr size_t mostColumns = 1000;
    static constexpr size_t rows = 160;
    static constexpr size_t mostSilences = 1000;
    static constexpr double windowS = 0.02;         ///< [s]
    static constexpr double leastSilenceS = 0.2;    ///< [s]
    static constexpr double highestHz = 8000.0;     ///< of the spectrum, or half the rate where that is less [Hz]

    struct Column
    {
        double meanSquare = 0.0;  ///< full scale = 1.0
        double peak = 0.0;        ///< highest absolute sample
    };
    struct Silence
    {
        double startS = 0.0, endS = 0.0;  ///< since the first sample [s]
    };

    /** @param sampleRateHz 8000…192000 [Hz] @param silenceRms windows at or below it are silent, full scale = 1.0 */
    void prepare(double sampleRateHz, double silenceRms);

    /** Takes samples in (full scale = 1.0), any number at a time. */
    void process(std::span<const float> block);

    /** Closes what is open: the last column, which may be shorter, and a silence. Once, after the last samples. */
    void finish();

    [[nodiscard]] const std::vector<Column>& columns() const noexcept { return levels; }

    /** Power of a row in a column; a sine of amplitude a has about a²/2 in the row that holds its frequency. Row 0 begins at 0 Hz. */
    [[nodiscard]] double power(size_t column, size_t row) const noexcept { return static_cast<double>(spectra[column * rows + row]); }

    [[nodiscard]] const std::vector<Silence>& silences() const noexcept { return silent; }
    [[nodiscard]] double columnSeconds() const noexcept { return windowS * static_cast<double>(windowsPerColumn); }
    [[nodiscard]] double topHz() const noexcept { return top; }

    /** Sound taken in [s]. */
    [[nodiscard]] double seconds() const noexcept { return static_cast<double>(taken) / rate; }

private:
    void takeWindow();
    void takeSpectrum();
    void closeColumn();
    void halve();

    double rate = 8000.0, top = 4000.0, silenceMeanSquare = 0.0;
    size_t windowFrames = 160;
    std::vector<FourierPlan> plan;  ///< one, or none before prepare()
    std::vector<double> hann, latest;
    std::vector<std::complex<double>> work;
    std::vector<size_t> rowOfBin;
    size_t latestAt = 0;
    double fromBins = 1.0;  ///< from a bin's square to the power of a sine

    std::vector<Column> levels;
    std::vector<float> spectra;
    std::vector<Silence> silent;
    std::vector<double> columnRows, windowRows;
    uint64_t windowsPerColumn = 1, windowsInColumn = 0, taken = 0, windows = 0, silentSince = 0;
    Column open;
    double windowSum = 0.0, columnSum = 0.0;
    size_t windowFill = 0;
    bool isSilent = false;
};

} // namespace mw
