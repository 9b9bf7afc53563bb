#include "TimeView.h"

#include <algorithm>
#include <cmath>

namespace mw
{

void TimeView::setNow(int64_t timeNs, int64_t startNs) noexcept
{
    if (timeNs == now && startNs == start)
        return;
    const auto standsWhole = paused && end <= now && startNs == start;  // what is shown was all there before
    now = timeNs;
    start = startNs;
    steps += standsWhole ? 0 : 1;
}

void TimeView::setPaused(bool pause) noexcept
{
    if (pause == paused)
        return;
    end = latestEnd();
    paused = pause;
    ++changes;
}

void TimeView::zoom(double factor, int64_t aroundNs) noexcept
{
    const auto wanted = std::clamp(static_cast<double>(span) * factor, static_cast<double>(leastSpanNs),
            static_cast<double>(mostSpanNs));
    const auto share = static_cast<double>(toNs() - aroundNs) / static_cast<double>(span);
    span = std::llround(wanted);
    if (paused)
        end = aroundNs + std::llround(share * wanted);
    limit();
    ++changes;
}

void TimeView::show(int64_t from, int64_t to) noexcept
{
    if (to < from)
        std::swap(from, to);
    span = std::clamp(to - from, leastSpanNs, mostSpanNs);
    end = (from + to) / 2 + span / 2;
    paused = true;
    limit();
    ++changes;
}

void TimeView::pan(int64_t byNs) noexcept
{
    end = toNs() + byNs;
    paused = true;
    limit();
    ++changes;
}

void TimeView::reset() noexcept
{
    paused = false;
    span = usualSpanNs;
    ++changes;
}

void TimeView::markEvent(uint64_t logNumber) noexcept
{
    marked = logNumber;
    ++changes;
}

void TimeView::limit() noexcept { end = std::clamp(end, std::min(now - mostSpanNs + span, latestEnd()), latestEnd()); }

} // namespace mw
