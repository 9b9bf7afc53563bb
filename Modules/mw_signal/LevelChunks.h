#pragma once

#include "LevelMeter.h"

#include <mw_core/mw_core.h>

#include <limits>

namespace mw::levels
{
/** The arithmetic of a LevelMeter's whole chunks, to be inlined where the samples are at hand: in the meter itself, and in the pass that mixes
    them. Vectors of 8 samples are called pieces. */

using vectors::Doubles4;
using vectors::Floats8;

/** Not below the rounded square of any sample below the clip level. The root of a rounded square is the sample's magnitude again, above 10^-19. */
inline constexpr float clipSquare = LevelMeter::clipLevel * LevelMeter::clipLevel;

/** One chunk, in squares. */
struct ChunkSquares
{
    Floats8 sum, peak;
};

/** A meter's lanes in registers. */
struct RunningLanes
{
    Doubles4 recent, squares;
    Floats8 peak, highest;
};

[[gnu::always_inline]] inline void raise(Floats8& level, const Floats8& square) noexcept { level = square > level ? square : level; }

[[gnu::always_inline]] inline void square(const Floats8& samples, Floats8& squares) noexcept
{
    squares = samples * samples;
    vectors::rounded(squares);
}

[[gnu::always_inline]] inline void open(RunningLanes& running, const LevelLanes& lanes) noexcept
{
    vectors::load(lanes.recent.data(), running.recent);
    vectors::load(lanes.squares.data(), running.squares);
    vectors::load(lanes.peakSquare.data(), running.peak);
    running.highest = Floats8 {};
}

[[gnu::always_inline]] inline void close(RunningLanes& running, const ChunkSquares& chunk, double decay, float fallSquared) noexcept
{
    Doubles4 sum;
    vectors::fold(chunk.sum, sum);
    running.recent *= decay;
    vectors::rounded(running.recent);
    running.recent += sum;
    running.squares += sum;
    raise(running.highest, chunk.peak);
    running.peak *= fallSquared;
    raise(running.peak, chunk.peak);
}

/** Changes the lanes only when no sample is clipped or not finite.
    @returns the highest square; not below clipSquare, or not a number, when one is */
[[gnu::always_inline]] inline float finish(const RunningLanes& running, LevelLanes& lanes) noexcept
{
    const auto highest = vectors::highestOf(running.highest);
    // What is not a number is higher than nothing; it remains in the sum.
    const auto all = (running.recent[0] + running.recent[1]) + (running.recent[2] + running.recent[3]);
    if (! (highest < clipSquare && all == all))
        return std::numeric_limits<float>::infinity();
    vectors::store(running.recent, lanes.recent.data());
    vectors::store(running.squares, lanes.squares.data());
    vectors::store(running.peak, lanes.peakSquare.data());
    return highest;
}

/** Takes pieces, 5 × fives of them. @tparam isBegin the chunk has none yet, and need not be cleared for it */
template <int fives, bool isBegin, typename Pieces>
[[gnu::always_inline]] inline void takeFives(ChunkSquares& chunk, Pieces& pieces) noexcept
{
#pragma GCC unroll 16
    for (size_t at = 0; at < 5 * fives; ++at)
    {
        Floats8 samples, squares;
        pieces.give(at, samples);
        square(samples, squares);
        if (isBegin && at == 0)
        {
            chunk.sum = chunk.peak = squares;
            continue;
        }
        chunk.sum += squares;
        raise(chunk.peak, squares);
    }
    pieces.advance(5 * fives);
}

/** Sums up whole chunks.
    @tparam fixedFives what lanes.fives is, where it is known beforehand; 0: any number
    @param pieces give(size_t at, Floats8& samples) gives the piece that is `at` behind where it stands, advance(size_t) moves on */
template <int fixedFives, typename Pieces>
[[gnu::always_inline]] inline float runChunks(LevelLanes& lanes, size_t chunks, Pieces pieces) noexcept
{
    RunningLanes running;
    open(running, lanes);
    for (; chunks > 0; --chunks)
    {
        ChunkSquares chunk;
        if constexpr (fixedFives > 0)
            takeFives<fixedFives, true>(chunk, pieces);
        else
        {
            takeFives<1, true>(chunk, pieces);
            for (auto fives = lanes.fives; fives > 1; --fives)
                takeFives<1, false>(chunk, pieces);
        }
        close(running, chunk, lanes.decay, lanes.fallSquared);
    }
    return finish(running, lanes);
}

} // namespace mw::levels
