#pragma once

#include <mw_signal/mw_signal.h>

#include <cstdint>
#include <vector>

namespace mw
{

/** The cells of the who-hears-whom matrix that differ from the mode: one list a hearing leg, all of them in one pool, so that a
    cell costs only itself. Memory is taken in the constructor; the rest belongs to the audio region. */
class CellTable
{
public:
    static constexpr int none = -1;

    struct Cell
    {
        int from = 0;             ///< strip index
        int next = none;          ///< index of the leg's next cell
        bool isClearing = false;  ///< returns to what the mode says, then it is removed
        GainRamp gain;            ///< with which the leg hears the strip, whatever the mode says
    };

    /** The most cells that a mixer holds at once: every one for up to 254 legs, beyond that 65 536. */
    [[nodiscard]] static int capacityFor(int maxLegs, int stripCount) noexcept
    {
        constexpr int64_t most = 65536;
        const auto all = int64_t { maxLegs } * stripCount;
        return static_cast<int>(all < most ? all : most);
    }

    CellTable(int legCount, int capacity);

    /** The leg's first cell, or none. */
    [[nodiscard]] int firstOf(int leg) const noexcept { return heads[static_cast<size_t>(leg)]; }

    [[nodiscard]] Cell& at(int cell) noexcept { return cells[static_cast<size_t>(cell)]; }

    [[nodiscard]] int find(int leg, int from) const noexcept;

    /** A new cell at the head of the leg's list. When the pool is used up, a cell that is clearing gives way at once.
        @returns none when every cell is in use */
    int add(int leg, int from) noexcept;

    void remove(int leg, int cell) noexcept;

    [[nodiscard]] int used() const noexcept { return usedCells; }

private:
    bool removeOneClearing() noexcept;

    std::vector<Cell> cells;
    std::vector<int> heads;
    int freeHead = none;
    int usedCells = 0;
    size_t clearingSearch = 0;  ///< leg
};

} // namespace mw
