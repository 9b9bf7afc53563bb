#include "PilotSteps.h"

#include "PilotDetector.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr double longestBreakNs = 500.0e6, shortestBreakNs = 8.0e6;
constexpr double goneShare = 0.3, backShare = 0.7;
constexpr double settleNs = 300.0e6;         ///< a level must have lasted so long before the step to it is told
constexpr double levelNs = 1.0e9;            ///< most of a level that is averaged
constexpr size_t fewestPieces = 8;
constexpr double leastChange = 0.03;
constexpr double significance = 60.0;        ///< χ² of one degree of freedom: 7.7 standard errors
constexpr size_t keptPieces = 400;
} // namespace

void PilotSteps::add(const Piece& piece)
{
    if (! pieces.empty() && std::abs(static_cast<double>(piece.startNs - pieces.back().startNs) - pieces.back().lengthNs) > 1.0e6)
        settle(true);
    pieces.push_back(piece);
}

void PilotSteps::settle(bool all)
{
    findBreaks(all);
    findSteps(all);
    if (all)
    {
        pieces.clear();
        scanned = 0;
    }
}

double PilotSteps::medianBefore(size_t at) const
{
    constexpr size_t most = 40;
    const auto count = std::min(at, most);
    if (count < fewestPieces)
        return 0.0;
    std::vector<double> gains;
    for (size_t i = at - count; i < at; ++i)
        gains.push_back(pieces[i].gain);
    const auto middle = gains.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(gains.begin(), middle, gains.end());
    return *middle;
}

bool PilotSteps::tryBreak(size_t at, double level, bool all, size_t& behind)
{
    auto end = at;
    double sigmas = 0.0, span = 0.0;
    while (end < pieces.size() && pieces[end].gain < backShare * level && span <= longestBreakNs)
    {
        sigmas += pieces[end].sigma;
        span += pieces[end++].lengthNs;
    }
    const auto isOpen = end == pieces.size();
    if (isOpen || span > longestBreakNs || sigmas > 0.2 * level * static_cast<double>(end - at))
        return false;
    const auto last = std::min(pieces.size(), end + fewestPieces);
    if (! all && last < end + fewestPieces)
        return false;
    const auto returned = meanOf(end, last);
    if (returned < 0.8 * level || returned > 1.25 * level)
        return false;

    // The pieces at both edges hold a part of it.
    const auto first = at > 0 ? at - 1 : at;
    double missingNs = 0.0, leftOfIt = 0.0;
    for (size_t i = first; i <= end; ++i)
    {
        const auto missing = std::clamp(1.0 - pieces[i].gain / level, 0.0, 1.0) * pieces[i].lengthNs;
        missingNs += missing;
        if (i == first && first < at)
            leftOfIt = missing;
    }
    if (missingNs < shortestBreakNs)
        return false;
    PilotBreak found;
    found.number = number;
    found.startNs = pieces[at].startNs - std::llround(leftOfIt);
    found.lengthMs = missingNs * 1.0e-6;
    if (first == at || leftOfIt < 0.05 * pieces[first].lengthNs)
        found.startNs = pieces[at].startNs + std::llround(std::clamp(pieces[at].gain / level, 0.0, 1.0) * pieces[at].lengthNs);
    breaks.push_back(found);
    for (size_t i = first; i <= end; ++i)
        pieces[i].gain = level;
    behind = end + 1;
    return true;
}

void PilotSteps::findBreaks(bool all)
{
    double ahead = 0.0;
    auto last = pieces.size();
    while (! all && last > scanned && ahead < longestBreakNs + 50.0e6)
        ahead += pieces[--last].lengthNs;
    while (scanned < last)
    {
        const auto level = medianBefore(scanned);
        size_t behind = 0;
        if (level > 0.0 && pieces[scanned].gain < goneShare * level && tryBreak(scanned, level, all, behind))
            scanned = std::min(behind, pieces.size());
        else
            ++scanned;
    }
}

double PilotSteps::meanOf(size_t from, size_t to) const
{
    double sum = 0.0, weights = 0.0;
    for (size_t i = from; i < to; ++i)
    {
        const auto& piece = pieces[i];
        const auto weight = piece.lengthNs / (piece.sigma * piece.sigma + 1.0e-4 * piece.gain * piece.gain + 1.0e-20);
        sum += weight * piece.gain;
        weights += weight;
    }
    return weights > 0.0 ? sum / weights : 0.0;
}

