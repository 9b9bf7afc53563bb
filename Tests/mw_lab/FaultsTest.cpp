#include <mw_lab/mw_lab.h>

#include <mw_lab/measure/BreakCauses.h>
#include <mw_lab/measure/DtmfMeasurement.h>
#include <mw_lab/measure/Faults.h>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace mw::lab_test
{

namespace
{

FigureSet figuresWith(std::initializer_list<std::pair<const char*, double>> numbers)
{
    FigureSet figures;
    for (const auto& [path, value] : numbers)
        figures.set(path, value, { "", "", "", "" });
    return figures;
}

std::string namesOf(const FigureSet& figures, const FaultReference& reference = {})
{
    std::string names;
    for (const auto& fault : findFaults(figures, reference))
        names += (names.empty() ? "" : ",") + fault.name;
    return names;
}

void addGaps(FigureSet& figures, std::initializer_list<double> clocksS, double lengthMs)
{
    DetailTable table { "gaps", { { "start", "s" }, { "duration", "ms" }, { "clock", "s" } }, {}, 0 };
    for (const auto clock : clocksS)
        table.add({ clock - 100.0, lengthMs, clock });
    figures.setTable(std::move(table));
    figures.set("gaps.count", static_cast<double>(clocksS.size()), { "", "", "", "" });
}

PlayoutAction action(double startS, double lengthMs, PlayoutCause cause, int packets = 0, int late = 0)
{
    return { std::llround(startS * 1e9), std::llround(lengthMs * 1e6), 1, static_cast<uint16_t>(packets), static_cast<uint16_t>(late), cause };
}

std::vector<std::string> causesIn(const FigureSet& figures, const char* name)
{
    std::vector<std::string> causes;
    const auto* table = figures.table(name);
    for (const auto& row : table->rows)
        causes.push_back(std::get<std::string>(row.back()));
    return causes;
}

/** Digits of one length and twist, 100 ms apart, beside a faint tone. */
FigureSet dtmfFigures(const char* digits, int onMs, double twistDb)
{
    DtmfSettings settings;
    settings.sequence = DtmfSequence::parse(digits).value();
    settings.onMs = onMs;
    settings.offMs = 100;
    settings.twistDb = twistDb;
    DtmfOscillator oscillator;
    oscillator.prepare(8000.0);
    oscillator.play(settings);
    std::vector<float> sound(8000 * 2, 0.0f);
    oscillator.render(sound);
    DtmfMeasurement measurement(8000, Law::mu);
    measurement.process(sound, { 0, 0, 8000.0 });
    FigureSet figures;
    measurement.finish(figures);
    return figures;
}

} // namespace

TEST(BreakCauses, SortsBreaksByWhatTheJitterBufferDidAtThatTime)
{
    FigureSet figures;
    addGaps(figures, { 101.0, 102.0, 103.0, 104.0, 105.0, 106.0, 107.0 }, 20.0);
    TransportReport report;
    report.actions = { action(101.003, 20.0, PlayoutCause::lost, 1),       action(101.995, 20.0, PlayoutCause::lost, 1, 1),
                       action(103.01, 0.0, PlayoutCause::shrink),          action(104.0, 20.0, PlayoutCause::undecodable),
                       action(104.9, 160.0, PlayoutCause::stall),          action(106.0, 20.0, PlayoutCause::senderPause),
                       action(107.1, 20.0, PlayoutCause::lost, 1) };
    addBreakCauses(figures, report);
    EXPECT_EQ(causesIn(figures, "gaps"), (std::vector<std::string> { "network", "late packets", "jitter buffer", "codec", "this machine", "sender paused", "sender" }));
    EXPECT_EQ(figures.find("gaps.from_network")->number(), 1.0);
    EXPECT_EQ(figures.find("gaps.from_jitter_buffer")->number(), 2.0);
    EXPECT_EQ(figures.find("gaps.from_host")->number(), 1.0);
    EXPECT_EQ(figures.find("gaps.from_codec")->number(), 1.0);
    EXPECT_EQ(figures.find("gaps.from_sender")->number(), 2.0);
    EXPECT_EQ(figures.find("gaps.of_unknown_cause")->number(), 0.0);
    EXPECT_EQ(figures.table("playout")->rows.size(), 7u);
}

TEST(BreakCauses, WhatIsBeyondTheKeptOccasionsIsNotKnown)
{
    FigureSet figures;
    addGaps(figures, { 101.0, 103.0 }, 20.0);
    TransportReport report;
    report.actions = { action(102.0, 20.0, PlayoutCause::lost, 1) };
    report.actionsLeftOut = 5;
    addBreakCauses(figures, report);
    EXPECT_EQ(causesIn(figures, "gaps"), (std::vector<std::string> { "sender", "not known" }));

    FigureSet without;
    addGaps(without, { 101.0 }, 20.0);
    addBreakCauses(without, std::nullopt);
    EXPECT_EQ(causesIn(without, "gaps"), (std::vector<std::string> { "not known" }));
}

TEST(BreakCauses, AMixersLogExplainsWhatWholePacketsBrought)
{
    // Heard 100 ms behind the mixer; its log tells moments to 50 ms.
    FigureSet figures;
    addGaps(figures, { 101.0, 102.0, 103.0, 104.0, 105.0 }, 20.0);
    figures.set("delay.network_ms", 10.0, { "ms", "", "", "" });
    figures.set("delay.jitter_buffer_ms", 85.0, { "ms", "", "", "" });
    figures.set("delay.playout_ms", 5.0, { "ms", "", "", "" });
    TransportReport report;
    report.actions = { action(105.0, 20.0, PlayoutCause::lost, 1) };
    const auto incident = [](MixerIncident::Kind kind, double untilS) {
        const auto ns = static_cast<int64_t>(untilS * 1.0e9);
        return MixerIncident { kind, ns - 50'000'000, ns };
    };
    const std::vector incidents { incident(MixerIncident::Kind::concealed, 100.92), incident(MixerIncident::Kind::stalled, 101.90),
                                  incident(MixerIncident::Kind::limited, 102.95), incident(MixerIncident::Kind::concealed, 103.5),
                                  incident(MixerIncident::Kind::concealed, 104.92) };
    addBreakCauses(figures, report, incidents);
    EXPECT_EQ(causesIn(figures, "gaps"),
              (std::vector<std::string> { "mixer's buffer", "mixer stood still", "mixer's limiter", "sender", "network" })) << "what came whole alone is asked of the mixer";
    EXPECT_EQ(figures.find("gaps.from_mixer")->number(), 3.0);
    EXPECT_EQ(figures.find("gaps.from_sender")->number(), 1.0);
    EXPECT_EQ(namesOf(figures), "gaps");
}

TEST(Faults, AGoodCallHasNone)
{
    auto figures = figuresWith({ { "transport.packets", 500 }, { "transport.network_lost", 0 }, { "sound.seconds_s", 10 }, { "level.silence_s", 1 },
                                 { "drift.ppm", -3.0 }, { "hears.alice_gain_db", 0.1 }, { "level.active_dbm0", -16.2 } });
    figures.set("hears.alice", true, { "", "", "", "" });
    figures.set("call.established", true, { "", "", "", "" });
    FaultReference reference;
    reference.names = PilotNames::parse("1=alice@-20").value();
    reference.expectations = parseExpectations("hears.alice: true\nlevel.active_dbm0: -16 ± 1", "").value();
    EXPECT_EQ(namesOf(figures, reference), "");
    addFaults(figures, reference);
    EXPECT_EQ(figures.find("faults.count")->number(), 0.0);
    EXPECT_EQ(figures.find("faults.names")->text(), "");
}

TEST(Faults, AreNamedWithTheirValues)
{
    auto figures = figuresWith({ { "sound.seconds_s", 20 }, { "transport.packets", 990 }, { "transport.expected", 1000 }, { "transport.network_lost", 10 },
                                 { "transport.network_loss_percent", 1.0 }, { "transport.discarded", 2 }, { "transport.duplicate", 1 },
                                 { "echo.return_db", -30.0 }, { "hears.self_delay_ms", 87.5 }, { "drift.ppm", 50.2 }, { "level.clipped_runs", 3 },
                                 { "hears.alice_gain_db", 3.0 }, { "transport.ssrc_changes", 1 } });
    FaultReference reference;
    reference.names = PilotNames::parse("1=alice@-20").value();
    addFaults(figures, reference);
    EXPECT_EQ(figures.find("faults.names")->text(), "loss,late packets,doubled,echo,gain,drift,clipping,stream");
    const auto lines = faultLines(figures);
    ASSERT_EQ(lines.size(), 8u);
    EXPECT_EQ(lines[0], "fault (network), loss: 1.00 % of the packets were lost: 10 of 1000");
    EXPECT_EQ(lines[3], "fault (mixer or far end), echo: one's own sound comes back at −30.0 dB, 87.5 ms late");
    EXPECT_EQ(lines[4], "fault (mixer or sender), gain: alice arrives 3.0 dB too loud");
    EXPECT_EQ(lines[5], "fault (sender), drift: the peer's clock is 50.2 ppm too fast");
}

TEST(Faults, ADriftIsBelievedWhenItMovedTheSound)
{
    EXPECT_EQ(namesOf(figuresWith({ { "sound.seconds_s", 9 }, { "drift.ppm", -98.0 } })), "");
    EXPECT_EQ(namesOf(figuresWith({ { "sound.seconds_s", 40 }, { "drift.ppm", -38.0 } })), "drift");
    EXPECT_EQ(namesOf(figuresWith({ { "sound.seconds_s", 4000 }, { "drift.ppm", 12.0 } })), "");
}

TEST(Faults, MutedSwappedAndUnexpectedAreToldApart)
{
    const auto with = [](bool alice, bool bob) {
        FigureSet figures;
        figures.set("hears.alice", alice, { "", "", "", "" });
        figures.set("hears.bob", bob, { "", "", "", "" });
        return figures;
    };
    FaultReference reference;
    reference.names = PilotNames::parse("1=alice,2=bob").value();
    reference.expectations = parseExpectations("hears: {alice: true, bob: false}", "").value();
    EXPECT_EQ(namesOf(with(true, false), reference), "");
    EXPECT_EQ(namesOf(with(false, false), reference), "muted");
    EXPECT_EQ(namesOf(with(false, true), reference), "swapped");
    EXPECT_EQ(namesOf(with(true, true), reference), "unexpected leg");

    // A pilot without a name, in place of the one that is expected.
    auto figures = with(false, false);
    figures.setTable({ "pilots", { { "pilot", "" }, { "last", "s" } }, { { std::string("pilot_9"), 5.0 } }, 0 });
    EXPECT_EQ(namesOf(figures, reference), "swapped");

    // Heard at first, and no more.
    auto gone = with(true, false);
    gone.set("sound.seconds_s", 20.0, { "", "", "", "" });
    gone.setTable({ "pilots", { { "pilot", "" }, { "last", "s" } }, { { std::string("alice"), 12.0 } }, 0 });
    EXPECT_EQ(namesOf(gone, reference), "muted");
}

TEST(Faults, RegularBreaksOfTheSenderAreToldWithTheirDistance)
{
    FigureSet figures;
    addGaps(figures, { 105.0, 115.001, 125.0 }, 20.0);
    addBreakCauses(figures, TransportReport {});
    addFaults(figures, {});
    EXPECT_EQ(figures.find("faults.names")->text(), "gaps");
    EXPECT_NE(faultLines(figures)[0].find("3 breaks of up to 20.0 ms"), std::string::npos) << faultLines(figures)[0];
    EXPECT_NE(faultLines(figures)[0].find("every 10.00 s"), std::string::npos) << faultLines(figures)[0];

    // The same breaks where packets were lost are the network's, which tells of them itself.
    FigureSet lossy;
    addGaps(lossy, { 105.0, 115.0 }, 20.0);
    TransportReport report;
    report.actions = { action(105.0, 20.0, PlayoutCause::lost, 1), action(115.0, 20.0, PlayoutCause::lost, 1) };
    addBreakCauses(lossy, report);
    EXPECT_EQ(namesOf(lossy), "");
}

TEST(Faults, DigitsThatNoReceiverIsObligedToAcceptAreNamed)
{
    EXPECT_EQ(namesOf(dtmfFigures("159D*0#", 60, 0.0)), "");
    EXPECT_EQ(dtmfFigures("159D*0#", 60, 0.0).find("dtmf.nonconforming")->number(), 0.0);
    EXPECT_EQ(namesOf(dtmfFigures("159D*0#", 30, 0.0)), "short digit");
    EXPECT_EQ(dtmfFigures("159D*0#", 30, 0.0).find("dtmf.nonconforming")->number(), 7.0);
    EXPECT_EQ(namesOf(dtmfFigures("159D*0#", 24, 0.0)), "short digit");
    EXPECT_EQ(namesOf(dtmfFigures("159D*0#", 60, 6.0)), "twist");
    EXPECT_EQ(namesOf(dtmfFigures("159D*0#", 60, -10.0)), "twist");
    const auto faults = findFaults(dtmfFigures("159D*0#", 30, 0.0), {});
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_NEAR(faults[0].value.value_or(0.0), 28.0, 1.0);  // at half amplitude: edges of 2 ms
    EXPECT_NEAR(findFaults(dtmfFigures("159D*0#", 60, 6.0), {}).at(0).value.value_or(0.0), 6.0, 0.1);
}

} // namespace mw::lab_test
