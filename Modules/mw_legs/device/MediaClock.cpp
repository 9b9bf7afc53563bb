#include "MediaClock.h"

#include <algorithm>
#include <bit>

namespace mw
{

namespace
{
constexpr int64_t latenessBinNs = 10'000;
}

void MediaClock::begin(int64_t blockLengthNs) noexcept
{
    figures = {};
    blockNs = blockLengthNs;
    deadline = begunNs = clock.nowNs();
    takenNs = 0;
    isByHand = false;
}

bool MediaClock::waitForTick() noexcept
{
    deadline += blockNs;
    const auto workEndNs = clock.nowNs(), threadNs = clock.threadTimeNs();
    if (figures.ticks > 0)
        takenNs += std::max<int64_t>(0, workEndNs - begunNs - (threadNs - begunThreadNs));
    if (! clock.sleepUntilNs(deadline))
        return false;

    begunNs = clock.nowNs();
    begunThreadNs = threadNs;
    const auto latenessNs = std::max<int64_t>(0, begunNs - deadline);
    takenNs = workEndNs < deadline ? latenessNs : std::min(takenNs, latenessNs);
    noteLateness(latenessNs);
    givenUp = latenessNs > maxCatchUpBlocks * blockNs ? latenessNs / blockNs : 0;
    figures.skippedTicks += static_cast<uint64_t>(givenUp);
    deadline += givenUp * blockNs;
    takenNs = std::min(takenNs, latenessNs - givenUp * blockNs);
    return true;
}

void MediaClock::tickByHand() noexcept
{
    isByHand = true;
    begunNs = clock.nowNs();
    deadline = begunNs;
    givenUp = 0;
    noteLateness(0);
}

void MediaClock::noteLateness(int64_t latenessNs) noexcept
{
    figures.lastLatenessNs = latenessNs;
    figures.maxLatenessNs = std::max(figures.maxLatenessNs, latenessNs);
    if (latenessNs > blockNs / 2)
    {
        ++figures.lateTicks;
        figures.lateByHost += 2 * takenNs >= latenessNs ? 1u : 0u;
    }
    const auto units = static_cast<uint64_t>(latenessNs / latenessBinNs);
    const auto bin = units == 0 ? 0u : static_cast<unsigned>(std::bit_width(units) - 1);
    ++figures.latenessHistogram[std::min<size_t>(bin, figures.latenessHistogram.size() - 1)];
}

void MediaClock::finishTick() noexcept
{
    const auto workNs = std::max<int64_t>(0, clock.nowNs() - begunNs);
    ++figures.ticks;
    figures.lastWorkNs = workNs;
    figures.maxWorkNs = std::max(figures.maxWorkNs, workNs);
    const auto share = static_cast<double>(workNs) / static_cast<double>(blockNs);
    const auto weight = std::min(1.0, static_cast<double>(blockNs) * 1.0e-9);
    figures.load += (share - figures.load) * (figures.ticks == 1 ? 1.0 : weight);
}

} // namespace mw
