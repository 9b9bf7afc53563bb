#pragma once

#include <mw_lab/mw_lab.h>

#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <utility>

namespace mw
{

/** A digit that was heard, or digits that were sent. What was not measured is not a number. */
struct DigitEntry
{
    enum class Way { inBand, telephoneEvent, sipInfo };
    static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

    int64_t timeNs = 0;       ///< of their beginning, engine clock [ns]
    LegId leg = 0;            ///< who sent it, or whom it was sent to; 0: to everybody in the mix
    bool sent = false;        ///< by us; otherwise heard
    Way way = Way::inBand;
    std::string digits;       ///< one that was heard, all of a sequence that was sent
    double lowDbm0 = unknown, highDbm0 = unknown;  ///< level of each tone, in-band [dBm0]
    double lowHz = unknown, highHz = unknown;      ///< measured frequencies, heard in-band [Hz]
    double durationMs = unknown;                   ///< of each digit [ms]
};

/** The last digits, sent and heard. Message thread. */
class DigitLog
{
public:
    static constexpr size_t length = 500;

    void add(DigitEntry entry)
    {
        kept.push_back(std::move(entry));
        ++count;
        if (kept.size() > length)
            kept.pop_front();
    }

    /** Newest last. */
    [[nodiscard]] const std::deque<DigitEntry>& entries() const noexcept { return kept; }

    /** Counts on with each entry. */
    [[nodiscard]] uint64_t number() const noexcept { return count; }

private:
    std::deque<DigitEntry> kept;
    uint64_t count = 0;
};

} // namespace mw
