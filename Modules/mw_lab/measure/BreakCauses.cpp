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

std::optional<size_t> columnOf(const DetailTable& table, std::string_view name)
{
    const auto found = std::ranges::find(table.columns, name, &DetailTable::Column::name);
    return found == table.columns.end() ? std::nullopt : std::optional<size_t>(found - table.columns.begin());
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

/** Adds the column to a table. @returns the words, one a row */
std::vector<std::string> explain(FigureSet& figures, std::string_view name, std::string_view length, const std::optional<TransportReport>& report)
{
    std::vector<std::string> words;
    const auto* found = figures.table(name);
    if (found == nullptr || columnOf(*found, "cause").has_value())
        return words;
    auto table = *found;
    const auto clock = columnOf(table, "clock"), duration = columnOf(table, length);
    table.columns.push_back({ "cause", "" });
    for (auto& row : table.rows)
    {
        const auto* at = clock.has_value() ? std::get_if<double>(&row[*clock]) : nullptr;
        const auto* lengthMs = duration.has_value() ? std::get_if<double>(&row[*duration]) : nullptr;
        words.emplace_back(at != nullptr && report.has_value() ? causeOf(*at, lengthMs != nullptr ? 1.0e-3 * *lengthMs : 0.0, *report) : unknown);
        row.emplace_back(words.back());
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

void addBreakCauses(FigureSet& figures, const std::optional<TransportReport>& report)
{
    if (report.has_value())
        break_cause::addPlayoutTable(figures, *report);
    const auto words = break_cause::explain(figures, "gaps", "duration", report);
    break_cause::explain(figures, "breaks", "length", report);

    using break_cause::codec, break_cause::host, break_cause::jitterBuffer, break_cause::late, break_cause::network,
        break_cause::sender, break_cause::senderPause, break_cause::unknown;
    const auto* count = figures.find("gaps.count");
    const auto watched = count != nullptr && count->isMeasured();
    const std::string whyNot = watched || count == nullptr ? "no sound was measured" : count->whyNot;
    const std::array<std::pair<std::string_view, std::vector<std::string_view>>, 6> families { {
        { "gaps.from_network", { network } },
        { "gaps.from_jitter_buffer", { late, jitterBuffer } },
        { "gaps.from_host", { host } },
        { "gaps.from_codec", { codec } },
        { "gaps.from_sender", { sender, senderPause } },
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
