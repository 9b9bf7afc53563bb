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
    KnownFigure { "level.clipped_samples", Type::count, "", "samples at 16-bit full scale" },
    KnownFigure { "level.clipped_runs", Type::count, "", "three and more of them with one sign" },
    KnownFigure { "level.silence_s", Type::number, "s", "20 ms windows at or below −60 dBm0" },
    KnownFigure { "level.longest_silence_s", Type::number, "s", "the longest stretch of them" },

    KnownFigure { "gaps.count", Type::count, "", "breaks of 1 ms and more in a steady tone" },
    KnownFigure { "gaps.silent_ms", Type::number, "ms", "silence in them, all added up" },
    KnownFigure { "gaps.longest_ms", Type::number, "ms", "the longest of them" },
    KnownFigure { "gaps.interval_s", Type::number, "s", "from break to break, the median" },
    KnownFigure { "gaps.watched_s", Type::number, "s", "for how long a steady tone was watched" },
    KnownFigure { "gaps.tone_hz", Type::number, "Hz", "the tone that was watched" },

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
    KnownFigure { "dtmf.lowest_snr_db", Type::number, "dB", "both tones over all else, the worst digit" },

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
    KnownFigure { "drift.ppm", Type::number, "ppm", "the peer's clock against ours" },
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> figureAliases {
    { { "gaps", "gaps.count" }, { "digits", "dtmf.digits" }, { "codec", "call.codec" }, { "loss", "transport.loss_percent" } } };
} // namespace

std::span<const KnownFigure> knownFigures() noexcept { return knownFigureTable; }

std::string knownFigureText()
{
    const auto padded = [](std::string_view word, size_t width) { return std::string(word) + std::string(width > word.size() ? width - word.size() : 1, ' '); };
    std::string text;
    for (const auto& each : knownFigureTable)
    {
        const auto kind = each.type == Type::text ? "text" : each.type == Type::truth ? "true" : each.type == Type::count ? "count" : "number";
        text += padded(each.path, 31) + padded(each.unit.empty() ? std::string_view(kind) : each.unit, 8) + std::string(each.meaning) + "\n";
    }
    for (const auto& [word, meant] : figureAliases)
        text += padded(word, 31) + "short for " + std::string(meant) + "\n";
    return text;
}

const KnownFigure* knownFigure(std::string_view path) noexcept
{
    const auto found = std::ranges::find(knownFigureTable, path, &KnownFigure::path);
    return found == knownFigureTable.end() ? nullptr : &*found;
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
