// What RTCP tells of a call both ways: reports about our stream, the round trip, VoIP metrics of RFC 3611.
#include "RawCall.h"

#include <Support/Process.h>
#include <mw_sip/RtcpWatch.h>
#include <mw_sip/RtcpXr.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <unistd.h>

namespace mw::test
{

namespace
{

constexpr uint32_t own = 0x0a0b0c0d, peerSsrc = 0x01020304;
constexpr std::chrono::seconds patience { 60 };

void append(std::vector<uint8_t>& octets, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        octets.push_back(static_cast<uint8_t>(value >> shift));
}

/** A sender report without blocks, its NTP time 0x11112222.33334444. */
std::vector<uint8_t> senderReport()
{
    std::vector<uint8_t> octets { 0x80, 200, 0, 6 };
    for (const uint32_t word : { own, 0x11112222u, 0x33334444u, 0u, 100u, 16000u })
        append(octets, word);
    return octets;
}

/** A receiver report of the peer's with one block. @param dlsr [1/65536 s] */
std::vector<uint8_t> receiverReport(uint32_t about, uint32_t fractionAndLost, uint32_t jitter, uint32_t lsr, uint32_t dlsr)
{
    std::vector<uint8_t> octets { 0x81, 201, 0, 7 };
    for (const uint32_t word : { peerSsrc, about, fractionAndLost, 0u, jitter, lsr, dlsr })
        append(octets, word);
    return octets;
}

XrVoipMetrics someMetrics()
{
    XrVoipMetrics metrics;
    metrics.ssrc = peerSsrc;
    metrics.lossRate = 5;
    metrics.discardRate = 3;
    metrics.burstDensity = 200;
    metrics.gapDensity = 2;
    metrics.burstDurationMs = 160;
    metrics.gapDurationMs = 12345;
    metrics.roundTripMs = 42;
    metrics.endSystemDelayMs = 85;
    metrics.receiverConfiguration = 0xe0;
    metrics.bufferNominalMs = 40;
    metrics.bufferMaximumMs = 40;
    metrics.bufferAbsoluteMaximumMs = 250;
    return metrics;
}

struct WatchUnderTest
{
    ReceiverState state;
    bool stateIsKnown = true;
    RtcpFigures told;
    ManualClock clock;
    RtcpWatch watch { clock, { [this](ReceiverState& wanted) {
                                  wanted = state;
                                  return stateIsKnown;
                              },
                               [this](const RtcpFigures& figures) { told = figures; } } };

