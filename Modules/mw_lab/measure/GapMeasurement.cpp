#include "GapMeasurement.h"

#include <algorithm>
#include <vector>

namespace mw
{

GapMeasurement::GapMeasurement(int sampleRateHz)
{
    ToneGapDetector::Config config;
    config.maxGaps = DetailTable::mostRows;
    detector.prepare(sampleRateHz, config);
}

void GapMeasurement::finish(FigureSet& figures)
{
    const auto watched = detector.watchedSeconds();
    const auto gaps = detector.gaps();
    const auto ifWatched = [watched](double value) { return watched > 0.0 ? std::optional<double>(value) : std::nullopt; };
    constexpr std::string_view noTone = "no tone stood steady and 15 dB above all else, so nothing is known of gaps",
                               method = "the tone against its own line of phase and level", window = "while the tone stood, its gaps included";

    double silentMs = 0.0, longestMs = 0.0;
    std::vector<double> intervals;
    for (size_t i = 0; i < gaps.size(); ++i)
    {
        if (gaps[i].kind == GapKind::silence)
            silentMs += gaps[i].durationMs;
        longestMs = std::max(longestMs, gaps[i].durationMs);
        if (i > 0)
            intervals.push_back(gaps[i].startS - gaps[i - 1].startS);
    }
    std::optional<double> interval;
    if (! intervals.empty())
    {
        const auto middle = intervals.begin() + static_cast<std::ptrdiff_t>(intervals.size() / 2);
        std::ranges::nth_element(intervals, middle);
        interval = *middle;
    }
    figures.set("gaps.count", ifWatched(static_cast<double>(detector.count())), noTone, { "", method, window, "from 1 ms on" });
    figures.set("gaps.silent_ms", ifWatched(silentMs), noTone, { "ms", "20 dB and more below the tone", window, "±0.5 ms each" });
    figures.set("gaps.longest_ms", ifWatched(longestMs), noTone, { "ms", method, window, "±0.5 ms" });
    figures.set("gaps.interval_s", watched > 0.0 ? interval : std::nullopt, watched > 0.0 ? "there were less than two gaps" : noTone,
                { "s", "median from start to start", window, "±1 ms" });
    figures.set("gaps.watched_s", watched, { "s", method, "the whole call", "" });
    figures.set("gaps.tone_hz", ifWatched(detector.frequencyHz()), noTone, { "Hz", "phase over time", window, "" });

    DetailTable table { "gaps", { { "start", "s" }, { "duration", "ms" }, { "kind", "" }, { "depth", "dB" }, { "phase jump", "°" }, { "clock", "s" } }, {},
                        detector.count() - gaps.size() };
    for (const auto& gap : gaps)
    {
        const auto timeNs = clock.timeNsOf(gap.startS);
        table.add({ gap.startS, gap.durationMs, std::string(nameOf(gap.kind)), gap.depthDb, gap.phaseJumpDeg,
                    timeNs != 0 ? Figure::Value(1.0e-9 * static_cast<double>(timeNs)) : Figure::Value() });
    }
    figures.setTable(std::move(table));
}

} // namespace mw
