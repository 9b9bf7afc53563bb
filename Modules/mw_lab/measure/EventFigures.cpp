#include "EventFigures.h"

#include <algorithm>
#include <array>
#include <string>

namespace mw
{

namespace events  // the room is compiled as one file: names as short as these are nobody else's
{
namespace
{
constexpr int64_t leakReachNs = 80'000'000;  ///< an event's place in the sound is known to about this: packet time, jitter, block

/** An event and what of it is told. */
struct Told
{
    const EventRecord& event;
    double durationMs = 0.0;
    std::optional<double> pauseMs;
    double leakMs = 0.0;       ///< 0: none
};

constexpr std::string_view none = "no event came", notAgreed = "telephone-event was not agreed on", noMedia = "the call had no media";
constexpr std::string_view packets = "RFC 4733 packets as they came", numbers = "RTP sequence numbers";

double leakOf(const EventRecord& event, const TransportReport& report, const std::vector<InBandDigit>& inBand)
{
    const auto ticksToNs = [&](uint64_t ticks) {
        return static_cast<int64_t>(static_cast<double>(ticks) * 1.0e9 / std::max(1, report.format.eventClockHz));
    };
    const auto laterNs = static_cast<int64_t>(report.bufferDelayMs * 1.0e6);
    const auto startNs = event.firstArrivalNs - ticksToNs(event.firstDurationTicks) + laterNs;
    const auto endNs = std::max(startNs + ticksToNs(event.durationTicks), event.lastArrivalNs + laterNs);
    double longestMs = 0.0;
    for (const auto& each : inBand)
    {
        const auto heardUntilNs = each.startNs + static_cast<int64_t>(each.durationMs * 1.0e6);
        if (each.startNs != 0 && each.digit == event.digit() && heardUntilNs >= startNs - leakReachNs && each.startNs <= endNs)
            longestMs = std::max(longestMs, each.durationMs);
    }
    return longestMs;
}

/** The most, or the least, of something over all events that have it. */
template <typename Of>
std::optional<double> extreme(const std::vector<Told>& all, double sign, Of&& of)
{
    std::optional<double> result;
    for (const auto& each : all)
        if (const std::optional<double> value = of(each))
            result = ! result.has_value() || sign * *value > sign * *result ? *value : *result;
    return result;
}

void setTable(FigureSet& figures, const std::vector<Told>& all, uint64_t leftOut)
{
    DetailTable table { "events",
                        { { "event", "" }, { "first packet", "s" }, { "level", "dBm0" }, { "duration", "ms" }, { "pause before", "ms" },
                          { "packets", "" }, { "end packets", "" }, { "marker", "" }, { "lost", "" }, { "not growing", "" }, { "after end", "" },
                          { "doubled", "" }, { "segments", "" }, { "in-band", "ms" } },
                        {}, leftOut };
    for (const auto& [event, durationMs, pauseMs, leakMs] : all)
    {
        const auto count = [](uint32_t value) { return Figure::Value(static_cast<double>(value)); };
        table.add({ event.digit() != 0 ? std::string(1, event.digit()) : "code " + std::to_string(event.code),
                    static_cast<double>(event.firstArrivalNs - all.front().event.firstArrivalNs) * 1.0e-9, -static_cast<double>(event.volume), durationMs,
                    pauseMs.has_value() ? Figure::Value(*pauseMs) : Figure::Value(), count(event.packets), count(event.endPackets), event.marked,
                    count(event.lost), count(event.notGrowing), count(event.afterEnd), event.doubled, count(event.segments), leakMs });
    }
    figures.setTable(std::move(table));
}

void addAll(FigureSet& figures, const std::optional<TransportReport>& report, const std::vector<InBandDigit>& inBand)
{
    const auto agreed = report.has_value() && report->format.eventPayloadType >= 0;
    const auto whyNot = ! report.has_value() ? noMedia : ! agreed ? notAgreed : none;

    std::vector<Told> all;
    std::string digits;
    if (agreed)
        for (const auto& event : report->events)
        {
            const auto ms = [](double ticks, int clockHz) { return 1000.0 * ticks / std::max(1, clockHz); };
            all.push_back({ event, ms(static_cast<double>(event.durationTicks), report->format.eventClockHz),
                            event.hasPause ? std::optional(ms(static_cast<double>(event.pauseTicks), report->format.clockRateHz)) : std::nullopt,
                            leakOf(event, *report, inBand) });
            if (event.digit() != 0)
                digits += event.digit();
        }
    const auto leftOut = agreed ? report->eventsLeftOut : 0;
    const auto told = leftOut > 0 ? "the first " + std::to_string(EventWatch::mostEvents) + " events" : std::string("the whole call");

    const auto whole = [&](std::string_view path, std::string_view reference, std::string_view accuracy, uint64_t value) {
        figures.set(path, agreed ? std::optional<double>(static_cast<double>(value)) : std::nullopt, whyNot, { "", reference, "the whole call", accuracy });
    };
    whole("events.count", packets, "exact", all.size() + leftOut);
    whole("events.malformed", "packets of the agreed type shorter than 4 octets", "exact", agreed ? report->malformedEvents : 0);
    const FigureKind text { "", packets, told, "exact" };
    if (agreed)
        figures.set("events.digits", digits, text);
    else
        figures.setNotMeasured("events.digits", whyNot, text);

    const auto sum = [&](std::string_view path, std::string_view reference, auto&& of) {
        double total = 0.0;
        for (const auto& each : all)
            total += static_cast<double>(of(each));
        figures.set(path, agreed ? std::optional<double>(total) : std::nullopt, whyNot, { "", reference, told, "exact" });
    };
    sum("events.lost", "sequence numbers that never came, inside and beside events; sound sent between counts too", [](const Told& each) { return each.event.lost; });
    sum("events.without_end", "events of which no end packet came", [](const Told& each) { return each.event.endPackets == 0 ? 1 : 0; });
    sum("events.without_marker", "events of which no packet had the marker", [](const Told& each) { return each.event.marked ? 0 : 1; });
    sum("events.doubled", "the same digit within 40 ms of its end, or updates after it", [](const Told& each) { return each.event.doubled ? 1 : 0; });
    sum("events.not_growing", "updates no longer than the one before", [](const Told& each) { return each.event.notGrowing; });
    sum("events.leaks", "events whose digit was heard in-band as well, 32 ms and longer", [](const Told& each) { return each.leakMs > 0.0 ? 1 : 0; });

    const auto limit = [&](std::string_view path, double sign, std::string_view why, const FigureKind& kind, auto&& of) {
        figures.set(path, extreme(all, sign, of), all.empty() ? whyNot : why, kind);
    };
    limit("events.fewest_end_packets", -1.0, none, { "", numbers, told, "exact" }, [](const Told& each) { return std::optional<double>(each.event.endPackets); });
    const FigureKind length { "ms", "duration as the sender told last, all segments", told, "as the sender counts" };
    limit("events.shortest_ms", -1.0, none, length, [](const Told& each) { return std::optional<double>(each.durationMs); });
    limit("events.longest_ms", 1.0, none, length, [](const Told& each) { return std::optional<double>(each.durationMs); });
    limit("events.shortest_pause_ms", -1.0, "there were less than two events of one source, or their durations have a clock of their own",
          { "ms", "from the end of an event to the next one's timestamp", told, "as the sender counts" }, [](const Told& each) { return each.pauseMs; });
    const FigureKind level { "dBm0", "volume field of the first packet", told, "as the sender tells" };
    limit("events.lowest_dbm0", -1.0, none, level, [](const Told& each) { return std::optional<double>(-static_cast<double>(each.event.volume)); });
    limit("events.highest_dbm0", 1.0, none, level, [](const Told& each) { return std::optional<double>(-static_cast<double>(each.event.volume)); });
    limit("events.longest_leak_ms", 1.0, none, { "ms", "the same digit in the sound while its event lasts, ITU-T Q.24 receiver", told, "±1 ms" },
          [](const Told& each) { return std::optional<double>(each.leakMs); });
    if (agreed)
        setTable(figures, all, leftOut);
}

} // namespace
} // namespace events

void addEventFigures(FigureSet& figures, const std::optional<TransportReport>& report, const std::vector<InBandDigit>& inBand)
{
    events::addAll(figures, report, inBand);
}

} // namespace mw
