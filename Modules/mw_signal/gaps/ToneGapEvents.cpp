#include "ToneGapDetector.h"

#include <mw_core/mw_core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

// Of ToneGapDetector: what an event was, once it is over. Where it begins and ends, and of what kind it is.

namespace mw
{

namespace
{
constexpr double plateauSeconds = 0.005;  ///< in which a distance reaches its plateau, if it does so at once
constexpr double pairSeconds = 0.2;       ///< two opposite phase jumps within it are one repetition
constexpr double edgeMs = 0.25;           ///< that an edge may be off where it matters whether a gap is long enough
constexpr double otherSoundLevel = 1.04;  ///< of the tone (RMS) from which on a stretch holds more than a tone can

double inDegrees(double radians) { return radians * 180.0 / std::numbers::pi; }
} // namespace

template <typename Distance>
double ToneGapDetector::edge(Distance distance, int64_t from, int64_t limit, int64_t furthest, int direction) const noexcept
{
    // From the line towards the plateau: `from` lies on the line, `limit` is as far as the plateau is looked for.
    double plateau = 0.0;
    for (auto k = from; (limit - k) * direction >= 0; k += direction)
        plateau = std::max(plateau, std::abs(distance(k)));
    const auto passes = [&](double share) {
        auto before = std::abs(distance(from));
        for (auto k = from; (limit - k) * direction > 0; k += direction)
        {
            const auto next = std::abs(distance(k + direction));
            if (before < share * plateau && next >= share * plateau)
                return static_cast<double>(k) + direction * (share * plateau - before) / (next - before);
            before = next;
        }
        return static_cast<double>(from);
    };
    const auto quarter = passes(0.25), half = passes(0.5), most = passes(0.75);
    const auto rise = std::abs(most - quarter) * static_cast<double>(hop);
    return rise <= static_cast<double>(width) + 0.0005 * rateHz ? half : bend(distance, from, furthest, direction);
}

template <typename Distance>
double ToneGapDetector::bend(Distance distance, int64_t from, int64_t limit, int direction) const noexcept
{
    // A fade: the distance is nothing and then a straight line; where that begins is what leaves the least squares.
    const auto away = distance(limit);
    const auto towards = std::conj(away) / std::abs(away);
    double best = 0.0;
    auto place = from;
    for (auto start = from; (limit - start) * direction > 0; start += direction)
    {
        double product = 0.0, squares = 0.0;
        for (auto k = start; (limit - k) * direction >= 0; k += direction)
        {
            const auto run = static_cast<double>((k - start) * direction);
            product += run * (distance(k) * towards).real();
            squares += run * run;
        }
        if (product > 0.0 && product * product / squares > best)
        {
            best = product * product / squares;
            place = start;
        }
    }
    return static_cast<double>(place);
}

void ToneGapDetector::closeEvent(Complex after) noexcept
{
    const auto perSecond = rateHz / static_cast<double>(hop);
    const auto rest = static_cast<int64_t>(restSeconds * perSecond);
    const auto span = static_cast<int64_t>(width / hop) + 1;
    const auto plateau = static_cast<int64_t>(plateauSeconds * perSecond);
    const auto oldest = std::max<int64_t>({ 0, hops - static_cast<int64_t>(points.size()) + 1, openedAt - plateau });
    const auto fromLine = [&](int64_t k) { return (zAt(k) - lineAt(k)) / amplitude; };
    const auto fromAfter = [&](int64_t k) { return (zAt(k) - after) / amplitude; };

    auto last = hops - rest;
    while (last > openedAt && std::abs(fromAfter(last)) <= tolerance(0.05))
        --last;
    // The plateau that both edges belong to may be a single point, where the windows of both overlap.
    const auto ends = std::max(last, openedAt + span), begins = std::max<int64_t>(0, std::min(openedAt, last - span));
    const Event event { edge(fromLine, oldest, std::min(ends, openedAt + plateau), std::min(ends, openedAt + 3 * plateau), 1),
                        edge(fromAfter, std::min(hops, last + plateau), std::max(begins, last - plateau), std::max(begins, last - 3 * plateau), -1),
                        after };
    report(event);

    const auto middle = hops - rest / 2;
    phase = std::arg(after);
    anchor = middle;
    amplitude = std::abs(after);
    open = false;
}

void ToneGapDetector::report(const Event& event) noexcept
{
    const auto perHopMs = 1000.0 * static_cast<double>(hop) / rateHz;
    const auto span = static_cast<double>(width) / static_cast<double>(hop);
    const auto jump = event.after / lineAt(hops);
    auto start = event.start, duration = event.end - event.start;

    // What lies between the edges, out of reach of what was before and after; of a short one its middle.
    auto first = std::llround(start + span / 2.0), last = std::llround(event.end - span / 2.0);
    if (first >= last)
        first = last = std::llround((start + event.end) / 2.0);
    double squares = 0.0, turned = 0.0, weakest = std::numeric_limits<double>::infinity();
    for (auto k = std::max<int64_t>(0, first); k <= last; ++k)
    {
        const auto share = zAt(k) / lineAt(k);
        squares += std::norm(share);
        if (std::abs(share) > 0.4)
            turned = std::max(turned, std::abs(std::arg(share)));
    }
    double furthest = 0.0;
    for (auto k = std::max(0LL, std::llround(start - span / 2.0)); k <= std::min<int64_t>(hops, std::llround(event.end + span / 2.0)); ++k)
    {
        const auto share = zAt(k) / lineAt(k);
        furthest = std::max({ furthest, std::abs(share - 1.0), std::abs(jump - 1.0) });
        weakest = std::min(weakest, std::abs(share));
    }
    const auto level = std::sqrt(squares / static_cast<double>(std::max<int64_t>(1, last - first + 1)));
    const auto jumpDeg = inDegrees(std::arg(jump));
    const auto jumps = 2.0 * std::abs(std::sin(std::arg(jump) / 2.0)) >= minDeviation;
    if (furthest < minDeviation || (! jumps && weakest > 0.9 * std::min(1.0, std::abs(jump)) && turned < minDeviation))
        return;  // too little, or a level that changed for good

    Gap gap;
    const auto isShort = duration < 1.6 * span;
    const auto fine = asSilence(event);
    const auto isSilence = ! isShort && (level < 0.1 || levelBetween(fine) < 0.1);
    if (isShort || isSilence)
    {
        start = fine.start;
        duration = fine.end - fine.start;
    }
    if (isShort && jumps && duration * perHopMs < settings.minGapMs - edgeMs)
        gap.kind = GapKind::discontinuity;
    else if (isShort || isSilence)
        gap.depthDb = isShort ? -60.0 : std::clamp(dbFromGain(level), -60.0, 0.0);
    else
    {
        gap.depthDb = std::clamp(dbFromGain(level), -60.0, 0.0);
        gap.kind = turned >= minDeviation ? GapKind::repeat : GapKind::dip;
    }
    if (gap.kind != GapKind::discontinuity && levelBetween({ start, start + duration, event.after }) > otherSoundLevel)
        return;  // nothing of the tone is missing: other sound came on top
    gap.durationMs = gap.kind == GapKind::discontinuity ? 0.0 : duration * perHopMs;
    gap.startS = timeOfHop(start) / rateHz;
    gap.phaseJumpDeg = jumps ? jumpDeg : 0.0;
    if (gap.kind == GapKind::discontinuity || gap.durationMs >= settings.minGapMs - edgeMs)
        keep(gap);
}

double ToneGapDetector::timeOfHop(double at) const noexcept
{
    return static_cast<double>(firstFed) - static_cast<double>(width - 1) / 2.0 + at * static_cast<double>(hop);
}

double ToneGapDetector::levelBetween(const Event& event) const noexcept
{
    const auto oldest = static_cast<double>(taken > history.size() ? taken - history.size() : 0);
    double squares = 0.0;
    int64_t count = 0;
    for (auto number = static_cast<int64_t>(std::max(oldest, timeOfHop(event.start) + 1.0));
         static_cast<double>(number) < timeOfHop(event.end) - 1.0; ++number)
    {
        const auto value = static_cast<double>(history[static_cast<size_t>(number) % history.size()]) - constant;
        squares += value * value;
        ++count;
    }
    return count > 0 ? std::sqrt(2.0 * squares / static_cast<double>(count)) / amplitude : 1.0;
}

ToneGapDetector::Event ToneGapDetector::asSilence(const Event& coarse) const noexcept
{
    // The samples from which on it is silent, and from which on the tone is back, that leave the least squares: of the tone
    // before up to the first, of what is there between them, of the tone afterwards from the second.
    const auto reach = 1.5 * static_cast<double>(width);
    const auto oldest = static_cast<double>(taken > history.size() ? taken - history.size() : 0);
    const auto first = static_cast<int64_t>(std::max(oldest, timeOfHop(coarse.start) - reach));
    const auto last = static_cast<int64_t>(std::min(static_cast<double>(fed), timeOfHop(coarse.end) + reach));
    const auto tone = [&](Complex phasor, int64_t number) {
        const auto cycles = toneHz / rateHz * static_cast<double>(number);
        return (phasor * std::polar(1.0, 2.0 * std::numbers::pi * (cycles - std::floor(cycles)))).real();
    };

    double before = 0.0, bestBefore = 0.0, cost = 0.0, best = std::numeric_limits<double>::infinity();
    int64_t silentFrom = first, from = first, until = first;
    // Each sum is taken against "silent all the way"; what lies behind the end is added as if it were taken away in front of it.
    for (auto number = first; number <= last; ++number)
    {
        if (before < bestBefore)
        {
            bestBefore = before;
            silentFrom = number;
        }
        if (bestBefore - cost < best)
        {
            best = bestBefore - cost;
            from = silentFrom;
            until = number;
        }
        const auto value = static_cast<double>(history[static_cast<size_t>(number) % history.size()]) - constant;
        const auto atHop = (static_cast<double>(number) - timeOfHop(0.0)) / static_cast<double>(hop);
        const auto away = value - tone(std::polar(amplitude, phase + slope * (atHop - static_cast<double>(anchor))), number);
        const auto awayAfter = value - tone(coarse.after, number);
        before += away * away - value * value;
        cost += awayAfter * awayAfter - value * value;
    }
    const auto hopOf = [&](int64_t number) { return (static_cast<double>(number) - timeOfHop(0.0)) / static_cast<double>(hop); };
    return { hopOf(from), hopOf(until), coarse.after };
}

void ToneGapDetector::keep(const Gap& gap) noexcept
{
    const auto isBreak = gap.kind == GapKind::discontinuity;
    const auto isReturn = isBreak && lastBreakS >= 0.0 && gap.startS - lastBreakS <= pairSeconds
                          && std::abs(std::remainder(gap.phaseJumpDeg + lastBreakDeg, 360.0)) < 12.0;
    if (isReturn && counted == found.size() && ! found.empty())
    {
        // The tone left its line and came back to it: what stood between was sound of another moment.
        auto& repetition = found.back();
        repetition.kind = GapKind::repeat;
        repetition.durationMs = 1000.0 * (gap.startS - lastBreakS);
        repetition.phaseJumpDeg = 0.0;
        lastBreakS = -1.0;
        return;
    }
    lastBreakS = isBreak ? gap.startS : -1.0;
    lastBreakDeg = gap.phaseJumpDeg;
    ++counted;
    if (found.size() < settings.maxGaps)
        found.push_back(gap);
}

} // namespace mw
