#include "DriftEstimator.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr int64_t windowNs = 1'000'000'000;
constexpr int leastPackets = 5;           ///< a second with fewer says too little
constexpr size_t leastPoints = 5;
constexpr size_t pointsForSteps = 10;     ///< from here on the line is firm enough to call a point far off
constexpr double leastStep = 1.0e-3;      ///< [s]
constexpr double greatestSlope = 2.0e-3;  ///< no clock is that far off
constexpr double lateness = 1.5;          ///< of those above the line against the root mean square of those below it
constexpr double leastLateness = 20.0e-6; ///< [s]
constexpr int timelyTurns = 4;            ///< by then which points are late does not change any more, or hardly
constexpr double leastError = 1.0e-8;     ///< what the arrival times themselves resolve over the seconds of a line
} // namespace

void DriftEstimator::reset() noexcept
{
    begun = known = false;
    oldest = count = suspectCount = 0;
    packetsInWindow = 0;
}

void DriftEstimator::update(int64_t arrivalNs, int64_t mediaNs) noexcept
{
    const auto transit = arrivalNs - mediaNs;
    if (! begun)
    {
        begun = true;
        baseNs = windowStartNs = arrivalNs;
        baseTransitNs = transit;
    }
    if (arrivalNs - windowStartNs >= windowNs)
    {
        closeWindow();
        windowStartNs = arrivalNs - (arrivalNs - windowStartNs) % windowNs;
    }
    if (packetsInWindow == 0 || transit < leastTransit)
    {
        leastTransit = transit;
        leastArrivalNs = arrivalNs;
    }
    ++packetsInWindow;
}

void DriftEstimator::closeWindow() noexcept
{
    if (packetsInWindow >= leastPackets)
    {
        ++windowCount;
        addPoint({ static_cast<double>(leastArrivalNs - baseNs) * 1.0e-9, static_cast<double>(leastTransit - baseTransitNs) * 1.0e-9 });
    }
    packetsInWindow = 0;
}

void DriftEstimator::addPoint(Point point) noexcept
{
    if (count >= pointsForSteps)
    {
        const auto offset = point.transit - line.at(point.seconds);
        if (std::abs(offset) > std::max(leastStep, 6.0 * line.spread))
        {
            // The same side as those before, or the row begins anew.
            if (suspectCount > 0 && (suspects[0].transit > line.at(suspects[0].seconds)) != (offset > 0.0))
                suspectCount = 0;
            suspects[suspectCount++] = point;
            if (suspectCount == suspectsForStep)
                restartWithSuspects();
            return;
        }
        suspectCount = 0;
    }

    ring[(oldest + count) % mostPoints] = point;
    if (count < mostPoints)
        ++count;
    else
        oldest = (oldest + 1) % mostPoints;
    if (count < leastPoints)
        return;

    line = fit(0, count);
    timelySlope = slopeOfTimely();
    known = std::abs(line.slope) <= greatestSlope;
    if (count >= pointsForSteps)
    {
        // A step among the points looks like drift, but its halves do not both have the slope of the whole then.
        const auto half = count / 2;
        const auto early = fit(0, half), late = fit(count - half, half);
        const auto agrees = [this](const Line& part) {
            return std::abs(part.slope - line.slope) <= 20.0e-6 + 3.0 * (part.slopeError + line.slopeError);
        };
        known = known && (agrees(early) && agrees(late));
    }
}

void DriftEstimator::restartWithSuspects() noexcept
{
    ++stepCount;
    oldest = count = 0;
    known = false;
    for (const auto& point : suspects)
        ring[count++] = point;
    suspectCount = 0;
}

/** Fits a line, leaves out the points that are late by it, and again. */
double DriftEstimator::slopeOfTimely() const noexcept
{
    auto timely = line;
    for (int turn = 0; turn < timelyTurns; ++turn)
    {
        const auto latest = latestAllowed(timely);
        const auto isTimely = [&](const Point& point) { return point.transit - timely.at(point.seconds) <= latest; };
        const auto next = fit(0, count, isTimely);
        if (next.points < std::max(leastPoints, count / 2) || next.slope == timely.slope)
            break;
        timely = next;
    }
    return timely.slope;
}

/** How far above a line a point may lie that is not late [s]. */
double DriftEstimator::latestAllowed(const Line& around) const noexcept
{
    double squares = 0.0;
    size_t below = 0;
    for (size_t i = 0; i < count; ++i)
        if (const auto offset = at(i).transit - around.at(at(i).seconds); offset < 0.0)
        {
            squares += offset * offset;
            ++below;
        }
    return std::max(leastLateness, lateness * std::sqrt(squares / static_cast<double>(std::max<size_t>(below, 1))));
}

DriftEstimator::Line DriftEstimator::fit(size_t first, size_t number) const noexcept
{
    return fit(first, number, [](const Point&) { return true; });
}

/** A line through those points of a range that are taken. @param isTaken bool (const Point&) */
template <typename IsTaken>
DriftEstimator::Line DriftEstimator::fit(size_t first, size_t number, IsTaken&& isTaken) const noexcept
{
    const auto forEach = [&](auto&& use) {
        for (size_t i = first; i < first + number; ++i)
            if (isTaken(at(i)))
                use(at(i));
    };
    Line result;
    forEach([&](const Point& point) {
        result.meanSeconds += point.seconds;
        result.meanTransit += point.transit;
        ++result.points;
    });
    const auto points = static_cast<double>(result.points);
    result.meanSeconds /= std::max(1.0, points);
    result.meanTransit /= std::max(1.0, points);

    double timeSquares = 0.0, products = 0.0;
    forEach([&](const Point& point) {
        const auto seconds = point.seconds - result.meanSeconds;
        timeSquares += seconds * seconds;
        products += seconds * (point.transit - result.meanTransit);
    });
    if (timeSquares <= 0.0)
        return result;
    result.slope = products / timeSquares;

    double squares = 0.0;
    forEach([&](const Point& point) {
        const auto offset = point.transit - result.at(point.seconds);
        squares += offset * offset;
    });
    result.spread = std::sqrt(squares / std::max(1.0, points - 2.0));
    result.slopeError = std::max(leastError, result.spread / std::sqrt(timeSquares));
    return result;
}

int64_t DriftEstimator::leastTransitNs(int64_t timeNs) const noexcept
{
    return baseTransitNs + std::llround(line.at(static_cast<double>(timeNs - baseNs) * 1.0e-9) * 1.0e9);
}

} // namespace mw
