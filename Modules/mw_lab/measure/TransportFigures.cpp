#include "TransportFigures.h"

#include "../report/MediaFigures.h"

#include <cmath>

namespace mw
{

void addTransportFigures(FigureSet& figures, const std::optional<LegMediaStats>& media)
{
    constexpr std::string_view whole = "the whole call", none = "no packet came";
    const auto stats = media.has_value() ? media->playout : PlayoutStats {};
    const auto came = stats.packets > 0;
    const auto count = [&](std::string_view path, uint64_t value, std::string_view what) {
        figures.set(path, came ? std::optional<double>(static_cast<double>(value)) : std::nullopt, none, { "", what, whole, "exact" });
    };
    figures.set("transport.packets", stats.packets, { "", "RTP packets received, of every kind", whole, "exact" });
    count("transport.lost", stats.lost, "packets of sound that had not come when it was their turn (RFC 3550)");
    count("transport.late", stats.late, "packets that came after their turn");
    count("transport.duplicate", stats.duplicate, "packets that had come before");
    count("transport.reordered", stats.reordered, "packets overtaken and still in time");
    count("transport.wrong_payload_type", stats.wrongPayloadType - stats.eventPackets, "packets of a type that nobody agreed on");
    count("transport.ssrc_changes", stats.ssrcChanges, "times that another source took over");
    count("transport.stream_jumps", stats.resyncs, "jumps of sequence or timestamp too far for a loss");
    count("transport.underruns", stats.underruns, "times that the jitter buffer ran empty");
    count("transport.concealed_frames", stats.concealedFrames, "packets or blocks that were made up");

    const auto ifCame = [&](double value) { return came ? std::optional<double>(value) : std::nullopt; };
    figures.set("transport.loss_percent", ifCame(lossPercentOf(stats)), none, { "%", "(lost + late) / expected packets", whole, "exact" });
    figures.set("transport.jitter_ms", ifCame(stats.jitterMs), none,
                { "ms", "RFC 3550 A.8, from kernel arrival times", "the last packets, gain 1/16", "" });
    figures.set("transport.packet_ms", came && stats.packetMs > 0.0 ? std::optional<double>(stats.packetMs) : std::nullopt,
                came ? "no packet was decoded" : none, { "ms", "length of the packets that came", "the last packet", "exact" });
    figures.set("drift.ppm", stats.driftKnown ? std::optional<double>(stats.driftPpm) : std::nullopt,
                "the stream was too short or too unsteady to tell", { "ppm", "the peer's clock against ours, + is fast", "since the stream began", "" });
}

} // namespace mw
