#include "PilotDetector.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mw
{

namespace
{
constexpr double fullTurn = 2.0 * std::numbers::pi;

/** A line weighs at most so many times the mean of what a pilot's lines hold, lest a few lines in silence decide alone. */
constexpr double leastOwnShare = 0.01, leastBandShare = 0.001;

double sinc(double x) noexcept { return std::abs(x) < 1.0e-9 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }
} // namespace

PilotDetector::PilotDetector() : windowPlan(windowFrames), delayPlan(delayCount), spectrum(windowFrames), delays(delayCount) {}

double PilotDetector::rmsOf(double amplitude) noexcept { return amplitude * std::sqrt(PilotPlan::lineCount / 2.0); }

bool PilotDetector::load(std::span<const float> window, int64_t start)
{
    startNs = start;
    for (size_t i = 0; i < windowFrames; ++i)
        spectrum[i] = { static_cast<double>(window[i]) * 2.0 / windowFrames, 0.0 };
    windowPlan.forward(spectrum);

    meanBandPower = 0.0;
    double most = 0.0;
    for (size_t band = 0; band < bandPower.size(); ++band)
    {
        std::array<double, PilotPlan::pilotCount> powers {};
        for (size_t i = 0; i < powers.size(); ++i)
        {
            powers[i] = std::norm(spectrum[static_cast<size_t>(PilotPlan::firstMultiple) + band * powers.size() + i]);
            most = std::max(most, powers[i]);
        }
        std::nth_element(powers.begin(), powers.begin() + powers.size() / 2, powers.end());
        bandPower[band] = powers[powers.size() / 2];
        meanBandPower += bandPower[band] / PilotPlan::lineCount;
    }
    return most > 0.0;
}

void PilotDetector::weigh(int pilot, double slope)
{
    lines = &PilotPlan::linesOf(pilot);
    double ownPower = 0.0;
    for (size_t i = 0; i < lines->size(); ++i)
    {
        const auto& line = (*lines)[i];
        const auto sent = fullTurn * (PilotPlan::cyclesAt(line.multiple, startNs) + line.phase);
        turned[i] = spectrum[static_cast<size_t>(line.multiple)] * std::polar(1.0, -sent);
        ownPower += std::norm(turned[i]) / PilotPlan::lineCount;
    }
    sumOfWeights = sumOfPower = 0.0;
    double sumOfSquares = 0.0;
    for (size_t i = 0; i < lines->size(); ++i)
    {
        expected[i] = sinc(PilotPlan::frequencyHz((*lines)[i].multiple) * slope * PilotPlan::periodS);
        const auto noise = bandPower[i] + leastBandShare * meanBandPower + leastOwnShare * ownPower;
        weights[i] = noise > 0.0 ? 1.0 / noise : 0.0;
        sumOfWeights += weights[i];
        sumOfSquares += weights[i] * weights[i];
        sumOfPower += weights[i] * std::norm(turned[i]);
    }
    effectiveLines = sumOfSquares > 0.0 ? sumOfWeights * sumOfWeights / sumOfSquares : 0.0;
}

std::complex<double> PilotDetector::sumAt(double delayS) const noexcept
{
    std::complex<double> sum {};
    for (size_t i = 0; i < turned.size(); ++i)
        sum += weights[i] * turned[i] * std::polar(1.0, fullTurn * PilotPlan::frequencyHz((*lines)[i].multiple) * delayS);
    return sum;
}

/** Up to the top of a hill by parabolas of shrinking width. */
double PilotDetector::climb(double delayS, double step) const noexcept
{
    for (int round = 0; round < 6; ++round, step *= 0.4)
    {
        const auto before = std::norm(sumAt(delayS - step)), here = std::norm(sumAt(delayS)), behind = std::norm(sumAt(delayS + step));
        const auto bend = before - 2.0 * here + behind;
        if (bend < 0.0)
            delayS += std::clamp(0.5 * step * (before - behind) / bend, -step, step);
        else
            delayS += before > behind ? -step : step;
    }
    return delayS;
}

PilotEstimate PilotDetector::estimateAt(double delayS) const noexcept
{
    PilotEstimate estimate;
    const auto sum = sumAt(delayS);
    const auto alike = sumOfPower > 0.0 ? std::min(std::norm(sum) / (sumOfWeights * sumOfPower), 1.0 - 1.0e-12) : 0.0;
    double kept = 0.0;
    for (size_t i = 0; i < weights.size(); ++i)
        kept += weights[i] * expected[i];
    estimate.delayS = delayS - PilotPlan::periodS * std::floor(delayS / PilotPlan::periodS);
    estimate.amplitude = kept > 0.0 ? std::abs(sum) / kept : 0.0;
    estimate.angle = std::arg(sum);
    estimate.snr = effectiveLines * alike / (1.0 - alike);
    estimate.logChance = (effectiveLines - 1.0) * std::log1p(-alike);
    return estimate;
}

std::optional<PilotEstimate> PilotDetector::search(int pilot, double slope)
{
    weigh(pilot, slope);
    if (! (sumOfPower > 0.0))
        return std::nullopt;
    std::fill(delays.begin(), delays.end(), std::complex<double> {});
    for (size_t i = 0; i < turned.size(); ++i)
        delays[static_cast<size_t>((*lines)[i].multiple - PilotPlan::firstMultiple)] = weights[i] * turned[i];
    delayPlan.inverse(delays);

    // The top may lie between two of the delays, where up to 2 dB are missing: the highest few are climbed, if that can help.
    constexpr size_t candidates = 3;
    constexpr double mostMissing = 2.0;  // 1.53 where all bands count alike
    const auto needed = (1.0 - std::exp(searchLogChance / std::max(effectiveLines - 1.0, 1.0e-3))) * sumOfWeights * sumOfPower / mostMissing;
    const auto spacing = PilotPlan::periodS / delayCount;
    std::optional<PilotEstimate> best;
    for (size_t n = 0; n < candidates; ++n)
    {
        const auto top = std::max_element(delays.begin(), delays.end(), [](const auto& a, const auto& b) { return std::norm(a) < std::norm(b); });
        if (std::norm(*top) < needed)
            break;
        const auto place = static_cast<size_t>(top - delays.begin());
        const auto found = estimateAt(climb(static_cast<double>(place) * spacing, spacing / 2.0));
        if (! best.has_value() || found.logChance < best->logChance)
            best = found;
        for (size_t i = 0; i < 3; ++i)
            delays[(place + i + delayCount - 1) % delayCount] = {};
    }
    if (! best.has_value() || best->logChance > searchLogChance)
        return std::nullopt;
    return best;
}

std::optional<PilotEstimate> PilotDetector::near(int pilot, double delayS, double slope)
{
    weigh(pilot, slope);
    if (! (sumOfPower > 0.0))
        return std::nullopt;
    constexpr int steps = 10;
    double best = delayS, bestPower = -1.0;
    for (int i = -steps; i <= steps; ++i)
    {
        const auto at = delayS + trackHalfWidthS * i / steps;
        if (const auto power = std::norm(sumAt(at)); power > bestPower)
        {
            best = at;
            bestPower = power;
        }
    }
    const auto found = estimateAt(climb(best, trackHalfWidthS / steps));
    if (found.logChance > trackLogChance)
        return std::nullopt;
    return found;
}

double PilotDetector::smallestRms(int pilot)
{
    weigh(pilot, 0.0);
    if (! (sumOfPower > 0.0) || effectiveLines < 2.0)
        return 0.0;
    const auto alike = 1.0 - std::exp(searchLogChance / (effectiveLines - 1.0));
    return rmsOf(std::sqrt(alike / (1.0 - alike) * sumOfPower / sumOfWeights));
}

} // namespace mw
