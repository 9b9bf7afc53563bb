#pragma once

#include "../model/MonitorModel.h"

#include <cstdint>
#include <functional>

namespace mw
{

/** The stretch of time that all plots show, and the event that is marked in all of them. It follows the run until it is paused,
    dragged or panned; then it stands while data go on. Times are of the engine clock [ns]. Message thread. */
class TimeView
{
public:
    static constexpr int64_t second = 1'000'000'000;
    static constexpr int64_t leastSpanNs = 2 * second, mostSpanNs = historySeconds * second;  ///< [ns]
    static constexpr int64_t usualSpanNs = 60 * second;                                     ///< after reset() [ns]

    /** @param timeNs of the latest step @param startNs of the run: while it is younger than the span, it is drawn from the left */
    void setNow(int64_t timeNs, int64_t startNs = 0) noexcept;

    [[nodiscard]] int64_t fromNs() const noexcept { return toNs() - span; }
    [[nodiscard]] int64_t toNs() const noexcept { return paused ? end : latestEnd(); }
    [[nodiscard]] int64_t spanNs() const noexcept { return span; }
    [[nodiscard]] bool isPaused() const noexcept { return paused; }

    void setPaused(bool pause) noexcept;

    /** Shows `factor` times as much time, between the limits. The time under the pointer stays where it is; while the view
        follows the run, its end does. */
    void zoom(double factor, int64_t aroundNs) noexcept;

    /** Shows a stretch, and stands. */
    void show(int64_t from, int64_t to) noexcept;

    /** Moves by a time, and stands; not beyond what is kept. */
    void pan(int64_t byNs) noexcept;

    /** Follows the run again, at the usual span. */
    void reset() noexcept;

    /** The log's number (MonitorModel::logNumber() when it was newest) of the event that is marked in all plots; 0 for none. */
    [[nodiscard]] uint64_t markedEvent() const noexcept { return marked; }
    void markEvent(uint64_t logNumber) noexcept;

    /** Counts on with every change that plots show. */
    [[nodiscard]] uint64_t number() const noexcept { return changes + steps; }

    /** Counts on with those that a person made: all but that time went on. */
    [[nodiscard]] uint64_t steered() const noexcept { return changes; }

private:
    void limit() noexcept;
    [[nodiscard]] int64_t latestEnd() const noexcept { return now > start + span ? now : start + span; }

    int64_t now = 0, start = 0, end = 0, span = usualSpanNs;
    bool paused = false;
    uint64_t marked = 0, changes = 1, steps = 0;
};

} // namespace mw
