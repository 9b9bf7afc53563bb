#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mw
{

/** How fast a peer's clock runs against ours, from the arrivals of its packets.

    The transit time of the quickest packet of each second is what the network adds at least; it moves only with the two clocks.
    A line through up to 128 of these (least squares) is the drift. A lasting step of the network's delay is told from drift and
    begins the line anew; single seconds that are far off are left out. Media thread; takes no memory. */
class DriftEstimator
{
public:
    /** One packet of sound. @param arrivalNs kernel arrival time, engine clock [ns] @param mediaNs its timestamp as a time,
        counting on from any start [ns] */
    void update(int64_t arrivalNs, int64_t mediaNs) noexcept;

    /** Forgets the stream. */
    void reset() noexcept;

    /** Whether there is an estimate: after 5 s at the earliest, and not while the arrivals form no line. */
    [[nodiscard]] bool isKnown() const noexcept { return known; }

    /** Peer's clock fast (+) or slow (−) against the engine's [ppm]; of use while isKnown(). */
    [[nodiscard]] double ppm() const noexcept { return -1.0e6 * line.slope; }

    /** Standard error of that [ppm]. */
    [[nodiscard]] double errorPpm() const noexcept { return 1.0e6 * line.slopeError; }

    /** The same as ppm() for who wants the clock itself: without the seconds in which even the quickest packet was late, as it is in the first
        ones of a program on a busy machine. Late ones lie above the line, never below, and are those that lie further above it than the others
        do below. It jumps when a second comes to count as late; what is steered by the drift goes by ppm(). */
    [[nodiscard]] double timelyPpm() const noexcept { return -1.0e6 * timelySlope; }

    /** Transit time of the quickest packets at a moment, on the line [ns]; of use while isKnown(). */
    [[nodiscard]] int64_t leastTransitNs(int64_t timeNs) const noexcept;

    /** Seconds that were taken in so far; a change says that the estimate is new. */
    [[nodiscard]] uint64_t windows() const noexcept { return windowCount; }

    /** Seconds that the line rests on, 0…128. */
    [[nodiscard]] size_t points() const noexcept { return count; }

    /** Time from the first to the last of them [s]. */
    [[nodiscard]] double spanSeconds() const noexcept { return count == 0 ? 0.0 : at(count - 1).seconds - at(0).seconds; }

    /** Steps of the network's delay so far. */
    [[nodiscard]] uint64_t steps() const noexcept { return stepCount; }

private:
    /** Both against the first point of the line. */
    struct Point
    {
        double seconds = 0.0;
        double transit = 0.0;  ///< [s]
    };

    struct Line
    {
        size_t points = 0;
        double meanSeconds = 0.0, meanTransit = 0.0;
        double slope = 0.0, slopeError = 0.0;  ///< [s/s]
        double spread = 0.0;                   ///< of the points around it [s]
        [[nodiscard]] double at(double seconds) const noexcept { return meanTransit + slope * (seconds - meanSeconds); }
    };

    static constexpr size_t mostPoints = 128;
    static constexpr size_t suspectsForStep = 3;

    void closeWindow() noexcept;
    void addPoint(Point point) noexcept;
    void restartWithSuspects() noexcept;
    template <typename IsTaken>
    [[nodiscard]] Line fit(size_t first, size_t number, IsTaken&& isTaken) const noexcept;
    [[nodiscard]] Line fit(size_t first, size_t number) const noexcept;
    [[nodiscard]] double slopeOfTimely() const noexcept;
    [[nodiscard]] double latestAllowed(const Line& around) const noexcept;
    [[nodiscard]] const Point& at(size_t index) const noexcept { return ring[(oldest + index) % mostPoints]; }

    bool begun = false, known = false;
    int64_t baseNs = 0, baseTransitNs = 0;
    int64_t windowStartNs = 0;
    int64_t leastTransit = 0, leastArrivalNs = 0;  ///< the window's quickest packet [ns]
    int packetsInWindow = 0;
    uint64_t windowCount = 0, stepCount = 0;

    std::array<Point, mostPoints> ring {};
    size_t oldest = 0, count = 0;
    std::array<Point, suspectsForStep> suspects {};
    size_t suspectCount = 0;
    Line line;
    double timelySlope = 0.0;  ///< [s/s]
};

} // namespace mw