void PilotSteps::split(size_t from, size_t to, double excess, std::vector<size_t>& places) const
{
    if (to - from < 2 * fewestPieces)
        return;
    // One level of significance for all: a piece at a high level is as sure as the noise beside it, not surer.
    double weightAll = 0.0, sumAll = 0.0;
    const auto weightOf = [&](size_t i) { return 1.0 / (pieces[i].sigma * pieces[i].sigma + excess); };
    for (size_t i = from; i < to; ++i)
    {
        weightAll += weightOf(i);
        sumAll += weightOf(i) * pieces[i].gain;
    }
    double weight = 0.0, sum = 0.0, best = 0.0, bestChange = 0.0, bestLevel = 0.0;
    size_t place = 0;
    for (size_t i = from; i + fewestPieces < to; ++i)
    {
        weight += weightOf(i);
        sum += weightOf(i) * pieces[i].gain;
        if (i + 1 < from + fewestPieces)
            continue;
        const auto other = weightAll - weight;
        const auto mean = sum / weight, otherMean = (sumAll - sum) / other;
        const auto value = weight * other / weightAll * (mean - otherMean) * (mean - otherMean);
        if (value > best)
        {
            best = value;
            place = i + 1;
            bestChange = std::abs(mean - otherMean);
            bestLevel = std::max(std::abs(mean), std::abs(otherMean));
        }
    }
    if (best < significance || bestChange < leastChange * bestLevel)
        return;
    split(from, place, excess, places);
    places.push_back(place);
    split(place, to, excess, places);
}

void PilotSteps::findSteps(bool all)
{
    const auto last = all ? pieces.size() : scanned;
    if (last < 2 * fewestPieces)
        return;

    // What scatters from piece to piece beyond their standard errors: a codec's doing.
    std::vector<double> scatter;
    for (size_t i = 1; i < last; ++i)
    {
        const auto change = pieces[i].gain - pieces[i - 1].gain;
        const auto known = pieces[i].sigma * pieces[i].sigma + pieces[i - 1].sigma * pieces[i - 1].sigma;
        scatter.push_back(std::max(0.0, change * change / 0.455 - known) / 2.0);
    }
    const auto middle = scatter.begin() + static_cast<std::ptrdiff_t>(scatter.size() / 2);
    std::nth_element(scatter.begin(), middle, scatter.end());
    double highest = 0.0;
    for (size_t i = 0; i < last; ++i)
        highest = std::max(highest, std::abs(pieces[i].gain));
    const auto excess = *middle + 1.0e-5 * highest * highest + 1.0e-20;

    std::vector<size_t> places;
    split(0, last, excess, places);

    size_t told = 0;
    for (size_t i = 0; i < places.size(); ++i)
    {
        const auto place = places[i];
        const auto from = i > 0 ? places[i - 1] : 0;
        const auto to = i + 1 < places.size() ? places[i + 1] : last;
        double after = 0.0;
        for (auto j = place; j < to; ++j)
            after += pieces[j].lengthNs;
        if (! all && i + 1 == places.size() && after < settleNs)
            break;

        // The few pieces at the edges hold the change itself.
        constexpr size_t edge = 3;
        const auto width = static_cast<size_t>(levelNs / std::max(pieces[place].lengthNs, 1.0));
        const auto before = meanOf(std::max(from + (from > 0 ? edge : 0), place > width ? place - width : 0), place - edge);
        const auto behind = meanOf(place + edge, std::min(to - (to < last ? edge : 0), place + width));
        if (std::abs(before - behind) < leastChange * std::max(std::abs(before), std::abs(behind)))
            continue;
        double areaNs = 0.0;
        constexpr size_t reach = 6;
        const auto first = place - reach;
        for (auto j = first; j < place + reach; ++j)
            areaNs += std::clamp((pieces[j].gain - behind) / (before - behind), -0.5, 1.5) * pieces[j].lengthNs;
        PilotStep step;
        step.number = number;
        step.timeNs = pieces[first].startNs + std::llround(areaNs);
        step.beforeRms = PilotDetector::rmsOf(std::max(before, 0.0));
        step.afterRms = PilotDetector::rmsOf(std::max(behind, 0.0));
        steps.push_back(step);
        told = place;
    }

    auto forgotten = told;
    if (last > keptPieces)
        forgotten = std::max(forgotten, last - keptPieces);
    forgotten = std::min(forgotten, scanned);
    pieces.erase(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(forgotten));
    scanned -= forgotten;
}

} // namespace mw
