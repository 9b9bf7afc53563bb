#include "StreamFigures.h"

#include <array>
#include <cmath>
#include <span>
#include <string>

namespace mw
{

namespace streams  // the room is compiled as one file: names as short as these are nobody else's
{
namespace
{
using Report = TransportReport;

/** A figure, where it comes from, and when it is known. */
struct StreamFigure
{
    std::string_view path;
    FigureKind kind;
    double (*value)(const Report&);
    bool (*known)(const Report&) = [](const Report& report) { return report.stream.packets > 0; };
    std::string_view whyNot = "no packet came";
};

constexpr std::string_view wholeCall = "the whole call", counted = "exact", step = "±6.3 %";
constexpr std::string_view headers = "RTP headers as they came", arrivals = "kernel arrival times";
constexpr std::string_view bursts3611 = "RFC 3611, 4.7.2, Gmin 16", noBurst = "there was no burst";
constexpr std::string_view spacing = "|D| of RFC 3550, 6.4.1, kernel arrival times";

/** Something that is counted over the call. */
constexpr FigureKind counter(std::string_view what) { return { "", what, wholeCall, counted }; }

bool hasTurns(const Report& report) { return report.losses.packets > 0; }
bool hasBursts(const Report& report) { return report.losses.bursts > 0; }
bool hasRatio(const Report& report) { return std::isfinite(report.losses.burstRatio()); }
bool hasTwo(const Report& report) { return std::isfinite(report.arrivalGapP50Ms); }
bool hasChanges(const Report& report) { return std::isfinite(report.spacingChangeP50Ms); }
bool hasLength(const Report& report) { return report.packetTicks.mostFrequent() != nullptr; }

double msOf(const Report& report, int64_t ticks) { return 1000.0 * static_cast<double>(ticks) / report.format.clockRateHz; }
double usualMs(const Report& report)
{
    return hasLength(report) ? msOf(report, report.packetTicks.mostFrequent()->value) : report.format.ptimeMs;
}
double count(uint64_t value) { return static_cast<double>(value); }
double number(int64_t value) { return static_cast<double>(value); }

constexpr std::array streamFigures {
    StreamFigure { "transport.octets", counter("payloads of the stream"),
                   [](const Report& r) { return count(r.stream.octets); } },
    StreamFigure { "transport.expected", counter("sequence numbers from the first to the highest, RFC 3550 A.3"),
                   [](const Report& r) { return count(r.stream.expected); } },
    StreamFigure { "transport.network_lost", counter("sequence numbers that never came"),
                   [](const Report& r) { return count(r.stream.lost()); } },
    StreamFigure { "transport.network_loss_percent",
                   { "%", "sequence numbers that never came, of those expected", wholeCall, counted },
                   [](const Report& r) { return 100.0 * count(r.stream.lost()) / count(r.stream.expected); } },
    StreamFigure { "transport.farthest_reorder", counter("packets by which one was overtaken at most"),
                   [](const Report& r) { return count(r.stream.farthestReorder); } },
    StreamFigure { "transport.strays", counter("lonely packets of another SSRC or far from the sequence"),
                   [](const Report& r) { return count(r.stream.strays); } },
    StreamFigure { "transport.sequence_jumps", counter("RFC 3550 A.1: on by 3000 or more, back by 100 or more"),
                   [](const Report& r) { return count(r.stream.sequenceJumps); } },
    StreamFigure { "transport.timestamp_repeats", counter("packets with the timestamp of the one before"),
                   [](const Report& r) { return count(r.stream.timestampRepeats); } },
    StreamFigure { "transport.timestamp_overlaps", counter("timestamps within the sound of the packet before"),
                   [](const Report& r) { return count(r.stream.timestampOverlaps); } },
    StreamFigure { "transport.timestamp_jumps",
                   counter("timestamps that went back, or on by 1 s more than the time that passed"),
                   [](const Report& r) { return count(r.stream.timestampJumps); } },
    StreamFigure { "transport.pauses", counter("times that the timestamp went on further than the sound"),
                   [](const Report& r) { return count(r.stream.pauses); } },
    StreamFigure { "transport.unmarked_pauses", counter("pauses without a marker behind them, RFC 3551 4.1"),
                   [](const Report& r) { return count(r.stream.unmarkedPauses); } },
    StreamFigure { "transport.needless_markers", counter("markers where the sound went on without a pause"),
                   [](const Report& r) { return count(r.stream.needlessMarkers); } },
    StreamFigure { "transport.payload_type", { "", headers, "the last packet, events aside", counted },
                   [](const Report& r) { return number(r.stream.payloadType); } },
    StreamFigure { "transport.payload_type_changes", counter(headers),
                   [](const Report& r) { return count(r.stream.payloadTypeChanges); } },
    StreamFigure { "transport.ptime_ms",
                   { "ms", "length of the packets by their octets, the most frequent one", wholeCall, counted }, usualMs,
                   hasLength, "no two packets of sound came" },

    StreamFigure { "transport.jitter_max_ms", { "ms", "RFC 3550 A.8, the highest J", wholeCall, "" },
                   [](const Report& r) { return r.stream.jitterMaxMs; }, hasChanges, "no two packets of sound came" },
    StreamFigure { "transport.jitter_mean_ms", { "ms", "RFC 3550 A.8, the mean of J over the packets", wholeCall, "" },
                   [](const Report& r) { return r.stream.jitterMeanMs; }, hasChanges, "no two packets of sound came" },
    StreamFigure { "transport.spacing_p50_ms", { "ms", spacing, wholeCall, step },
                   [](const Report& r) { return r.spacingChangeP50Ms; }, hasChanges, "no two packets of sound came" },
    StreamFigure { "transport.spacing_p95_ms", { "ms", spacing, wholeCall, step },
                   [](const Report& r) { return r.spacingChangeP95Ms; }, hasChanges, "no two packets of sound came" },
    StreamFigure { "transport.spacing_p99_ms", { "ms", spacing, wholeCall, step },
                   [](const Report& r) { return r.spacingChangeP99Ms; }, hasChanges, "no two packets of sound came" },
    StreamFigure { "transport.arrival_gap_p50_ms", { "ms", arrivals, wholeCall, step },
                   [](const Report& r) { return r.arrivalGapP50Ms; }, hasTwo, "no two packets came" },
    StreamFigure { "transport.arrival_gap_p95_ms", { "ms", arrivals, wholeCall, step },
                   [](const Report& r) { return r.arrivalGapP95Ms; }, hasTwo, "no two packets came" },
    StreamFigure { "transport.arrival_gap_p99_ms", { "ms", arrivals, wholeCall, step },
                   [](const Report& r) { return r.arrivalGapP99Ms; }, hasTwo, "no two packets came" },
    StreamFigure { "transport.arrival_gap_max_ms", { "ms", arrivals, wholeCall, "" },
                   [](const Report& r) { return r.stream.longestGapMs; }, hasTwo, "no two packets came" },

    StreamFigure { "transport.discarded",
                   counter("packets that came and were not heard: too late, or dropped by the jitter buffer"),
                   [](const Report& r) { return count(r.losses.discarded); } },
    StreamFigure { "transport.missing_percent",
                   { "%", "packets lost or discarded, of those whose turn has come", wholeCall, counted },
                   [](const Report& r) { return 100.0 * r.losses.missingShare(); }, hasTurns, "no packet of sound had its turn" },
    StreamFigure { "transport.longest_loss", counter("packets in a row that were lost or discarded, at most"),
                   [](const Report& r) { return count(r.losses.longestRun); } },
    StreamFigure { "transport.bursts", counter(bursts3611), [](const Report& r) { return count(r.losses.bursts); } },
    StreamFigure { "transport.burst_density_percent", { "%", bursts3611, wholeCall, counted },
                   [](const Report& r) { return 100.0 * r.losses.burstDensity(); }, hasBursts, noBurst },
    StreamFigure { "transport.burst_ms", { "ms", "mean length of the bursts of RFC 3611, 4.7.2", wholeCall, counted },
                   [](const Report& r) { return r.losses.meanBurstPackets() * usualMs(r); }, hasBursts, noBurst },
    StreamFigure { "transport.longest_burst_ms", { "ms", bursts3611, wholeCall, counted },
                   [](const Report& r) { return count(r.losses.longestBurst) * usualMs(r); }, hasBursts, noBurst },
    StreamFigure { "transport.gap_density_percent", { "%", bursts3611, wholeCall, counted },
                   [](const Report& r) { return 100.0 * r.losses.gapDensity(); }, hasTurns,
                   "no packet of sound had its turn" },
    StreamFigure { "transport.gap_ms", { "ms", "mean length of the gaps of RFC 3611, 4.7.2", wholeCall, counted },
                   [](const Report& r) { return r.losses.meanGapPackets() * usualMs(r); }, hasTurns,
                   "no packet of sound had its turn" },
    StreamFigure { "transport.burst_ratio",
                   counter("ITU-T G.107 BurstR: mean run of missing packets over that of random loss"),
                   [](const Report& r) { return r.losses.burstRatio(); }, hasRatio, "nothing, or everything, was missing" },
};

bool always(const Report&) { return true; }
bool hasRoundTrip(const Report& report) { return report.rtcp.roundTrips > 0; }
bool hasBlock(const Report& report) { return report.rtcp.blocksReceived > 0; }
bool hasXr(const Report& report) { return report.rtcp.xrAboutUs > 0; }
double of256(uint8_t value) { return 100.0 * value / 256.0; }

/** Of a field of RFC 3611 in which 127 says "not known". */
template <auto field>
bool hasField(const Report& report)
{
    return hasXr(report) && report.rtcp.received.*field != XrVoipMetrics::unavailable;
}

constexpr std::string_view noTrip = "no report of the peer's named one of ours; reports leave every 5 s, the peer's next one tells";
constexpr std::string_view noBlock = "no RTCP report about our stream came", noXr = "no VoIP metrics about our stream came (RFC 3611)";
constexpr std::string_view notSaid = "the peer does not say it, or no VoIP metrics about our stream came (RFC 3611)";
constexpr std::string_view rtcpBlock = "report block of the peer's, RFC 3550 6.4", lastReport = "the last report";
constexpr std::string_view trip = "RFC 3550 6.4.1: A − LSR − DLSR, engine clock";
constexpr std::string_view tripAccuracy = "±1 ms: peers on libre tell DLSR in whole milliseconds";

/** A field of the peer's last VoIP metrics block about our stream. */
constexpr FigureKind told(std::string_view unit) { return { unit, "VoIP metrics of the peer's, RFC 3611 4.7", lastReport, "as the peer tells" }; }

constexpr std::array rtcpFigures {
    StreamFigure { "rtcp.reports_sent", counter("sender and receiver reports"),
                   [](const Report& r) { return count(r.rtcp.reportsSent); }, always },
    StreamFigure { "rtcp.reports_received", counter("sender and receiver reports"),
                   [](const Report& r) { return count(r.rtcp.reportsReceived); }, always },
    StreamFigure { "rtcp.malformed", counter("packets on the RTCP port that break off or are none"),
                   [](const Report& r) { return count(r.rtcp.malformed); }, always },
    StreamFigure { "rtcp.round_trip_ms", { "ms", trip, "mean over the call", tripAccuracy },
                   [](const Report& r) { return r.rtcp.roundTripMeanMs(); }, hasRoundTrip, noTrip },
    StreamFigure { "rtcp.round_trip_min_ms", { "ms", trip, wholeCall, tripAccuracy },
                   [](const Report& r) { return r.rtcp.roundTripLeastMs; }, hasRoundTrip, noTrip },
    StreamFigure { "rtcp.round_trip_max_ms", { "ms", trip, wholeCall, tripAccuracy },
                   [](const Report& r) { return r.rtcp.roundTripMostMs; }, hasRoundTrip, noTrip },
    StreamFigure { "rtcp.peer_lost", { "", rtcpBlock, lastReport, "as the peer tells" },
                   [](const Report& r) { return number(r.rtcp.peerLost); }, hasBlock, noBlock },
    StreamFigure { "rtcp.peer_loss_percent",
                   { "%", "fraction lost in a report block of the peer's", "since the report before the last", "as the peer tells" },
                   [](const Report& r) { return 100.0 * r.rtcp.peerFractionLost; }, hasBlock, noBlock },
    StreamFigure { "rtcp.peer_jitter_ms", { "ms", rtcpBlock, lastReport, "as the peer tells" },
                   [](const Report& r) { return r.rtcp.peerJitterMs; }, hasBlock, noBlock },

    StreamFigure { "xr.sent", counter("VoIP metrics, RFC 3611 4.7"), [](const Report& r) { return count(r.rtcp.xrSent); },
                   always },
    StreamFigure { "xr.received", counter("VoIP metrics, RFC 3611 4.7"),
                   [](const Report& r) { return count(r.rtcp.xrReceived); }, always },
    StreamFigure { "xr.peer_loss_percent", told("%"), [](const Report& r) { return of256(r.rtcp.received.lossRate); },
                   hasXr, noXr },
    StreamFigure { "xr.peer_discard_percent", told("%"), [](const Report& r) { return of256(r.rtcp.received.discardRate); },
                   hasXr, noXr },
    StreamFigure { "xr.peer_burst_density_percent", told("%"),
                   [](const Report& r) { return of256(r.rtcp.received.burstDensity); }, hasXr, noXr },
    StreamFigure { "xr.peer_gap_density_percent", told("%"),
                   [](const Report& r) { return of256(r.rtcp.received.gapDensity); }, hasXr, noXr },
    StreamFigure { "xr.peer_burst_ms", told("ms"), [](const Report& r) { return number(r.rtcp.received.burstDurationMs); },
                   hasXr, noXr },
    StreamFigure { "xr.peer_gap_ms", told("ms"), [](const Report& r) { return number(r.rtcp.received.gapDurationMs); },
                   hasXr, noXr },
    StreamFigure { "xr.peer_round_trip_ms", told("ms"), [](const Report& r) { return number(r.rtcp.received.roundTripMs); },
                   [](const Report& r) { return hasXr(r) && r.rtcp.received.roundTripMs > 0; }, notSaid },
    StreamFigure { "xr.peer_system_delay_ms", told("ms"),
                   [](const Report& r) { return number(r.rtcp.received.endSystemDelayMs); },
                   [](const Report& r) { return hasXr(r) && r.rtcp.received.endSystemDelayMs > 0; }, notSaid },
    StreamFigure { "xr.peer_signal_dbm0", told("dBm0"),
                   [](const Report& r) { return number(r.rtcp.received.signalLevelDbm0); },
                   hasField<&XrVoipMetrics::signalLevelDbm0>, notSaid },
    StreamFigure { "xr.peer_noise_dbm0", told("dBm0"), [](const Report& r) { return number(r.rtcp.received.noiseLevelDbm0); },
                   hasField<&XrVoipMetrics::noiseLevelDbm0>, notSaid },
    StreamFigure { "xr.peer_r", told(""), [](const Report& r) { return number(r.rtcp.received.rFactor); },
                   hasField<&XrVoipMetrics::rFactor>, notSaid },
    StreamFigure { "xr.peer_mos_lq", told(""), [](const Report& r) { return r.rtcp.received.mosListening / 10.0; },
                   hasField<&XrVoipMetrics::mosListening>, notSaid },
    StreamFigure { "xr.peer_mos_cq", told(""), [](const Report& r) { return r.rtcp.received.mosConversation / 10.0; },
                   hasField<&XrVoipMetrics::mosConversation>, notSaid },
};

void addAll(FigureSet& figures, std::span<const StreamFigure> all, const std::optional<Report>& report)
{
    for (const auto& each : all)
    {
        const auto known = report.has_value() && each.known(*report);
        figures.set(each.path, known ? std::optional<double>(each.value(*report)) : std::nullopt,
                    report.has_value() ? each.whyNot : "the call had no media", each.kind);
    }
}

/** What a payload type stands for in this call: as agreed, else as RFC 3551 has it. */
std::string meaningOf(int64_t type, const CodecFormat& format)
{
    if (type == format.receivePayloadType)
        return format.name + "/" + std::to_string(format.clockRateHz);
    if (type == format.eventPayloadType)
        return "telephone-event";
    switch (type)
    {
        case 0: return "PCMU/8000";
        case 3: return "GSM/8000";
        case 4: return "G723/8000";
        case 8: return "PCMA/8000";
        case 9: return "G722/8000";
        case 10: case 11: return "L16/44100";
        case 13: return "CN/8000";
        case 15: return "G728/8000";
        case 18: return "G729/8000";
        default: return type < 96 ? "unassigned" : "dynamic, not agreed on";
    }
}

void addTables(FigureSet& figures, const Report& report)
{
    DetailTable lengths { "packet lengths", { { "length", "ms" }, { "packets", "" } }, {}, report.packetTicks.others };
    for (const auto& entry : report.packetTicks.entries)
        if (entry.packets > 0)
            lengths.add({ msOf(report, entry.value), count(entry.packets) });
    figures.setTable(std::move(lengths));

    DetailTable types { "payload types", { { "type", "" }, { "meaning", "" }, { "packets", "" } }, {},
                        report.payloadTypes.others };
    for (const auto& entry : report.payloadTypes.entries)
        if (entry.packets > 0)
            types.add({ static_cast<double>(entry.value), meaningOf(entry.value, report.format), count(entry.packets) });
    figures.setTable(std::move(types));
}

} // namespace
} // namespace streams

void addStreamFigures(FigureSet& figures, const std::optional<TransportReport>& report)
{
    streams::addAll(figures, streams::streamFigures, report);
    streams::addAll(figures, streams::rtcpFigures, report);

    const auto came = report.has_value() && report->stream.packets > 0;
    const std::string_view whyNot = report.has_value() ? "no packet came" : "the call had no media";
    const FigureKind codec { "", "payload type of the packets, as agreed or by RFC 3551", "the last packet, events aside",
                             streams::counted };
    const FigureKind source { "", streams::headers, "the stream that was heard last", streams::counted };
    if (! came)
    {
        figures.setNotMeasured("transport.codec", whyNot, codec);
        figures.setNotMeasured("transport.ssrc", whyNot, source);
        return;
    }
    constexpr auto hex = "0123456789abcdef";
    std::string ssrc = "0x";
    for (int shift = 28; shift >= 0; shift -= 4)
        ssrc += hex[report->stream.ssrc >> shift & 0xfu];
    figures.set("transport.codec", streams::meaningOf(report->stream.payloadType, report->format), codec);
    figures.set("transport.ssrc", std::move(ssrc), source);
    streams::addTables(figures, *report);
}

} // namespace mw
