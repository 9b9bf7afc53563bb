#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::FakeLegFactory;
using test::FakeNetwork;
using test::FakePcmuCodec;
using test::msNs;

TEST(FakeLegs, MuLawGivesEveryCodeBack)
{
    for (int code = 0; code < 256; ++code)
    {
        const int expected = code == 0x7f ? 0xff : code;  // 0x7f is the second zero
        EXPECT_EQ(FakePcmuCodec::encodeSample(FakePcmuCodec::decodeSample(static_cast<uint8_t>(code))), expected);
    }
    EXPECT_EQ(FakePcmuCodec::decodeSample(0x00), -32124);  // ITU-T G.711, table 2a: ±8031 in 14 bit
    EXPECT_EQ(FakePcmuCodec::decodeSample(0x80), 32124);
    EXPECT_EQ(FakePcmuCodec::decodeSample(0xff), 0);
}

/** A factory, one leg that was answered, and its port on a device ticked by hand. */
struct CallBench
{
    explicit CallBench(FakeNetwork network = {}, bool correctDrift = true)
    {
        FakeLegFactory::Config config;
        config.clock = clock;
        config.port.engineRateHz = 8000;
        config.port.playout.depthMs = 60;
        config.port.playout.correctDrift = correctDrift;
        factory = std::make_unique<FakeLegFactory>(config);
        EXPECT_TRUE(factory->start([this](LegEvent event) { events.push_back(std::move(event)); }).ok());
        leg = factory->ring("sip:alice@example.com");
        factory->answer(leg);
        factory->setVoice(leg, [](std::span<uint8_t> octets, uint64_t firstSample) {
            for (size_t i = 0; i < octets.size(); ++i)
                octets[i] = static_cast<uint8_t>(0x80 + (firstSample + i) / 160 % 64);
        }, network);
    }

    void tick()
    {
        factory->pump();
        auto port = factory->port(leg);
        port->pull(block, clock->nowNs());
        port->push(block, clock->nowNs());
        clock->advanceNs(20 * msNs);
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    std::vector<LegEvent> events;
    std::unique_ptr<FakeLegFactory> factory;
    LegId leg = 0;
    std::vector<float> block = std::vector<float>(160);
};

TEST(FakeLegs, ACallRunsFromRingToHangUp)
{
    CallBench bench;
    ASSERT_EQ(bench.events.size(), 3u);
    EXPECT_EQ(bench.events[0].kind, LegEvent::Kind::incoming);
    EXPECT_EQ(bench.events[0].peerName, "alice");
    EXPECT_EQ(bench.events[1].kind, LegEvent::Kind::established);
    EXPECT_EQ(bench.events[2].kind, LegEvent::Kind::mediaReady);
    ASSERT_NE(bench.events[2].port, nullptr);
    for (int i = 0; i < 50; ++i)
        bench.tick();
    const auto& heard = bench.factory->heard(bench.leg);
    ASSERT_EQ(heard.size(), 50u);
    EXPECT_EQ(heard[40].payload, std::vector<uint8_t>(160, static_cast<uint8_t>(heard[39].payload[0] + 1)));
    bench.factory->peerHangsUp(bench.leg);
    EXPECT_EQ(bench.events.back().kind, LegEvent::Kind::closed);
    EXPECT_TRUE(bench.events[2].port->isDead());
    EXPECT_EQ(bench.factory->openLegs(), 0u);
}

TEST(FakeLegs, DialResultsAndRefusalsAreAsScripted)
{
    CallBench bench;
    bench.factory->setDialResult("sip:busy@x", { FakeLegFactory::DialResult::Kind::rejects, 486, "Busy Here" });
    bench.factory->setDialResult("sip:slow@x", { FakeLegFactory::DialResult::Kind::staysRinging, 180, "Ringing" });
    ASSERT_TRUE(bench.factory->dial("sip:busy@x").ok());
    EXPECT_EQ(bench.events.back().kind, LegEvent::Kind::closed);
    EXPECT_EQ(bench.events.back().sipCode, 486);
    EXPECT_TRUE(bench.events.back().failed);
    ASSERT_TRUE(bench.factory->dial("sip:slow@x").ok());
    EXPECT_EQ(bench.events.back().kind, LegEvent::Kind::ringing);
    ASSERT_TRUE(bench.factory->dial("sip:friend@x").ok());
    EXPECT_EQ(bench.events.back().kind, LegEvent::Kind::mediaReady);
    bench.factory->refuseNewLegs();
    EXPECT_FALSE(bench.factory->dial("sip:friend@x").ok());
    EXPECT_EQ(bench.factory->ring("sip:late@x"), 0u);
    EXPECT_EQ(bench.factory->refusedCalls(), 1u);
    bench.factory->stop(0);
    EXPECT_EQ(bench.factory->openLegs(), 0u);
}

TEST(FakeLegs, TheNetworkIsRepeatableAndItsHarmIsCounted)
{
    const auto statsAfter = [](uint64_t seed) {
        FakeNetwork network;
        network.lossShare = 0.05;
        network.duplicateShare = 0.05;
        network.jitterMs = 30;
        network.seed = seed;
        CallBench bench(network);
        for (int i = 0; i < 2000; ++i)
            bench.tick();
        return bench.factory->port(bench.leg)->mediaStats().playout;
    };
    const auto first = statsAfter(1), again = statsAfter(1), other = statsAfter(2);
    EXPECT_EQ(first.lost, again.lost);
    EXPECT_EQ(first.duplicate, again.duplicate);
    EXPECT_EQ(first.reordered, again.reordered);
    EXPECT_EQ(first.jitterMs, again.jitterMs);
    EXPECT_NE(first.lost, other.lost);
    EXPECT_NEAR(static_cast<double>(first.lost), 100.0, 40.0);
    EXPECT_NEAR(static_cast<double>(first.duplicate), 95.0, 40.0);
    EXPECT_GT(first.reordered, 50u);
    EXPECT_EQ(first.late, 0u);
}

TEST(FakeLegs, APeersClockThatRunsFastFillsTheBuffer)
{
    FakeNetwork network;
    network.driftPpm = 500.0;
    CallBench bench(network, false);
    for (int i = 0; i < 20000; ++i)  // 400 s: 200 ms of drift
        bench.tick();
    const auto stats = bench.factory->port(bench.leg)->mediaStats().playout;
    EXPECT_NEAR(static_cast<double>(stats.packets), 20010.0, 3.0);
    EXPECT_EQ(stats.lost + stats.underruns, 0u);
    EXPECT_GT(stats.depthMs, 200.0);
}

} // namespace
} // namespace mw