    WatchUnderTest()
    {
        EXPECT_EQ(watch.attach(own, nullptr, 21), 0);
        watch.setClockRate(8000);
        state.losses.packets = 1000;
    }
};

} // namespace

TEST(RtcpWatch, ABlockAboutUsTellsLossJitterAndRoundTrip)
{
    WatchUnderTest bench;
    EXPECT_TRUE(bench.watch.sent(senderReport(), 1'000'000'000).empty()) << "nothing is known of a peer's stream yet";
    EXPECT_EQ(bench.told.reportsSent, 1u);
    EXPECT_EQ(bench.told.xrSent, 0u);
    // The peer held our report for 1.5 s and its answer came 1.58 s after we sent it.
    bench.watch.received(receiverReport(own, (64u << 24) | 25u, 80, 0x22223333, 98304), 2'580'000'000);
    EXPECT_EQ(bench.told.reportsReceived, 1u);
    EXPECT_EQ(bench.told.blocksReceived, 1u);
    EXPECT_DOUBLE_EQ(bench.told.peerFractionLost, 0.25);
    EXPECT_EQ(bench.told.peerLost, 25);
    EXPECT_DOUBLE_EQ(bench.told.peerJitterMs, 10.0);
    EXPECT_EQ(bench.told.roundTrips, 1u);
    EXPECT_NEAR(bench.told.roundTripMs, 80.0, 0.001);
    bench.watch.received(receiverReport(own, 0x00ffffffu, 80, 0x22223333, 98304), 2'540'000'000);
    EXPECT_EQ(bench.told.peerLost, -1) << "24 bits with a sign: more came than were sent";
    EXPECT_NEAR(bench.told.roundTripLeastMs, 40.0, 0.001);
    EXPECT_NEAR(bench.told.roundTripMostMs, 80.0, 0.001);
    EXPECT_NEAR(bench.told.roundTripMeanMs(), 60.0, 0.001);
}

TEST(RtcpWatch, BlocksAboutOthersAndReportsThatWeNeverSentTellNoRoundTrip)
{
    WatchUnderTest bench;
    bench.watch.received(receiverReport(own, 0, 0, 0x22223333, 98304), 2'000'000'000);
    (void) bench.watch.sent(senderReport(), 3'000'000'000);
    bench.watch.received(receiverReport(own, 0, 0, 0, 98304), 4'000'000'000);
    bench.watch.received(receiverReport(own, 0, 0, 0x22223334, 0), 4'000'000'000);
    EXPECT_EQ(bench.told.blocksReceived, 3u);
    bench.watch.received(receiverReport(own + 1, 1, 1, 0x22223333, 0), 4'000'000'000);
    EXPECT_EQ(bench.told.blocksReceived, 3u);
    EXPECT_EQ(bench.told.reportsReceived, 4u);
    EXPECT_EQ(bench.told.roundTrips, 0u);
    // A peer that rounds its delay up must not make the round trip negative.
    bench.watch.received(receiverReport(own, 0, 0, 0x22223333, 65536 + 70), 4'000'000'000);
    EXPECT_EQ(bench.told.roundTrips, 1u);
    EXPECT_EQ(bench.told.roundTripMs, 0.0);
}

TEST(RtcpWatch, AnExtendedReportGoesWithEachReportOnceTheStreamIsKnown)
{
    WatchUnderTest bench;
    bench.watch.peerIs(peerSsrc);
    bench.state.losses.lost = 30;
    bench.state.losses.discarded = 20;
    bench.state.losses.bursts = 2;
    bench.state.losses.burstPackets = 40;
    bench.state.losses.burstMissing = 20;
    bench.state.losses.gaps = 3;
    bench.state.packetMs = 20.0;
    bench.state.delayMs = 63.4;
    bench.state.bufferNominalMs = bench.state.bufferMaximumMs = 40.0;
    bench.state.bufferAbsoluteMaximumMs = 250.0;
    const auto extra = bench.watch.sent(senderReport(), 1);
    ASSERT_EQ(extra.size(), 44u);
    EXPECT_EQ(bench.told.xrSent, 1u);
    XrVoipMetrics expected;
    expected.ssrc = peerSsrc;
    expected.lossRate = 7;       // 30 / 1000 × 256 = 7.7
    expected.discardRate = 5;    // 5.1
    expected.burstDensity = 128;
    expected.gapDensity = 8;     // 30 / 960 × 256 = 8.0
    expected.burstDurationMs = 400;
    expected.gapDurationMs = 6400;
    expected.roundTripMs = 0;
    expected.endSystemDelayMs = 63;
    expected.receiverConfiguration = 0xe0;
    expected.bufferNominalMs = expected.bufferMaximumMs = 40;
    expected.bufferAbsoluteMaximumMs = 250;
    EXPECT_EQ(bench.told.sent, expected);
    EXPECT_EQ(rtcp::decodeVoipMetrics(extra.subspan<12, 32>()), expected);

    auto goodbye = senderReport();
    goodbye.insert(goodbye.end(), { 0x81, 203, 0, 1, 1, 2, 3, 4 });
    EXPECT_TRUE(bench.watch.sent(goodbye, 2).empty()) << "nothing stands behind a BYE";
    bench.stateIsKnown = false;
    EXPECT_TRUE(bench.watch.sent(senderReport(), 3).empty());
    EXPECT_TRUE(bench.watch.sent(std::vector<uint8_t> { 0x80, 202, 0, 0 }, 4).empty());
    EXPECT_EQ(bench.told.xrSent, 1u);
    EXPECT_EQ(bench.told.reportsSent, 3u);
}

TEST(RtcpWatch, VoipMetricsAboutUsAreTakenAndOthersOnlyCounted)
{
    WatchUnderTest bench;
    auto metrics = someMetrics();
    metrics.ssrc = own;
    const auto about = rtcp::encodeXr(peerSsrc, metrics);
    auto compound = receiverReport(own, 0, 0, 0, 0);
    compound.insert(compound.end(), about.begin(), about.end());
    bench.watch.received(compound, 1);
    EXPECT_EQ(bench.told.xrReceived, 1u);
    EXPECT_EQ(bench.told.xrAboutUs, 1u);
    EXPECT_EQ(bench.told.received, metrics);
    metrics.ssrc = own + 1;
    bench.watch.received(rtcp::encodeXr(peerSsrc, metrics), 2);
    EXPECT_EQ(bench.told.xrReceived, 2u);
    EXPECT_EQ(bench.told.xrAboutUs, 1u);
    EXPECT_EQ(bench.told.malformed, 0u);
    // Behind a block of another kind, here a receiver reference time of 8 octets.
    metrics.ssrc = own;
    auto two = rtcp::encodeXr(peerSsrc, metrics);
    std::vector<uint8_t> packet(two.begin(), two.begin() + 8);
    packet[3] = 10 + 3;
    packet.insert(packet.end(), { 4, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8 });
    packet.insert(packet.end(), two.begin() + 8, two.end());
    bench.watch.received(packet, 3);
    EXPECT_EQ(bench.told.xrAboutUs, 2u);
}

TEST(RtcpWatch, WhatIsCutShortIsCountedAndReadNoFurtherThanItReaches)
{
    auto metrics = someMetrics();
    metrics.ssrc = own;
    const auto about = rtcp::encodeXr(peerSsrc, metrics);
    auto compound = receiverReport(own, 0, 0, 0, 0);
    compound.insert(compound.end(), about.begin(), about.end());
    for (size_t length = 0; length < compound.size(); ++length)
    {
        WatchUnderTest bench;
        const std::vector<uint8_t> part(compound.begin(), compound.begin() + static_cast<std::ptrdiff_t>(length));
        bench.watch.received(part, 1);
        EXPECT_EQ(bench.told.malformed, length == 32 ? 0u : 1u) << length;
        EXPECT_EQ(bench.told.xrReceived, 0u) << length;
    }
    WatchUnderTest bench;
    auto boasting = about;
    boasting[11] = 200;  // a block longer than its packet
    bench.watch.received(boasting, 1);
    EXPECT_EQ(bench.told.malformed, 1u);
    auto manyBlocks = receiverReport(own, 0, 0, 0, 0);
    manyBlocks[0] = 0x9f;
    bench.watch.received(manyBlocks, 2);
    EXPECT_EQ(bench.told.blocksReceived, 1u);
}

TEST(RtcpWatch, WiresharkReadsTheExtendedReportAsItIsMeant)
{
    const auto folder = std::filesystem::temp_directory_path() / ("mw-xr-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    auto octets = receiverReport(own, 0, 0, 0, 0);
    const auto about = rtcp::encodeXr(peerSsrc, someMetrics());
    octets.insert(octets.end(), about.begin(), about.end());
    {
        std::ofstream dump(folder / "packet.txt");
        dump << "0000";
        for (const auto octet : octets)
        {
            const char* digits = "0123456789abcdef";
            dump << ' ' << digits[octet >> 4] << digits[octet & 15];
        }
        dump << "\n";
    }
    const auto capture = (folder / "packet.pcap").string();
    Process made({ "text2pcap", "-q", "-u", "5005,5005", (folder / "packet.txt").string(), capture });
    ASSERT_EQ(made.wait(patience), 0) << made.output();
    std::vector<std::string> command { "tshark", "-r", capture, "-d", "udp.port==5005,rtcp", "-T", "fields", "-E", "separator=;" };
    const std::vector<std::pair<std::string, std::string>> fields {
        { "rtcp.xr.bt", "7" }, { "rtcp.xr.bl", "8" }, { "rtcp.ssrc.identifier", "0x0a0b0c0d,0x01020304" },
        { "rtcp.xr.voipmetrics.burstdensity", "200" }, { "rtcp.xr.voipmetrics.gapdensity", "2" },
        { "rtcp.xr.voipmetrics.burstduration", "160" }, { "rtcp.xr.voipmetrics.gapduration", "12345" },
        { "rtcp.xr.voipmetrics.rtdelay", "42" }, { "rtcp.xr.voipmetrics.esdelay", "85" },
        { "rtcp.xr.voipmetrics.gmin", "16" }, { "rtcp.xr.voipmetrics.jbnominal", "40" },
        { "rtcp.xr.voipmetrics.jbmax", "40" }, { "rtcp.xr.voipmetrics.jbabsmax", "250" },
        { "rtcp.xr.voipmetrics.signallevel", "127" }, { "rtcp.xr.voipmetrics.noiselevel", "127" },
        { "rtcp.xr.voipmetrics.rerl", "127" }, { "rtcp.xr.voipmetrics.rfactor", "127" },
        { "rtcp.xr.voipmetrics.extrfactor", "127" }, { "rtcp.xr.voipmetrics.moslq", "127" },
        { "rtcp.xr.voipmetrics.moscq", "127" }, { "rtcp.xr.voipmetrics.plc", "3" }, { "rtcp.xr.voipmetrics.jba", "2" },
        { "_ws.malformed", "" },
        { "rtcp.length_check.bad", "" } };
    std::string expected;
    for (const auto& [name, value] : fields)
    {
        command.insert(command.end(), { "-e", name });
        expected += (expected.empty() ? "" : ";") + value;
    }
    Process read(command);
    EXPECT_EQ(read.wait(patience), 0) << read.output();
    EXPECT_EQ(read.standardOutput(), expected + "\n");
    std::filesystem::remove_all(folder);
}

TEST(RtcpWatch, InACallEachReportCarriesVoipMetricsAndThePeersAreTaken)
{
    StackUnderTest stack;
    stack.start();
    RawSocket control;
    RawCall call(stack, "0", "a=rtcp:" + std::to_string(control.port()) + "\r\n");
    EXPECT_NE(call.answer.find("\r\na=rtcp-xr:voip-metrics\r\n"), std::string::npos) << call.answer;
    const auto ourSsrc = static_cast<uint32_t>(std::stoul(call.answer.substr(call.answer.find("a=ssrc:") + 7)));

    // Packets of 20 ms until a report comes. Of those before the 100th, four in a row and one alone are left out.
    RealClock clock;
    std::array<float, 160> block {};
    std::optional<std::vector<uint8_t>> compound;
    auto nextNs = clock.nowNs();
    for (uint16_t sequence = 0; sequence < 3000; ++sequence)
    {
        if (! ((sequence >= 40 && sequence < 44) || sequence == 90))
            call.send(call.peer.rtp, sequence, std::vector<uint8_t>(160, 0xff));
        call.port->pull(block, clock.nowNs());
        call.port->push(block, clock.nowNs());  // libre 4.10 makes a sender report only when sound was sent
        stack.legs().tickDone(0);
        compound = control.receive(std::chrono::milliseconds(1));
        if (compound && compound->size() > 52 + 44 && (*compound)[1] == 200)
            break;
        nextNs += 20'000'000;
        clock.sleepUntilNs(nextNs);
    }
    ASSERT_TRUE(compound.has_value()) << "no report with a block about the peerSsrc and something behind it in a minute";
    const auto& octets = *compound;
    const auto at = octets.size() - 44;
    ASSERT_EQ(octets[at + 1], 207) << "the extended report stands last";
    const auto metrics = rtcp::decodeVoipMetrics(std::span<const uint8_t, 32>(&octets[at + 12], 32));
    EXPECT_EQ(metrics.ssrc, 7u);
    EXPECT_EQ(metrics.gmin, 16);
    EXPECT_EQ(metrics.burstDensity, 255) << "all four of the burst: 256 of 256, as much as an octet holds";
    EXPECT_EQ(metrics.burstDurationMs, 80);
    EXPECT_GT(metrics.lossRate, 3) << "5 of about 250";
    EXPECT_LT(metrics.lossRate, 8);
    EXPECT_EQ(metrics.discardRate, 0);
    EXPECT_EQ(metrics.roundTripMs, 0);
    EXPECT_EQ(metrics.rFactor, XrVoipMetrics::unavailable);
    EXPECT_EQ(metrics.bufferNominalMs, 40);
    EXPECT_EQ(metrics.bufferAbsoluteMaximumMs, 250);

    // What the peerSsrc says about us, held back by 50 ms of which it tells.
    const auto heldUntilNs = clock.nowNs() + 50'000'000;
    clock.sleepUntilNs(heldUntilNs);
    const auto lsr = (uint32_t { octets[10] } << 24) | (uint32_t { octets[11] } << 16) | (uint32_t { octets[12] } << 8) | octets[13];
    auto answer = receiverReport(ourSsrc, (13u << 24) | 7u, 40, lsr, 65536 / 20);
    auto about = someMetrics();
    about.ssrc = ourSsrc;
    const auto extended = rtcp::encodeXr(peerSsrc, about);
    answer.insert(answer.end(), extended.begin(), extended.end());
    control.send(RawSipPeer::audioPortOf(call.answer) + 1, answer.data(), answer.size());
    TransportReport report;
    for (int round = 0; round < 3000 && report.rtcp.xrReceived == 0; ++round)
    {
        clock.sleepUntilNs(clock.nowNs() + 10'000'000);
        report = call.port->transportReport();
    }
    EXPECT_EQ(report.rtcp.received, about);
    if (report.rtcp.reportsSent == 1)  // on a host that stood still for 5 s a second one may have left by now
    {
        EXPECT_EQ(report.rtcp.sent, metrics);
        EXPECT_EQ(report.rtcp.xrSent, 1u);
    }
    EXPECT_EQ(report.rtcp.blocksReceived, 1u);
    EXPECT_EQ(report.rtcp.peerLost, 7);
    EXPECT_DOUBLE_EQ(report.rtcp.peerFractionLost, 13.0 / 256.0);
    EXPECT_DOUBLE_EQ(report.rtcp.peerJitterMs, 5.0);
    ASSERT_EQ(report.rtcp.roundTrips, 1u);
    EXPECT_GT(report.rtcp.roundTripMs, 0.0);
    EXPECT_LT(report.rtcp.roundTripMs, 5000.0) << "the peer's sleep may have been long, its report is older then";
    EXPECT_EQ(report.losses.lost, 5u);
    EXPECT_EQ(report.stream.lost(), 5u);
}

} // namespace mw::test
