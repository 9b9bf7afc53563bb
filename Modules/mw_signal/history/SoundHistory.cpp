#include "SoundHistory.h"

#include "../Spectrum.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mw
{

void SoundHistory::prepare(double sampleRateHz, double silenceRms)
{
    rate = sampleRateHz;
    top = std::min(highestHz, 0.5 * rate);
    silenceMeanSquare = silenceRms * silenceRms;
    windowFrames = static_cast<size_t>(std::lround(windowS * rate));
    const auto length = std::bit_ceil(static_cast<size_t>(0.032 * rate));
    plan.assign(1, FourierPlan(length));
    hann = hannWindow(length);
    latest.assign(length, 0.0);
    latestAt = 0;
    work.resize(length);
    double weights = 0.0;
    for (const auto weight : hann)
        weights += weight;
    fromBins = 2.0 / (weights * weights);  // |X| = a/2 times the weights
    rowOfBin.resize(length / 2);
    for (size_t bin = 0; bin < rowOfBin.size(); ++bin)
        rowOfBin[bin] = static_cast<size_t>(static_cast<double>(bin) * rate / static_cast<double>(length) / top * static_cast<double>(rows));

    levels.clear();
    levels.reserve(mostColumns);
    spectra.clear();
    spectra.reserve(mostColumns * rows);
    silent.clear();
    columnRows.assign(rows, 0.0);
    windowRows.assign(rows, 0.0);
    windowsPerColumn = 1;
    windowsInColumn = taken = windows = 0;
    open = {};
    windowSum = columnSum = 0.0;
    windowFill = 0;
    isSilent = false;
}

void SoundHistory::process(std::span<const float> block)
{
    for (const auto sample : block)
    {
        const auto value = static_cast<double>(sample);
        windowSum += value * value;
        open.peak = std::max(open.peak, std::abs(value));
        latest[latestAt] = value;
        latestAt = (latestAt + 1) % latest.size();
        ++taken;
        if (++windowFill == windowFrames)
            takeWindow();
    }
}

void SoundHistory::takeWindow()
{
    const auto meanSquare = windowSum / static_cast<double>(windowFill);
    const auto silentNow = meanSquare <= silenceMeanSquare;
    if (silentNow && ! isSilent)
        silentSince = windows;
    if (! silentNow && isSilent && static_cast<double>(windows - silentSince) * windowS > leastSilenceS - 0.5 * windowS && silent.size() < mostSilences)
        silent.push_back({ static_cast<double>(silentSince) * windowS, static_cast<double>(windows) * windowS });
    isSilent = silentNow;
    ++windows;

    takeSpectrum();
    columnSum += meanSquare;
    windowSum = 0.0;
    windowFill = 0;
    if (++windowsInColumn == windowsPerColumn)
        closeColumn();
}

void SoundHistory::takeSpectrum()
{
    for (size_t i = 0; i < work.size(); ++i)
        work[i] = hann[i] * latest[(latestAt + i) % latest.size()];
    plan.front().forward(work);
    std::fill(windowRows.begin(), windowRows.end(), 0.0);
    for (size_t bin = 0; bin < rowOfBin.size(); ++bin)
        if (const auto row = rowOfBin[bin]; row < rows)
            windowRows[row] = std::max(windowRows[row], fromBins * std::norm(work[bin]));
    // Fewer bins than rows: a row without one shows what is below it.
    for (size_t row = 1, bin = 0; row < rows; ++row)
    {
        while (bin + 1 < rowOfBin.size() && rowOfBin[bin + 1] <= row)
            ++bin;
        if (rowOfBin[bin] != row)
            windowRows[row] = windowRows[row - 1];
    }
    for (size_t row = 0; row < rows; ++row)
        columnRows[row] += windowRows[row];
}

void SoundHistory::closeColumn()
{
    const auto share = 1.0 / static_cast<double>(windowsInColumn);
    open.meanSquare = columnSum * share;
    levels.push_back(open);
    for (auto& row : columnRows)
    {
        spectra.push_back(static_cast<float>(row * share));
        row = 0.0;
    }
    open = {};
    columnSum = 0.0;
    windowsInColumn = 0;
    if (levels.size() == mostColumns)
        halve();
}

void SoundHistory::halve()
{
    static_assert(mostColumns % 2 == 0);
    for (size_t i = 0; i < mostColumns / 2; ++i)
    {
        const auto &first = levels[2 * i], &second = levels[2 * i + 1];
        levels[i] = { 0.5 * (first.meanSquare + second.meanSquare), std::max(first.peak, second.peak) };
        for (size_t row = 0; row < rows; ++row)
            spectra[i * rows + row] = 0.5f * (spectra[2 * i * rows + row] + spectra[(2 * i + 1) * rows + row]);
    }
    levels.resize(mostColumns / 2);
    spectra.resize(mostColumns / 2 * rows);
    windowsPerColumn *= 2;
}

void SoundHistory::finish()
{
    if (isSilent && static_cast<double>(windows - silentSince) * windowS > leastSilenceS - 0.5 * windowS && silent.size() < mostSilences)
        silent.push_back({ static_cast<double>(silentSince) * windowS, static_cast<double>(windows) * windowS });
    isSilent = false;
    if (windowsInColumn > 0)
        closeColumn();
}

} // namespace mw
