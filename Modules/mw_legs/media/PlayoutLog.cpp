#include "PlayoutLog.h"

#include <algorithm>
#include <limits>

namespace mw
{

namespace
{
constexpr int64_t sameOccasionNs = 1'000'000;  ///< rounding between samples and nanoseconds, and more

uint16_t countUpTo(int64_t count) noexcept
{
    return static_cast<uint16_t>(std::clamp<int64_t>(count, 0, std::numeric_limits<uint16_t>::max()));
}
} // namespace

void PlayoutLog::add(const PlayoutAction& action) noexcept
{
    if (lastIsKept && used > 0 && action.lengthNs > 0)
    {
        auto& last = kept[used - 1];
        const auto gapNs = action.startNs - (last.startNs + last.lengthNs);
        const auto followsInSequence = action.packets == 0 || last.packets == 0 || action.firstSequence == last.firstSequence + last.packets;
        if (last.cause == action.cause && gapNs <= sameOccasionNs && gapNs >= -sameOccasionNs && followsInSequence)
        {
            if (last.packets == 0)
                last.firstSequence = action.firstSequence;
            last.lengthNs += action.lengthNs;
            last.packets = countUpTo(int64_t { last.packets } + action.packets);
            return;
        }
    }
    lastIsKept = used < kept.size();
    if (lastIsKept)
        kept[used++] = action;
    else
        ++beyond;
}

void PlayoutLog::explainDry(PlayoutCause cause, int64_t firstSequence, int64_t missing) noexcept
{
    if (! lastIsKept || used == 0 || kept[used - 1].cause != PlayoutCause::dry)
        return;
    auto& last = kept[used - 1];
    last.cause = cause;
    last.firstSequence = firstSequence;
    last.packets = countUpTo(missing);
}

void PlayoutLog::cameLate(int64_t sequence) noexcept
{
    constexpr size_t farthestBack = 64;
    for (size_t back = 1; back <= std::min(used, farthestBack); ++back)
    {
        auto& action = kept[used - back];
        if (action.packets > 0 && sequence >= action.firstSequence && sequence < action.firstSequence + action.packets)
        {
            action.late = countUpTo(int64_t { action.late } + 1);
            return;
        }
    }
}

} // namespace mw
