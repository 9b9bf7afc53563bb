#include "FigureCatalogue.h"

#include "../report/ClosestName.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace mw
{

namespace
{
using Type = KnownFigure::Type;

constexpr std::array knownFigureTable {
    KnownFigure { "call.established", Type::truth, "", "whether the call was answered" },
    KnownFigure { "call.duration_s", Type::number, "s", "from the answer to the end" },
    KnownFigure { "call.codec", Type::text, "", "codec agreed on, as in an rtpmap: PCMU/8000" },
    KnownFigure { "call.ptime_ms", Type::number, "ms", "length of the packets that are sent" },
    KnownFigure { "call.digits_received", Type::text, "", "digits by telephone-event and SIP INFO" },
    KnownFigure { "sound.seconds_s", Type::number, "s", "sound taken in, silence included" },
    KnownFigure { "sound.active_s", Type::number, "s", "20 ms windows above the floor" },
    KnownFigure { "sound.rms_dbm0", Type::number, "dBm0", "RMS over these windows" },
    KnownFigure { "sound.missed_samples", Type::count, "", "samples that the analysis was too slow for" },
    KnownFigure { "tone.frequency_hz", Type::number, "Hz", "of the tone that stood 6 dB above all else for longest" },
    KnownFigure { "tone.level_dbm0", Type::number, "dBm0", "of that tone alone" },
    KnownFigure { "tone.duration_s", Type::number, "s", "how long it stood" },

    KnownFigure { "level.rms_dbm0", Type::number, "dBm0", "RMS over the whole call" },
    KnownFigure { "level.rms_dbov", Type::number, "dBov", "the same against a full-scale square" },
    KnownFigure { "level.rms_dbfs", Type::number, "dBFS", "the same against a full-scale sine" },
    KnownFigure { "level.active_dbm0", Type::number, "dBm0", "active speech level, ITU-T P.56 method B" },
    KnownFigure { "level.activity", Type::number, "", "share of the time that was active, 0…1" },
    KnownFigure { "level.noise_floor_dbm0", Type::number, "dBm0", "noise in the pauses between active sound" },
    KnownFigure { "level.peak", Type::number, "", "highest absolute sample, full scale = 1" },
    KnownFigure { "level.dc", Type::number, "", "mean of the samples, full scale = 1" },
    KnownFigure { "level.clipped_samples", Type::count, "", "samples at full scale: the codec's of G.711, else that of 16 bits" },
    KnownFigure { "level.clipped_runs", Type::count, "", "three and more of them with one sign" },
    KnownFigure { "level.silence_s", Type::number, "s", "20 ms windows at or below −60 dBm0" },
    KnownFigure { "level.longest_silence_s", Type::number, "s", "the longest stretch of them" },

    KnownFigure { "gaps.count", Type::count, "", "breaks of 1 ms and more in a steady tone" },
    KnownFigure { "gaps.silent_ms", Type::number, "ms", "silence in them, all added up" },
    KnownFigure { "gaps.longest_ms", Type::number, "ms", "the longest of them" },
    KnownFigure { "gaps.interval_s", Type::number, "s", "from break to break, the median" },
    KnownFigure { "gaps.watched_s", Type::number, "s", "for how long a steady tone was watched" },
    KnownFigure { "gaps.tone_hz", Type::number, "Hz", "the tone that was watched" },

    KnownFigure { "gaps.from_network", Type::count, "", "breaks where packets were lost" },
    KnownFigure { "gaps.from_jitter_buffer", Type::count, "", "breaks where packets came too late or were dropped" },
    KnownFigure { "gaps.from_host", Type::count, "", "breaks where this machine stood still" },
    KnownFigure { "gaps.from_codec", Type::count, "", "breaks where a payload could not be decoded" },
    KnownFigure { "gaps.from_sender", Type::count, "", "breaks in the sound that whole packets carried" },
    KnownFigure { "gaps.from_mixer", Type::count, "", "breaks that a mixer's log explains (--mixer-log)" },
    KnownFigure { "gaps.of_unknown_cause", Type::count, "", "breaks whose time is not known" },

    KnownFigure { "dtmf.digits", Type::text, "", "digits heard in-band, in order" },
    KnownFigure { "dtmf.count", Type::count, "", "how many" },
    KnownFigure { "dtmf.worst_frequency_percent", Type::number, "%", "the tone farthest from its frequency" },
    KnownFigure { "dtmf.lowest_dbm0", Type::number, "dBm0", "the quietest tone" },
    KnownFigure { "dtmf.highest_dbm0", Type::number, "dBm0", "the loudest tone" },
    KnownFigure { "dtmf.least_twist_db", Type::number, "dB", "high minus low tone, the least" },
    KnownFigure { "dtmf.most_twist_db", Type::number, "dB", "high minus low tone, the most" },
    KnownFigure { "dtmf.shortest_ms", Type::number, "ms", "the shortest digit" },
    KnownFigure { "dtmf.longest_ms", Type::number, "ms", "the longest digit" },
    KnownFigure { "dtmf.shortest_pause_ms", Type::number, "ms", "the shortest pause between digits" },
    KnownFigure { "dtmf.nonconforming", Type::count, "", "digits that no receiver is obliged to accept" },
    KnownFigure { "dtmf.lowest_snr_db", Type::number, "dB", "both tones over all else, the worst digit" },
    KnownFigure { "dtmf.second_opinion_digits", Type::text, "", "digits that libspandsp heard in the same sound" },
    KnownFigure { "dtmf.disagreements", Type::count, "", "digits on which the two receivers disagree" },

    KnownFigure { "transport.packets", Type::count, "", "RTP packets received" },
    KnownFigure { "transport.lost", Type::count, "", "packets that had not come when it was their turn" },
    KnownFigure { "transport.late", Type::count, "", "packets that came after their turn" },
    KnownFigure { "transport.loss_percent", Type::number, "%", "share of the expected packets that did not come in time" },
    KnownFigure { "transport.duplicate", Type::count, "", "packets that had come before" },
    KnownFigure { "transport.reordered", Type::count, "", "packets overtaken and still in time" },
    KnownFigure { "transport.wrong_payload_type", Type::count, "", "packets of a type that nobody agreed on" },
    KnownFigure { "transport.ssrc_changes", Type::count, "", "times that another source took over" },
    KnownFigure { "transport.stream_jumps", Type::count, "", "jumps of sequence or timestamp" },
    KnownFigure { "transport.underruns", Type::count, "", "times that the jitter buffer ran empty" },
    KnownFigure { "transport.concealed_frames", Type::count, "", "packets or blocks that were made up" },
    KnownFigure { "transport.jitter_ms", Type::number, "ms", "interarrival jitter, RFC 3550" },
    KnownFigure { "transport.packet_ms", Type::number, "ms", "length of the packets that came" },
    KnownFigure { "transport.octets", Type::count, "", "payloads received [octets]" },
    KnownFigure { "transport.expected", Type::count, "", "sequence numbers from the first to the highest" },
    KnownFigure { "transport.network_lost", Type::count, "", "sequence numbers that never came" },
    KnownFigure { "transport.network_loss_percent", Type::number, "%", "their share" },
    KnownFigure { "transport.farthest_reorder", Type::count, "", "packets by which one was overtaken at most" },
    KnownFigure { "transport.strays", Type::count, "", "lonely packets of another source or far off" },
    KnownFigure { "transport.sequence_jumps", Type::count, "", "jumps of the sequence" },
    KnownFigure { "transport.timestamp_repeats", Type::count, "", "packets with the timestamp of the one before" },
    KnownFigure { "transport.timestamp_overlaps", Type::count, "", "timestamps within the sound before" },
    KnownFigure { "transport.timestamp_jumps", Type::count, "", "timestamps that jumped" },
    KnownFigure { "transport.pauses", Type::count, "", "times the sender was silent" },
    KnownFigure { "transport.unmarked_pauses", Type::count, "", "pauses without a marker behind them" },
    KnownFigure { "transport.needless_markers", Type::count, "", "markers where no pause was" },
    KnownFigure { "transport.payload_type", Type::count, "", "payload type really received" },
    KnownFigure { "transport.payload_type_changes", Type::count, "", "changes of it" },
    KnownFigure { "transport.codec", Type::text, "", "codec of the packets really received" },
    KnownFigure { "transport.ssrc", Type::text, "", "source of the stream, 0x and eight digits" },
    KnownFigure { "transport.ptime_ms", Type::number, "ms", "length of the packets, the most frequent" },
    KnownFigure { "transport.jitter_max_ms", Type::number, "ms", "the highest jitter, RFC 3550" },
    KnownFigure { "transport.jitter_mean_ms", Type::number, "ms", "the mean jitter, RFC 3550" },
    KnownFigure { "transport.spacing_p50_ms", Type::number, "ms", "change of spacing on the way, median" },
    KnownFigure { "transport.spacing_p95_ms", Type::number, "ms", "the same, 95 % are below" },
    KnownFigure { "transport.spacing_p99_ms", Type::number, "ms", "the same, 99 % are below" },
    KnownFigure { "transport.arrival_gap_p50_ms", Type::number, "ms", "time between arrivals, median" },
    KnownFigure { "transport.arrival_gap_p95_ms", Type::number, "ms", "the same, 95 % are below" },
    KnownFigure { "transport.arrival_gap_p99_ms", Type::number, "ms", "the same, 99 % are below" },
    KnownFigure { "transport.arrival_gap_max_ms", Type::number, "ms", "the longest" },
    KnownFigure { "transport.discarded", Type::count, "", "packets that came and were not heard" },
    KnownFigure { "transport.missing_percent", Type::number, "%", "share of the packets that were not heard" },
    KnownFigure { "transport.longest_loss", Type::count, "", "packets in a row that were not heard, at most" },
    KnownFigure { "transport.bursts", Type::count, "", "loss bursts, RFC 3611" },
    KnownFigure { "transport.burst_density_percent", Type::number, "%", "missing share in bursts" },
    KnownFigure { "transport.burst_ms", Type::number, "ms", "mean length of bursts" },
    KnownFigure { "transport.longest_burst_ms", Type::number, "ms", "the longest burst" },
    KnownFigure { "transport.gap_density_percent", Type::number, "%", "missing share in gaps" },
    KnownFigure { "transport.gap_ms", Type::number, "ms", "mean length of gaps" },
    KnownFigure { "transport.burst_ratio", Type::number, "", "BurstR of ITU-T G.107, 1: random loss" },
    KnownFigure { "rtcp.reports_sent", Type::count, "", "RTCP reports sent" },
    KnownFigure { "rtcp.reports_received", Type::count, "", "RTCP reports received" },
    KnownFigure { "rtcp.malformed", Type::count, "", "RTCP packets that are none" },
    KnownFigure { "rtcp.round_trip_ms", Type::number, "ms", "round trip by RTCP, mean" },
    KnownFigure { "rtcp.round_trip_min_ms", Type::number, "ms", "the shortest" },
    KnownFigure { "rtcp.round_trip_max_ms", Type::number, "ms", "the longest" },
    KnownFigure { "rtcp.peer_lost", Type::number, "", "packets of ours that the peer misses" },
    KnownFigure { "rtcp.peer_loss_percent", Type::number, "%", "their share lately" },
    KnownFigure { "rtcp.peer_jitter_ms", Type::number, "ms", "jitter of ours at the peer" },
    KnownFigure { "xr.sent", Type::count, "", "VoIP metrics sent, RFC 3611" },
    KnownFigure { "xr.received", Type::count, "", "VoIP metrics received" },
    KnownFigure { "xr.peer_loss_percent", Type::number, "%", "loss of ours, as the peer tells" },
    KnownFigure { "xr.peer_discard_percent", Type::number, "%", "discards of ours" },
    KnownFigure { "xr.peer_burst_density_percent", Type::number, "%", "missing share in bursts" },
    KnownFigure { "xr.peer_gap_density_percent", Type::number, "%", "missing share in gaps" },
    KnownFigure { "xr.peer_burst_ms", Type::number, "ms", "mean length of bursts" },
    KnownFigure { "xr.peer_gap_ms", Type::number, "ms", "mean length of gaps" },
    KnownFigure { "xr.peer_round_trip_ms", Type::number, "ms", "round trip as the peer tells" },
    KnownFigure { "xr.peer_system_delay_ms", Type::number, "ms", "delay inside the peer" },
    KnownFigure { "xr.peer_signal_dbm0", Type::number, "dBm0", "speech level at the peer" },
    KnownFigure { "xr.peer_noise_dbm0", Type::number, "dBm0", "noise level at the peer" },
    KnownFigure { "xr.peer_r", Type::number, "", "R factor as the peer tells" },
    KnownFigure { "xr.peer_mos_lq", Type::number, "", "listening MOS as the peer tells" },
    KnownFigure { "xr.peer_mos_cq", Type::number, "", "conversational MOS as the peer tells" },
    KnownFigure { "events.count", Type::count, "", "telephone-events that came, RFC 4733" },
    KnownFigure { "events.digits", Type::text, "", "their digits, in order" },
    KnownFigure { "events.lost", Type::count, "", "packets missing inside and beside them" },
    KnownFigure { "events.malformed", Type::count, "", "packets of less than an event's 4 octets" },
    KnownFigure { "events.without_end", Type::count, "", "events without an end packet" },
    KnownFigure { "events.without_marker", Type::count, "", "events without the marker at the start" },
    KnownFigure { "events.fewest_end_packets", Type::count, "", "end packets of the worst event, 3 are sent" },
    KnownFigure { "events.doubled", Type::count, "", "digits that came once more as an event of their own" },
    KnownFigure { "events.not_growing", Type::count, "", "updates no longer than the one before" },
    KnownFigure { "events.shortest_ms", Type::number, "ms", "the shortest event" },
    KnownFigure { "events.longest_ms", Type::number, "ms", "the longest event" },
    KnownFigure { "events.shortest_pause_ms", Type::number, "ms", "the shortest pause between events" },
    KnownFigure { "events.lowest_dbm0", Type::number, "dBm0", "the lowest level told" },
    KnownFigure { "events.highest_dbm0", Type::number, "dBm0", "the highest level told" },
    KnownFigure { "events.leaks", Type::count, "", "events whose digit was in the sound as well" },
    KnownFigure { "events.longest_leak_ms", Type::number, "ms", "how long at most" },
    KnownFigure { "quality.r", Type::number, "", "R of the E-model, ITU-T G.107" },
    KnownFigure { "quality.mos_cqe", Type::number, "", "conversational MOS, estimated by it" },
    KnownFigure { "quality.mos_lqe", Type::number, "", "the same without the delay: as heard" },
    KnownFigure { "quality.mos_lqe_unconcealed", Type::number, "", "the same for a receiver that conceals nothing" },
    KnownFigure { "quality.ie_eff", Type::number, "", "impairment by codec and loss" },
    KnownFigure { "quality.id", Type::number, "", "impairment by delay" },
    KnownFigure { "quality.delay_ms", Type::number, "ms", "mouth to ear, as far as known" },
    KnownFigure { "quality.inputs", Type::text, "", "what these rest on, and what is missing" },
    KnownFigure { "drift.ppm", Type::number, "ppm", "the peer's clock against ours" },

    KnownFigure { "hears.self", Type::truth, "", "whether this side's own pilot came back" },
    KnownFigure { "hears.self_dbm0", Type::number, "dBm0", "its level" },
    KnownFigure { "hears.self_delay_ms", Type::number, "ms", "how late it came back, median" },
    KnownFigure { "pilot.heard", Type::text, "", "names of the pilots heard, with commas: \"alice,bob\"" },
    KnownFigure { "pilot.breaks", Type::count, "", "pilots that were away for 8 to 500 ms" },
    KnownFigure { "delay.min_ms", Type::number, "ms", "one-way delay by pilots, the least" },
    KnownFigure { "delay.p50_ms", Type::number, "ms", "the median" },
    KnownFigure { "delay.p95_ms", Type::number, "ms", "95 % are below" },
    KnownFigure { "delay.max_ms", Type::number, "ms", "the greatest" },
    KnownFigure { "delay.packetisation_ms", Type::number, "ms", "what of the way is the filling of a packet" },
    KnownFigure { "delay.network_ms", Type::number, "ms", "what is the network, one way" },
    KnownFigure { "delay.jitter_buffer_ms", Type::number, "ms", "what is our jitter buffer, mean" },
    KnownFigure { "delay.jitter_buffer_max_ms", Type::number, "ms", "its longest wait" },
    KnownFigure { "delay.playout_ms", Type::number, "ms", "what is our resampling" },
    KnownFigure { "delay.mixer_ms", Type::number, "ms", "what is left: mixers between, with their buffers" },
    KnownFigure { "drift.pilot_ppm", Type::number, "ppm", "pace of the sound as played, by a pilot" },
    KnownFigure { "echo.return_db", Type::number, "dB", "own pilot as it came back" },
    KnownFigure { "echo.at_most_db", Type::number, "dB", "no return was louder than this" },
    KnownFigure { "score.distance_db", Type::number, "dB", "spectral distance from what was sent" },
    KnownFigure { "score.mos_estimate", Type::number, "", "MOS estimated from that distance" },
    KnownFigure { "score.visqol_mos_lqo", Type::number, "", "MOS-LQO of the program visqol, where it is installed" },
    KnownFigure { "score.gain_db", Type::number, "dB", "level over what was sent" },
    KnownFigure { "score.offset_s", Type::number, "s", "where what was sent begins in the sound" },
    KnownFigure { "score.delay_changes", Type::count, "", "half seconds whose delay moved" },
    KnownFigure { "score.compared_s", Type::number, "s", "active time that was compared" },
    KnownFigure { "faults.count", Type::count, "", "what is wrong with the call, see the table \"faults\"" },
    KnownFigure { "faults.names", Type::text, "", "their names, with commas: \"loss,echo\"" },
    KnownFigure { "commands.count", Type::count, "", "gains and mutes that a mixer was told (--mixer-log)" },
    KnownFigure { "commands.answered", Type::count, "", "of these, those that were heard" },
    KnownFigure { "commands.worst_error_db", Type::number, "dB", "greatest error of a step so told" },
    KnownFigure { "commands.worst_latency_ms", Type::number, "ms", "from telling to half of the step heard, at most" },
    KnownFigure { "steps.count", Type::count, "", "pilots whose level changed and stayed changed" },
};

/** Figures of pilots by their names. */
constexpr std::array namedFigureTable {
    KnownFigure { "hears.NAME", Type::truth, "", "whether the pilot of that name was heard" },
    KnownFigure { "hears.NAME_dbm0", Type::number, "dBm0", "its level" },
    KnownFigure { "hears.NAME_gain_db", Type::number, "dB", "its level over the one it is sent at" },
    KnownFigure { "hears.NAME_delay_ms", Type::number, "ms", "its one-way delay, median" },
};
constexpr std::string_view nameInPath = "NAME";

/** Whether a path is one of these with a name of letters, digits, hyphens or "pilot_7" in place of NAME. */
bool isNamedFigure(std::string_view path, std::string_view pattern)
{
    const auto at = pattern.find(nameInPath);
    const auto head = pattern.substr(0, at), tail = pattern.substr(at + nameInPath.size());
    if (path.size() <= head.size() + tail.size() || ! path.starts_with(head) || ! path.ends_with(tail))
        return false;
    auto name = path.substr(head.size(), path.size() - head.size() - tail.size());
    constexpr std::string_view byNumber = "pilot_";
    if (name.starts_with(byNumber))
        name.remove_prefix(byNumber.size());
    return ! name.empty() && std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> figureAliases {
    { { "gaps", "gaps.count" }, { "digits", "dtmf.digits" }, { "codec", "call.codec" }, { "loss", "transport.loss_percent" },
      { "mos", "quality.mos_cqe" }, { "faults", "faults.count" } } };
} // namespace

std::span<const KnownFigure> knownFigures() noexcept { return knownFigureTable; }

std::string knownFigureText()
{
    const auto padded = [](std::string_view word, size_t width) { return std::string(word) + std::string(width > word.size() ? width - word.size() : 1, ' '); };
    std::string text;
    const auto addLine = [&](const KnownFigure& each) {
        const auto kind = each.type == Type::text ? "text" : each.type == Type::truth ? "true" : each.type == Type::count ? "count" : "number";
        text += padded(each.path, 31) + padded(each.unit.empty() ? std::string_view(kind) : each.unit, 8) + std::string(each.meaning) + "\n";
    };
    for (const auto& each : knownFigureTable)
        addLine(each);
    for (const auto& each : namedFigureTable)
        addLine(each);
    for (const auto& [word, meant] : figureAliases)
        text += padded(word, 31) + "short for " + std::string(meant) + "\n";
    return text;
}

const KnownFigure* knownFigure(std::string_view path) noexcept
{
    if (const auto found = std::ranges::find(knownFigureTable, path, &KnownFigure::path); found != knownFigureTable.end())
        return &*found;
    const auto named = std::ranges::find_if(namedFigureTable, [path](const KnownFigure& each) { return isNamedFigure(path, each.path); });
    return named == namedFigureTable.end() ? nullptr : &*named;
}

std::string_view withoutAlias(std::string_view path) noexcept
{
    for (const auto& [word, meant] : figureAliases)
        if (word == path)
            return meant;
    return path;
}

std::string nearestFigure(std::string_view wrong)
{
    std::vector<std::string> names;
    for (const auto& each : knownFigureTable)
        names.emplace_back(each.path);
    for (const auto& [word, meant] : figureAliases)
        names.emplace_back(word);
    return closestName(wrong, names);
}

} // namespace mw
