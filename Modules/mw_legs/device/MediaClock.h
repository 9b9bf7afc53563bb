#pragma once

#include "TickStats.h"

#include <mw_core/mw_core.h>

#include <cstdint>

namespace mw
{

/** The engine's metronome: absolute deadlines one block apart, how late each was met, and what to do after a stall.
    Media thread, but for begin(). */
class MediaClock
{
public:
    /** Blocks that are made up for one after the other when the host stalled; beyond that they are given up, since a burst
        of old sound helps nobody [blocks]. */
    static constexpr int64_t maxCatchUpBlocks = 4;

    explicit MediaClock(Clock& clockToUse) noexcept : clock(clockToUse) {}

    /** Before the first tick; the first deadline is one block from now. @param blockLengthNs > 0 [ns] */
    void begin(int64_t blockLengthNs) noexcept;

    /** Sleeps until the next deadline. @returns false when the clock was interrupted: the end. */
    [[nodiscard]] bool waitForTick() noexcept;

    /** In place of waitForTick() when the caller is the clock: a tick that is never late. */
    void tickByHand() noexcept;

    /** After the tick's work: load and work times. */
    void finishTick() noexcept;

    /** The deadline of the tick under way [ns]. */
    [[nodiscard]] int64_t deadlineNs() const noexcept { return deadline; }

    /** The deadline of the tick after it [ns]; 0 when the caller is the clock, and nobody knows. */
    [[nodiscard]] int64_t nextDeadlineNs() const noexcept { return isByHand ? 0 : deadline + blockNs; }

    /** Blocks that were given up right before the tick under way; their time is lost to every leg. */
    [[nodiscard]] int64_t givenUpBlocks() const noexcept { return givenUp; }

    [[nodiscard]] const TickStats& stats() const noexcept { return figures; }

private:
    void noteLateness(int64_t latenessNs) noexcept;

    Clock& clock;
    TickStats figures;
    int64_t blockNs = 0;
    int64_t deadline = 0;
    int64_t givenUp = 0;
    int64_t begunNs = 0;
    int64_t begunThreadNs = 0;  ///< processor time when it began [ns]
    int64_t takenNs = 0;        ///< how much of the present lateness the host is to blame for [ns]
    bool isByHand = false;
};

} // namespace mw
