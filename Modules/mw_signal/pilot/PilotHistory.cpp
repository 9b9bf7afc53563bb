#include "PilotHistory.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

namespace mw
{

namespace
{
/** The value below which half of all weight lies. */
double weightedMedian(std::vector<std::pair<double, double>> values)
{
    std::sort(values.begin(), values.end());
    double total = 0.0, below = 0.0;
    for (const auto& [value, weight] : values)
        total += weight;
    for (const auto& [value, weight] : values)
        if ((below += weight) >= 0.5 * total)
            return value;
    return values.back().first;
}

double quantile(const std::vector<double>& sorted, double share)
{
    return sorted[static_cast<size_t>(std::floor(share * static_cast<double>(sorted.size() - 1) + 0.5))];
}

/** Slope of the delay over stretches without a jump, each around its own mean. */
void driftOf(std::span<const PilotReading> readings, PilotSummary& summary)
{
    constexpr double shortestS = 10.0;
    double over = 0.0, under = 0.0, spans = 0.0, squares = 0.0;
    size_t points = 0, stretches = 0;
    for (size_t from = 0; from < readings.size();)
    {
        auto to = from + 1;
        while (to < readings.size())
        {
            const auto& a = readings[to - 1];
            const auto& b = readings[to];
            const auto errorMs = 0.14 * (std::pow(10.0, -a.snrDb / 20.0) + std::pow(10.0, -b.snrDb / 20.0));
            if (static_cast<double>(b.timeNs - a.timeNs) > 3.0e9 || std::abs(b.delayMs - a.delayMs) > 0.3 + 4.0 * errorMs)
                break;
            ++to;
        }
        if (to - from >= 4)
        {
            double weights = 0.0, meanT = 0.0, meanD = 0.0;
            const auto start = readings[from].timeNs;
            const auto seconds = [start](const PilotReading& reading) { return 1.0e-9 * static_cast<double>(reading.timeNs - start); };
            for (auto i = from; i < to; ++i)
            {
                weights += 1.0;
                meanT += seconds(readings[i]);
                meanD += readings[i].delayMs;
            }
            meanT /= weights;
            meanD /= weights;
            for (auto i = from; i < to; ++i)
            {
                const auto t = seconds(readings[i]) - meanT, d = readings[i].delayMs - meanD;
                over += t * d;
                under += t * t;
                squares += d * d;
            }
            spans += seconds(readings[to - 1]);
            points += to - from;
            ++stretches;
        }
        from = to;
    }
    if (spans < shortestS || points < stretches + 3)
        return;
    const auto slope = over / under;  // [ms/s]
    const auto rest = std::max(0.0, squares - slope * over) / static_cast<double>(points - stretches - 1);
    summary.driftPpm = -1000.0 * slope;
    summary.driftErrorPpm = 1000.0 * std::sqrt(rest / under);
}
} // namespace

void PilotHistory::add(const PilotReading& reading)
{
    if (count++ == 0)
    {
        oldestNs = reading.timeNs;
        leastMs = mostMs = reading.delayMs;
    }
    newestNs = reading.timeNs;
    leastMs = std::min(leastMs, reading.delayMs);
    mostMs = std::max(mostMs, reading.delayMs);
    thinned.add(reading);
    late.push_back(reading);
    while (late.front().timeNs < newestNs - driftSpanNs)
        late.pop_front();
}

PilotSummary PilotHistory::summary(int64_t driftSinceNs) const
{
    PilotSummary summary;
    if (count == 0)
        return summary;
    std::vector<std::pair<double, double>> levels;
    std::vector<double> delays;
    for (const auto& reading : thinned.kept())
    {
        levels.emplace_back(reading.levelDbm0, std::min(std::pow(10.0, reading.snrDb / 10.0), 1.0e4));
        delays.push_back(reading.delayMs);
    }
    std::sort(delays.begin(), delays.end());
    summary.windows = static_cast<int>(count);
    summary.firstNs = oldestNs;
    summary.lastNs = newestNs;
    summary.levelDbm0 = weightedMedian(std::move(levels));
    summary.delayP50Ms = quantile(delays, 0.5);
    summary.delayP95Ms = quantile(delays, 0.95);
    summary.delayMaxMs = mostMs;
    std::vector<PilotReading> drifting;
    for (const auto& reading : late)
        if (reading.timeNs >= driftSinceNs)
            drifting.push_back(reading);
    driftOf(drifting, summary);
    return summary;
}

} // namespace mw
