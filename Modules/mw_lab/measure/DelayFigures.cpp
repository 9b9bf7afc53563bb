#include "DelayFigures.h"

#include <cmath>

namespace mw
{

void addDelayFigures(FigureSet& figures, const std::optional<TransportReport>& report)
{
    constexpr std::string_view whole = "the whole call";
    const auto numberOf = [&figures](std::string_view path) -> std::optional<double> {
        const auto* figure = figures.find(path);
        return figure == nullptr ? std::nullopt : figure->number();
    };
    const auto packetMs = numberOf("transport.ptime_ms");
    const auto tripMs = numberOf("rtcp.round_trip_ms"), pilotMs = numberOf("delay.p50_ms");
    const auto played = report.has_value() && std::isfinite(report->waitMeanMs);
    const auto mediaOr = [&](std::string_view otherwise) { return report.has_value() ? otherwise : std::string_view("the call had no media"); };

    std::optional<double> network, wait, longestWait, playout, mixer;
    if (tripMs.has_value())
        network = *tripMs / 2.0;
    if (played)
    {
        wait = report->waitMeanMs;
        longestWait = report->waitMostMs;
        playout = report->resamplerDelayMs;
    }
    if (pilotMs.has_value() && network.has_value() && played)
        mixer = *pilotMs - *network - *wait - *playout;

    figures.set("delay.packetisation_ms", packetMs, mediaOr("no two packets of sound came"),
                { "ms", "length of the peer's packets, the most frequent one", whole, "exact" });
    figures.set("delay.network_ms", network, mediaOr("RTCP told no round trip, see rtcp.round_trip_ms"),
                { "ms", "half of RTCP's round trip, both ways taken as alike", "mean over the call", "±1 ms and half of what the ways differ by" });
    const FigureKind buffer { "ms", "kernel arrival of a packet to the turn of its first sample, engine clock", whole, "±0.1 ms" };
    figures.set("delay.jitter_buffer_ms", wait, mediaOr("no packet was played"), buffer);
    figures.set("delay.jitter_buffer_max_ms", longestWait, mediaOr("no packet was played"), buffer);
    figures.set("delay.playout_ms", playout, mediaOr("no packet was played"),
                { "ms", "group delay of the resampler to the engine's rate", "the end of the call", "exact" });
    figures.set("delay.mixer_ms", mixer,
                pilotMs.has_value() ? mediaOr("the stages beside it are not all known") : std::string_view("no pilot told the whole way, see delay.p50_ms"),
                { "ms", "delay.p50_ms without network, jitter_buffer and playout", whole, "as theirs together" });
}

} // namespace mw
