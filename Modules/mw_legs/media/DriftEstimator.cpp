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

    fitTimely();
    known = std::abs(line.slope) <= greatestSlope;
    if (count >= pointsForSteps)
    {
        // A step among the points looks like drift, but its halves do not both have the slope of the whole then.
        const auto half = count / 2;
        const auto latest = latestAllowed();
        const auto early = fit(0, half, &line, latest), late = fit(count - half, half, &line, latest);
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

void DriftEstimator::fitTimely() noexcept
{
    line = fit(0, count);
    for (int turn = 0; turn < timelyTurns; ++turn)
    {
        const auto before = line;
        line = fit(0, count, &before, latestAllowed());
        if (line.slope == before.slope)
            return;
    }
}

/** How far above the line a point may lie that is not late [s]. */
double DriftEstimator::latestAllowed() const noexcept
{
    double squares = 0.0;
    size_t below = 0;
    for (size_t i = 0; i < count; ++i)
        if (const auto offset = at(i).transit - line.at(at(i).seconds); offset < 0.0)
        {
            squares += offset * offset;
            ++below;
        }
    return std::max(leastLateness, lateness * std::sqrt(squares / static_cast<double>(std::max<size_t>(below, 1))));
}

/** A line through points, of which those that lie by more than `latest` above another are left out, unless too few would remain. */
DriftEstimator::Line DriftEstimator::fit(size_t first, size_t number, const Line* timelyBy, double latest) const noexcept
{
    const auto isTimely = [&](const Point& point) { return timelyBy == nullptr || point.transit - timelyBy->at(point.seconds) <= latest; };
    Line result;
    size_t timely = 0;
    for (size_t i = first; i < first + number; ++i)
        if (isTimely(at(i)))
        {
            result.meanSeconds += at(i).seconds;
            result.meanTransit += at(i).transit;
            ++timely;
        }
    if (timelyBy != nullptr && timely < std::max(leastPoints, number / 2))
        return fit(first, number);
    result.meanSeconds /= static_cast<double>(timely);
    result.meanTransit /= static_cast<double>(timely);

    double timeSquares = 0.0, products = 0.0;
    for (size_t i = first; i < first + number; ++i)
        if (isTimely(at(i)))
        {
            const auto seconds = at(i).seconds - result.meanSeconds;
            timeSquares += seconds * seconds;
            products += seconds * (at(i).transit - result.meanTransit);
        }
    if (timeSquares <= 0.0)
        return result;
    result.slope = products / timeSquares;

    double squares = 0.0;
    for (size_t i = first; i < first + number; ++i)
    {
        const auto offset = at(i).transit - result.at(at(i).seconds);
        squares += offset * offset;
    }
    result.spread = std::sqrt(squares / std::max(1.0, static_cast<double>(number) - 2.0));
    result.slopeError = std::max(leastError, result.spread / std::sqrt(timeSquares));
    return result;
}

int64_t DriftEstimator::leastTransitNs(int64_t timeNs) const noexcept
{
    return baseTransitNs + std::llround(line.at(static_cast<double>(timeNs - baseNs) * 1.0e-9) * 1.0e9);
}

} // namespace mw
