#pragma once

#include <cstdint>

namespace mw
{

/** What the arrival times of one stream say: interarrival jitter, and how much later than the quickest packets the others
    come. Media thread. */
class ArrivalStatistics
{
public:
    /** One packet. @param arrivalNs kernel arrival time [ns] @param mediaNs its timestamp as a time [ns] */
    void update(int64_t arrivalNs, int64_t mediaNs) noexcept;

    /** Forgets the stream; the next packet begins anew. */
    void reset() noexcept { *this = {}; }

    /** Interarrival jitter as of RFC 3550 A.8: J += (|D| − J) / 16 [ms]. */
    [[nodiscard]] double jitterMs() const noexcept { return jitterNs * 1.0e-6; }

    /** How much later than the quickest packet of the last 2 to 4 s the last one came [ns]. */
    [[nodiscard]] int64_t lastLatenessNs() const noexcept { return latenessNs; }

    /** The greatest lateness lately, forgotten with a time constant of 10 s [ns]. */
    [[nodiscard]] double peakLatenessNs() const noexcept { return peakNs; }

private:
    bool begun = false;
    int64_t lastArrivalNs = 0;
    int64_t lastTransitNs = 0;
    int64_t windowStartNs = 0;
    int64_t leastTransitNs = 0;        ///< in this window
    int64_t formerLeastTransitNs = 0;  ///< in the window before
    int64_t latenessNs = 0;
    double jitterNs = 0.0;
    double peakNs = 0.0;
};

} // namespace mw
