#include "BreakCauses.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw
{

namespace break_cause
{
namespace
{

/** A break and an occasion of the jitter buffer belong together when they lie this close: resamplers and decoders delay the sound, fades
    hide its edges [s]. */
constexpr double nearS = 0.020;
constexpr double nearMixerS = 0.060;  ///< the same for what a mixer did: its output's packets and its own block lie between [s]

const char* wordOf(const PlayoutAction& action) noexcept
{
    switch (action.cause)
    {
        case PlayoutCause::lost: return action.late > 0 ? late : network;
        case PlayoutCause::late: return late;
        case PlayoutCause::dry: return senderPause;  // nothing came any more, nor ever after
        case PlayoutCause::senderPause:
        case PlayoutCause::timeBase: return senderPause;
        case PlayoutCause::undecodable: return codec;
        case PlayoutCause::backlog:
        case PlayoutCause::shrink: return jitterBuffer;
        case PlayoutCause::stall: return host;
    }
    return unknown;
}

/** The word for a break, by the occasion that shares most of its time. */
const char* causeOf(double startS, double lengthS, const TransportReport& report)
{
    const PlayoutAction* best = nullptr;
    double most = 0.0;
    for (const auto& action : report.actions)
    {
        const auto from = 1.0e-9 * static_cast<double>(action.startNs), to = from + 1.0e-9 * static_cast<double>(action.lengthNs);
        const auto shared = std::min(startS + lengthS, to + nearS) - std::max(startS, from - nearS);
        if (shared >= 0.0 && (best == nullptr || shared > most))
        {
            best = &action;
            most = shared;
        }
    }
    if (best != nullptr)
        return wordOf(*best);
    const auto isBeyondWhatIsKept = report.actionsLeftOut > 0 && ! report.actions.empty()
                                    && startS > 1.0e-9 * static_cast<double>(report.actions.back().startNs);
    return isBeyondWhatIsKept ? unknown : sender;
}

/** What a mixer did at that time, as heard here; null: nothing of its own. */
const char* mixerCauseOf(double startS, double lengthS, std::span<const MixerIncident> incidents, double delayS)
{
    for (const auto& incident : incidents)
    {
        const auto from = 1.0e-9 * static_cast<double>(incident.sinceNs) + delayS - nearMixerS;
        const auto to = 1.0e-9 * static_cast<double>(incident.timeNs) + delayS + nearMixerS;
        if (startS > to || startS + lengthS < from)
            continue;
        switch (incident.kind)
        {
            case MixerIncident::Kind::concealed: return mixerBuffer;
            case MixerIncident::Kind::stalled: return mixerStall;
            case MixerIncident::Kind::limited: return limiter;
        }
    }
    return nullptr;
}

/** What lies between a mixer's output and the sound here [s]. */
double delayBehindMixerS(const FigureSet& figures)
{
    auto ms = 0.0;
    for (const auto* path : { "delay.network_ms", "delay.jitter_buffer_ms", "delay.playout_ms" })
        if (const auto* figure = figures.find(path); figure != nullptr)
            ms += figure->number().value_or(0.0);
    return 1.0e-3 * ms;
}

/** Adds the column to a table. @returns the words, one a row */
std::vector<std::string> explain(FigureSet& figures, std::string_view name, std::string_view length, const std::optional<TransportReport>& report,
                                 std::span<const MixerIncident> incidents)
{
    std::vector<std::string> words;
    const auto* found = figures.table(name);
    if (found == nullptr || found->columnOf("cause").has_value())
        return words;
    auto table = *found;
    table.columns.push_back({ "cause", "" });
    const auto delayS = delayBehindMixerS(figures);
    for (size_t row = 0; row < table.rows.size(); ++row)
    {
        const auto at = found->number(row, "clock"), lengthMs = found->number(row, length);
        const char* word = at.has_value() && report.has_value() ? causeOf(*at, 1.0e-3 * lengthMs.value_or(0.0), *report) : unknown;
        if (word == sender)
            if (const auto* cause = mixerCauseOf(*at, 1.0e-3 * lengthMs.value_or(0.0), incidents, delayS))
                word = cause;
        words.emplace_back(word);
        table.rows[row].emplace_back(words.back());
    }
    figures.setTable(std::move(table));
    return words;
}

void addPlayoutTable(FigureSet& figures, const TransportReport& report)
{
    DetailTable table { "playout", { { "clock", "s" }, { "length", "ms" }, { "cause", "" }, { "packets", "" }, { "of them late", "" } }, {}, report.actionsLeftOut };
    for (const auto& action : report.actions)
        table.add({ 1.0e-9 * static_cast<double>(action.startNs), 1.0e-6 * static_cast<double>(action.lengthNs), std::string(wordOf(action)),
                    static_cast<double>(action.packets), static_cast<double>(action.late) });
    figures.setTable(std::move(table));
}

} // namespace
} // namespace break_cause

void addBreakCauses(FigureSet& figures, const std::optional<TransportReport>& report, std::span<const MixerIncident> incidents)
{
    if (report.has_value())
        break_cause::addPlayoutTable(figures, *report);
    const auto words = break_cause::explain(figures, "gaps", "duration", report, incidents);
    break_cause::explain(figures, "breaks", "length", report, incidents);

    using break_cause::codec, break_cause::host, break_cause::jitterBuffer, break_cause::late, break_cause::limiter, break_cause::mixerBuffer, break_cause::mixerStall, break_cause::network,
        break_cause::sender, break_cause::senderPause, break_cause::unknown;
    const auto* count = figures.find("gaps.count");
    const auto watched = count != nullptr && count->isMeasured();
    const std::string whyNot = watched || count == nullptr ? "no sound was measured" : count->whyNot;
    const std::array<std::pair<std::string_view, std::vector<std::string_view>>, 7> families { {
        { "gaps.from_network", { network } },
        { "gaps.from_jitter_buffer", { late, jitterBuffer } },
        { "gaps.from_host", { host } },
        { "gaps.from_codec", { codec } },
        { "gaps.from_sender", { sender, senderPause } },
        { "gaps.from_mixer", { mixerBuffer, mixerStall, limiter } },
        { "gaps.of_unknown_cause", { unknown } },
    } };
    for (const auto& [path, causes] : families)
    {
        const auto number = std::ranges::count_if(words, [&](const std::string& word) { return std::ranges::find(causes, word) != causes.end(); });
        figures.set(path, watched ? std::optional<double>(static_cast<double>(number)) : std::nullopt, whyNot,
                    { "", "breaks beside what the jitter buffer did at that time", "while the tone stood", "lined up to 20 ms" });
    }
}

} // namespace mw
