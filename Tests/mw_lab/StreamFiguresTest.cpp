// From a call's transport report to its figures: what is known, what is not, and why.
#include "ReadingBench.h"

#include <mw_lab/measure/QualityFigures.h>
#include <mw_lab/measure/StreamFigures.h>
#include <mw_lab/measure/FigureCatalogue.h>

#include <gtest/gtest.h>

namespace mw
{
namespace
{

TransportReport someReport()
{
    TransportReport report;
    report.format.name = "PCMU";
    report.format.eventPayloadType = 101;
    report.stream.packets = 1000;
    report.stream.octets = 160000;
    report.stream.expected = 1010;
    report.stream.unique = 998;
    report.stream.ssrc = 0x0012abcd;
    report.stream.jitterMaxMs = 3.5;
    for (int i = 0; i < 990; ++i)
    {
        report.packetTicks.add(160);
        report.payloadTypes.add(0);
    }
    for (int i = 0; i < 8; ++i)
        report.payloadTypes.add(101);
    report.payloadTypes.add(18);
    report.packetTicks.add(80);
    report.spacingChangeP50Ms = 0.2;
    report.arrivalGapP50Ms = 20.0;
    report.losses = { 1000, 15, 5, 2, 20, 10, 14, 3, 16, 4 };
    report.bufferDelayMs = 40.0;
    return report;
}

std::string whyNot(const FigureSet& figures, std::string_view path)
{
    const auto* figure = figures.find(path);
    return figure == nullptr ? "nobody set it" : figure->isMeasured() ? "it was measured" : figure->whyNot;
}

TEST(StreamFigures, TellWhatTheStreamDid)
{
    FigureSet figures;
    addStreamFigures(figures, someReport());
    EXPECT_EQ(valueOf(figures, "transport.network_lost"), 12.0);
    EXPECT_NEAR(valueOf(figures, "transport.network_loss_percent"), 100.0 * 12.0 / 1010.0, 1e-9);
    EXPECT_EQ(valueOf(figures, "transport.discarded"), 5.0);
    EXPECT_NEAR(valueOf(figures, "transport.missing_percent"), 2.0, 1e-9);
    EXPECT_EQ(valueOf(figures, "transport.bursts"), 2.0);
    EXPECT_NEAR(valueOf(figures, "transport.burst_density_percent"), 50.0, 1e-9);
    EXPECT_NEAR(valueOf(figures, "transport.burst_ms"), 200.0, 1e-9);
    EXPECT_NEAR(valueOf(figures, "transport.longest_burst_ms"), 280.0, 1e-9);
    EXPECT_NEAR(valueOf(figures, "transport.gap_density_percent"), 1000.0 / 980.0, 1e-9);
    EXPECT_NEAR(valueOf(figures, "transport.burst_ratio"), 20.0 / 16.0 * 0.98, 1e-9);
    EXPECT_EQ(valueOf(figures, "transport.ptime_ms"), 20.0);
    EXPECT_EQ(valueOf(figures, "transport.jitter_max_ms"), 3.5);
    EXPECT_EQ(figures.find("transport.codec")->text(), "PCMU/8000");
    EXPECT_EQ(figures.find("transport.ssrc")->text(), "0x0012abcd");

    const auto* lengths = figures.table("packet lengths");
    ASSERT_NE(lengths, nullptr);
    ASSERT_EQ(lengths->rows.size(), 2u);
    EXPECT_EQ(std::get<double>(lengths->rows[1][0]), 10.0);
    const auto* types = figures.table("payload types");
    ASSERT_NE(types, nullptr);
    ASSERT_EQ(types->rows.size(), 3u);
    EXPECT_EQ(std::get<std::string>(types->rows[0][1]), "PCMU/8000");
    EXPECT_EQ(std::get<std::string>(types->rows[1][1]), "telephone-event");
    EXPECT_EQ(std::get<std::string>(types->rows[2][1]), "G729/8000");
}

TEST(StreamFigures, WhatRtcpDidNotTellIsNotMade)
{
    auto report = someReport();
    FigureSet figures;
    addStreamFigures(figures, report);
    EXPECT_EQ(valueOf(figures, "rtcp.reports_sent"), 0.0);
    EXPECT_NE(whyNot(figures, "rtcp.round_trip_ms").find("every 5 s"), std::string::npos);
    EXPECT_EQ(whyNot(figures, "rtcp.peer_lost"), "no RTCP report about our stream came");
    EXPECT_EQ(whyNot(figures, "xr.peer_loss_percent"), "no VoIP metrics about our stream came (RFC 3611)");

    report.rtcp.blocksReceived = report.rtcp.xrReceived = report.rtcp.xrAboutUs = 1;
    report.rtcp.peerLost = -3;
    report.rtcp.received.lossRate = 64;
    report.rtcp.received.mosConversation = 42;
    report.rtcp.received.signalLevelDbm0 = -20;
    report.rtcp.roundTrips = 2;
    report.rtcp.roundTripSumMs = 30.0;
    addStreamFigures(figures, report);
    EXPECT_EQ(valueOf(figures, "rtcp.peer_lost"), -3.0);
    EXPECT_EQ(valueOf(figures, "rtcp.round_trip_ms"), 15.0);
    EXPECT_EQ(valueOf(figures, "xr.peer_loss_percent"), 25.0);
    EXPECT_NEAR(valueOf(figures, "xr.peer_mos_cq"), 4.2, 1e-9);
    EXPECT_EQ(valueOf(figures, "xr.peer_signal_dbm0"), -20.0);
    EXPECT_FALSE(figures.find("xr.peer_r")->isMeasured()) << "127 says that it is not known";
    EXPECT_FALSE(figures.find("xr.peer_round_trip_ms")->isMeasured()) << "0 says that it is not known";
}

TEST(StreamFigures, ACallWithoutMediaAndOneWithoutPacketsSayWhy)
{
    FigureSet none, silent;
    addStreamFigures(none, std::nullopt);
    addQualityFigures(none, std::nullopt);
    addStreamFigures(silent, TransportReport {});
    addQualityFigures(silent, TransportReport {});
    for (const auto& known : knownFigures())
        if (known.path.starts_with("rtcp.") || known.path.starts_with("xr.") || known.path.starts_with("quality."))
        {
            EXPECT_EQ(whyNot(none, known.path), "the call had no media") << known.path;
            EXPECT_NE(silent.find(known.path), nullptr) << known.path;
        }
    EXPECT_EQ(whyNot(none, "transport.octets"), "the call had no media");
    EXPECT_EQ(whyNot(silent, "transport.octets"), "no packet came");
    EXPECT_EQ(whyNot(silent, "transport.codec"), "no packet came");
    EXPECT_EQ(whyNot(silent, "quality.mos_cqe"), "no packet of sound had its turn");
}

TEST(QualityFigures, WithoutADelayWhatIsHeardIsRatedAndTheConversationIsNot)
{
    FigureSet figures;
    addQualityFigures(figures, someReport());
    EXPECT_FALSE(figures.find("quality.mos_cqe")->isMeasured());
    EXPECT_NE(whyNot(figures, "quality.mos_cqe").find("delay is not known"), std::string::npos);
    // 2 % missing, BurstR 1.225: Ie,eff = 190 / (2 / 1.225 + 25.1)
    EXPECT_NEAR(valueOf(figures, "quality.ie_eff"), 190.0 / (2.0 / 1.225 + 25.1), 1e-9);
    EXPECT_NEAR(valueOf(figures, "quality.mos_lqe"), 4.23, 0.02);
    EXPECT_LT(valueOf(figures, "quality.mos_lqe_unconcealed"), 3.3);
    EXPECT_NE(figures.find("quality.inputs")->text().find("delay missing"), std::string::npos);
}

TEST(QualityFigures, HalfTheRoundTripThePacketAndTheBufferMakeTheDelay)
{
    auto report = someReport();
    report.rtcp.roundTrips = 1;
    report.rtcp.roundTripSumMs = 100.0;
    FigureSet figures;
    addQualityFigures(figures, report);
    EXPECT_NEAR(valueOf(figures, "quality.delay_ms"), 50.0 + 20.0 + 40.0, 1e-9);
    EXPECT_LT(valueOf(figures, "quality.mos_cqe"), valueOf(figures, "quality.mos_lqe"));
    EXPECT_GT(valueOf(figures, "quality.id"), 2.0);

    // What a pilot measured goes before.
    figures.set("delay.p50_ms", 300.0, { "ms", "", "", "" });
    addQualityFigures(figures, report);
    EXPECT_EQ(valueOf(figures, "quality.delay_ms"), 300.0 + 20.0);
    EXPECT_GT(valueOf(figures, "quality.id"), 15.0);
    EXPECT_NE(figures.find("quality.inputs")->text().find("pilot"), std::string::npos);
}

TEST(QualityFigures, ACodecWithoutPublishedImpairmentIsNotRated)
{
    auto report = someReport();
    report.format.name = "opus";
    FigureSet figures;
    addQualityFigures(figures, report);
    EXPECT_EQ(whyNot(figures, "quality.mos_lqe"), "ITU-T G.113 has no impairment of opus on the scale of G.107");
    EXPECT_EQ(whyNot(figures, "quality.mos_cqe"), whyNot(figures, "quality.mos_lqe"));
    EXPECT_NE(figures.find("quality.inputs")->text().find("no impairment published"), std::string::npos);
}

} // namespace
} // namespace mw
