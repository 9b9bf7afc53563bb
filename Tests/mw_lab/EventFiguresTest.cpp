// From the telephone-events of a transport report, and the digits in the sound, to figures.
#include "ReadingBench.h"

#include <mw_lab/measure/EventFigures.h>
#include <mw_lab/measure/FigureCatalogue.h>
#include <mw_lab/measure/FigureExpectation.h>

#include <gtest/gtest.h>

namespace mw
{
namespace
{
constexpr int64_t msNs = 1'000'000, startNs = 50'000'000'000;

EventRecord eventOf(uint8_t code, int64_t atMs, uint64_t durationMs)
{
    EventRecord event;
    event.code = code;
    event.volume = 10;
    event.marked = true;
    event.durationTicks = durationMs * 8;
    event.firstDurationTicks = 160;
    event.packets = 7;
    event.endPackets = 3;
    event.firstArrivalNs = startNs + (atMs + 20) * msNs;
    event.lastArrivalNs = event.firstArrivalNs + static_cast<int64_t>(durationMs) * msNs;
    return event;
}

/** '1' at 0 s, 'A' at 1 s, with faults, flash at 2 s; each of 100 ms; 60 ms of jitter buffer. */
TransportReport threeEvents()
{
    TransportReport report;
    report.format.eventPayloadType = 101;
    report.bufferDelayMs = 60.0;
    report.events = { eventOf(1, 0, 100), eventOf(12, 1000, 120), eventOf(16, 2000, 100) };
    report.events[1].volume = 3;
    report.events[1].marked = false;
    report.events[1].endPackets = 0;
    report.events[1].lost = 4;
    report.events[1].notGrowing = 2;
    report.events[1].hasPause = true;
    report.events[1].pauseTicks = 7200;
    report.events[2].doubled = true;
    return report;
}

TEST(EventFigures, TellWhatCame)
{
    FigureSet figures;
    addEventFigures(figures, threeEvents(), {});
    EXPECT_EQ(figures.find("events.digits")->text(), "1A");
    EXPECT_EQ(valueOf(figures, "events.count"), 3.0);
    EXPECT_EQ(valueOf(figures, "events.lost"), 4.0);
    EXPECT_EQ(valueOf(figures, "events.malformed"), 0.0);
    EXPECT_EQ(valueOf(figures, "events.without_end"), 1.0);
    EXPECT_EQ(valueOf(figures, "events.without_marker"), 1.0);
    EXPECT_EQ(valueOf(figures, "events.fewest_end_packets"), 0.0);
    EXPECT_EQ(valueOf(figures, "events.doubled"), 1.0);
    EXPECT_EQ(valueOf(figures, "events.not_growing"), 2.0);
    EXPECT_EQ(valueOf(figures, "events.shortest_ms"), 100.0);
    EXPECT_EQ(valueOf(figures, "events.longest_ms"), 120.0);
    EXPECT_EQ(valueOf(figures, "events.shortest_pause_ms"), 900.0);
    EXPECT_EQ(valueOf(figures, "events.lowest_dbm0"), -10.0);
    EXPECT_EQ(valueOf(figures, "events.highest_dbm0"), -3.0);
    EXPECT_EQ(valueOf(figures, "events.leaks"), 0.0);
    EXPECT_EQ(valueOf(figures, "events.longest_leak_ms"), 0.0);

    const auto* table = figures.table("events");
    ASSERT_NE(table, nullptr);
    ASSERT_EQ(table->rows.size(), 3u);
    EXPECT_EQ(std::get<std::string>(table->rows[1][0]), "A");
    EXPECT_NEAR(std::get<double>(table->rows[1][1]), 1.0, 1e-9);
    EXPECT_EQ(std::get<std::string>(table->rows[2][0]), "code 16");
    for (const auto& row : table->rows)
        EXPECT_EQ(row.size(), table->columns.size());
}

TEST(EventFigures, ADigitInTheSoundWhileItsEventLastsIsALeak)
{
    const auto leaks = [](char digit, int64_t atMs) {
        FigureSet figures;
        addEventFigures(figures, threeEvents(), { { digit, startNs + atMs * msNs, 36.0 } });
        return valueOf(figures, "events.longest_leak_ms");
    };
    EXPECT_EQ(leaks('1', 60), 36.0) << "the start of the event, as it comes out of the jitter buffer";
    EXPECT_EQ(leaks('1', 0), 36.0) << "just before, within what is known of the time";
    EXPECT_EQ(leaks('1', -120), 0.0);
    EXPECT_EQ(leaks('1', 400), 0.0);
    EXPECT_EQ(leaks('2', 60), 0.0) << "another digit";
    EXPECT_EQ(leaks('A', 60), 0.0) << "the digit of another event";
    EXPECT_EQ(leaks('A', 1060), 36.0);

    FigureSet unknown;
    addEventFigures(unknown, threeEvents(), { { '1', 0, 36.0 } });
    EXPECT_EQ(valueOf(unknown, "events.leaks"), 0.0) << "sound without a time";
}

TEST(EventFigures, WhatWasNotMeasuredSaysWhy)
{
    const auto whyNot = [](const std::optional<TransportReport>& report, std::string_view path) {
        FigureSet figures;
        addEventFigures(figures, report, {});
        const auto* figure = figures.find(path);
        return figure == nullptr ? "nobody set it" : figure->isMeasured() ? "measured: " + figure->text() : figure->whyNot;
    };
    TransportReport report;
    EXPECT_EQ(whyNot(report, "events.digits"), "telephone-event was not agreed on");
    EXPECT_EQ(whyNot(report, "events.count"), "telephone-event was not agreed on");
    EXPECT_EQ(whyNot(std::nullopt, "events.lost"), "the call had no media");
    report.format.eventPayloadType = 101;
    EXPECT_EQ(whyNot(report, "events.digits"), "measured: ");
    EXPECT_EQ(whyNot(report, "events.longest_ms"), "no event came");
    report.events = { eventOf(1, 0, 100) };
    EXPECT_EQ(whyNot(report, "events.shortest_pause_ms"),
              "there were less than two events of one source, or their durations have a clock of their own");

    FigureSet figures;
    addEventFigures(figures, report, {});
    for (const auto& known : knownFigures())
        EXPECT_TRUE(! known.path.starts_with("events.") || figures.find(known.path) != nullptr) << known.path;
}

TEST(EventFigures, AreExpectedAsAllFiguresAre)
{
    FigureSet figures;
    addEventFigures(figures, threeEvents(), {});
    const auto holds = [&](const std::string& text) {
        const auto parsed = parseExpectations(text, "");
        EXPECT_TRUE(parsed.ok()) << text;
        std::string why;
        return parsed.ok() && judge(parsed.value().at(0), figures, why) == ExpectationOutcome::held;
    };
    EXPECT_TRUE(holds("events.digits: \"1A\""));
    EXPECT_FALSE(holds("events.digits: \"1\""));
    EXPECT_TRUE(holds("events.lost: < 5"));
    EXPECT_FALSE(holds("events.without_end: 0"));
}

} // namespace
} // namespace mw
