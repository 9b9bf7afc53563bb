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

/** Begins a chunk with its first piece. */
[[gnu::always_inline]] inline void begin(ChunkSquares& chunk, const float* samples) noexcept
{
    Floats8 square;
    vectors::load(samples, square);
    square *= square;
    chunk.sum = chunk.peak = square;
}

[[gnu::always_inline]] inline void take(ChunkSquares& chunk, const float* samples) noexcept
{
    Floats8 square;
    vectors::load(samples, square);
    square *= square;
    chunk.sum += square;
    raise(chunk.peak, square);
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
    running.recent = running.recent * decay + sum;
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

/** Sums up whole chunks.
    @tparam fixedFives what lanes.fives is, where it is known beforehand; 0: any number
    @param make (size_t fives), called before each chunk is read: may make its samples */
template <int fixedFives, typename Make>
[[gnu::always_inline]] inline float runChunks(LevelLanes& lanes, size_t chunks, const float* samples, Make make) noexcept
{
    RunningLanes running;
    open(running, lanes);
    for (; chunks > 0; --chunks)
    {
        ChunkSquares chunk;
        if constexpr (fixedFives > 0)
        {
            make(size_t { fixedFives });
            begin(chunk, samples);
#pragma GCC unroll 16
            for (size_t piece = 1; piece < 5 * fixedFives; ++piece)
                take(chunk, samples + 8 * piece);
            samples += 40 * fixedFives;
        }
        else
        {
            make(size_t { lanes.fives });
            chunk.sum = chunk.peak = Floats8 {};
            for (auto fives = lanes.fives; fives > 0; --fives, samples += 40)
#pragma GCC unroll 5
                for (size_t piece = 0; piece < 5; ++piece)
                    take(chunk, samples + 8 * piece);
        }
        close(running, chunk, lanes.decay, lanes.fallSquared);
    }
    return finish(running, lanes);
}

} // namespace mw::levels
