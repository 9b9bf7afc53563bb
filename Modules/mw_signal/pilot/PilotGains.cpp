#include "PilotGains.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mw
{

void PilotReference::make(int pilot, double delayS, double angle, int64_t startNs, std::vector<float>& period)
{
    std::fill(work.begin(), work.end(), std::complex<double> {});
    for (const auto& line : PilotPlan::linesOf(pilot))
    {
        const auto cycles = PilotPlan::cyclesAt(line.multiple, startNs) + line.phase - PilotPlan::frequencyHz(line.multiple) * delayS;
        work[static_cast<size_t>(line.multiple)] = std::polar(1.0, 2.0 * std::numbers::pi * cycles + angle);
    }
    plan.inverse(work);
    period.resize(work.size());
    for (size_t i = 0; i < work.size(); ++i)
        period[i] = static_cast<float>(work[i].real());
}

bool PilotGains::solve(std::span<const float> sound, std::span<const std::span<const float>> references)
{
    const auto count = references.size();
    gains.assign(count, 0.0);
    sigmas.assign(count, 0.0);
    if (count == 0 || 2 * count > sound.size())
        return false;

    const auto product = [](std::span<const float> a, std::span<const float> b) {
        double sum = 0.0;
        for (size_t i = 0; i < a.size(); ++i)
            sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
        return sum;
    };

    // Cholesky: matrix = L L', in place.
    matrix.assign(count * count, 0.0);
    double energy = product(sound, sound);
    for (size_t row = 0; row < count; ++row)
    {
        gains[row] = product(sound, references[row]);
        for (size_t col = 0; col <= row; ++col)
        {
            auto value = product(references[row], references[col]);
            const auto whole = value;
            for (size_t k = 0; k < col; ++k)
                value -= matrix[row * count + k] * matrix[col * count + k];
            if (row == col)
            {
                if (! (value > 1.0e-3 * whole))
                    return false;
                matrix[row * count + col] = std::sqrt(value);
            }
            else
                matrix[row * count + col] = value / matrix[col * count + col];
        }
    }
    const auto forward = [&](std::vector<double>& x) {
        for (size_t i = 0; i < count; ++i)
        {
            for (size_t k = 0; k < i; ++k)
                x[i] -= matrix[i * count + k] * x[k];
            x[i] /= matrix[i * count + i];
        }
    };
    forward(gains);
    for (const auto part : gains)
        energy -= part * part;
    for (size_t i = count; i-- > 0;)
    {
        for (size_t k = i + 1; k < count; ++k)
            gains[i] -= matrix[k * count + i] * gains[k];
        gains[i] /= matrix[i * count + i];
    }

    // The references are narrower than the sound may be: freedoms are counted as of the pilots' band, 0.7 of the whole.
    const auto freedoms = std::max(1.0, 0.7 * static_cast<double>(sound.size()) - static_cast<double>(count));
    const auto variance = std::max(energy, 0.0) / freedoms;
    for (size_t i = 0; i < count; ++i)
    {
        column.assign(count, 0.0);
        column[i] = 1.0;
        forward(column);
        double inverse = 0.0;
        for (const auto part : column)
            inverse += part * part;
        sigmas[i] = std::sqrt(variance * inverse);
    }
    return true;
}

} // namespace mw
