#pragma once

#include "ThinnedValues.h"

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>

namespace mw
{

/** One pilot as one window heard it. */
struct PilotReading
{
    int number = 0;
    int64_t timeNs = 0;        ///< absolute time of the window's middle [ns]
    double levelDbm0 = 0.0;    ///< RMS of the pilot alone [dBm0]
    double delayMs = 0.0;      ///< from the time the pilot stands for to the time it was heard, −100…924 [ms]
    double snrDb = 0.0;        ///< of the correlation; the standard error of the level is about 6.1 · 10^(−snr/20) dB
};

/** What can be said of one pilot after all that was heard. */
struct PilotSummary
{
    int windows = 0;                         ///< in which it was heard
    int64_t firstNs = 0, lastNs = 0;         ///< the middles of the first and the last of them [ns]
    std::optional<double> levelDbm0;         ///< median, windows weighted by their certainty [dBm0]
    std::optional<double> delayP50Ms, delayP95Ms, delayMaxMs;  ///< over these windows [ms]
    std::optional<double> driftPpm;          ///< of the sender's clock against ours, positive: it is fast; over 10 s and more of its last minute
    double driftErrorPpm = 0.0;              ///< standard error of it
    std::optional<double> hiddenDbm0;        ///< not heard: from this level on it would have been found in half of the windows
};

/** All readings of one pilot in a call of any length, in bounded memory: count, times and extremes are exact; medians rest on at most mostKept
    readings, evenly over the call; drift on those of the pilot's last minute. */
class PilotHistory
{
public:
    static constexpr size_t mostKept = 8192;                     ///< 70 minutes pass until readings are thinned
    static constexpr int64_t driftSpanNs = 60'000'000'000;       ///< [ns]

    /** In the order of time. */
    void add(const PilotReading& reading);

    [[nodiscard]] uint64_t windows() const noexcept { return count; }
    [[nodiscard]] int64_t lastNs() const noexcept { return newestNs; }
    [[nodiscard]] double leastDelayMs() const noexcept { return leastMs; }
    [[nodiscard]] double mostDelayMs() const noexcept { return mostMs; }

    /** Readings of the whole call, each of which stands for kept().spacing(). */
    [[nodiscard]] const Thinned<PilotReading>& kept() const noexcept { return thinned; }

    /** @param driftSinceNs drift of readings from this time on [ns] */
    [[nodiscard]] PilotSummary summary(int64_t driftSinceNs = std::numeric_limits<int64_t>::min()) const;

private:
    uint64_t count = 0;
    int64_t oldestNs = 0, newestNs = 0;
    double leastMs = 0.0, mostMs = 0.0;
    Thinned<PilotReading> thinned { mostKept };
    std::deque<PilotReading> late;  ///< of the last minute
};

} // namespace mw
