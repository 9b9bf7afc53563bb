#include "CellTable.h"

namespace mw
{

CellTable::CellTable(int legCount, int capacity)
    : cells(static_cast<size_t>(capacity)), heads(static_cast<size_t>(legCount), none)
{
    for (int i = capacity - 1; i >= 0; --i)
    {
        at(i).next = freeHead;
        freeHead = i;
    }
}

int CellTable::find(int leg, int from) const noexcept
{
    for (auto i = firstOf(leg); i != none; i = cells[static_cast<size_t>(i)].next)
        if (cells[static_cast<size_t>(i)].from == from)
            return i;
    return none;
}

int CellTable::add(int leg, int from) noexcept
{
    if (freeHead == none && ! removeOneClearing())
        return none;

    const auto cell = freeHead;
    auto& added = at(cell);
    freeHead = added.next;
    added.from = from;
    added.isClearing = false;
    added.next = heads[static_cast<size_t>(leg)];
    heads[static_cast<size_t>(leg)] = cell;
    ++usedCells;
    return cell;
}

void CellTable::remove(int leg, int cell) noexcept
{
    auto* link = &heads[static_cast<size_t>(leg)];
    while (*link != none && *link != cell)
        link = &at(*link).next;
    if (*link == none)
        return;
    *link = at(cell).next;
    at(cell).next = freeHead;
    freeHead = cell;
    --usedCells;
}

bool CellTable::removeOneClearing() noexcept
{
    // The search goes on where the last one ended, so that replacing every cell at once stays linear.
    for (size_t searched = 0; searched < heads.size(); ++searched)
    {
        for (auto i = heads[clearingSearch]; i != none; i = at(i).next)
            if (at(i).isClearing)
            {
                remove(static_cast<int>(clearingSearch), i);
                return true;
            }
        clearingSearch = clearingSearch + 1 < heads.size() ? clearingSearch + 1 : 0;
    }
    return false;
}

} // namespace mw
