#include "LegTestSupport.h"

#include <Support/PeerTone.h>
#include <Support/RealTimeGuard.h>

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::FakeLegFactory;
using test::FakeNetwork;
using test::msNs;
using test::PeerTone;
using test::PeerToneEar;

/** One leg of an 8 kHz engine whose peer says a PeerTone and hears itself. */
class DriftBench
{
public:
    explicit DriftBench(const FakeNetwork& network, const PlayoutConfig& playout = {}) : ear(network.driftPpm)
    {
        FakeLegFactory::Config config;
        config.clock = clock;
        config.port.engineRateHz = 8000;
        config.port.maxBlockFrames = 160;
        config.port.playout = playout;
        factory = std::make_unique<FakeLegFactory>(config);
        EXPECT_TRUE(factory->start([](LegEvent) {}).ok());
        clock->advanceNs(7 * msNs);
        leg = factory->ring("sip:peer@example.com");
        factory->answer(leg);
        factory->setVoice(leg, PeerTone::speak, network);
        voiceStartNs = clock->nowNs();
        clock->advanceNs(3 * msNs);
        factory->setEar(leg, [this](const SendPacket& packet) {
            ear.hear(packet.payload, static_cast<double>(tickNs - voiceStartNs) * 1.0e-9);
        });
    }

    void run(double seconds)
    {
        for (int tick = 0; tick < static_cast<int>(seconds * 50.0); ++tick)
        {
            factory->pump();
            tickNs = clock->nowNs();
            auto& port = *factory->port(leg);
            port.pull(block, tickNs);
            port.push(block, tickNs);
            [[maybe_unused]] const auto& heard = factory->heard(leg);
            clock->advanceNs(20 * msNs);
        }
    }

    PlayoutStats stats() { return factory->port(leg)->mediaStats().playout; }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    std::unique_ptr<FakeLegFactory> factory;
    LegId leg = 0;
    int64_t voiceStartNs = 0, tickNs = 0;
    PeerToneEar ear;
    std::vector<float> block = std::vector<float>(160);
};

PlayoutConfig withDepth(int depthMs)
{
    PlayoutConfig config;
    config.depthMs = depthMs;
    return config;
}

FakeNetwork networkWith(double driftPpm, int jitterMs, uint64_t seed = 1)
{
    FakeNetwork network;
    network.driftPpm = driftPpm;
    network.jitterMs = jitterMs;
    network.seed = seed;
    return network;
}

/** @returns seconds until it is settled, or more than `longest` */
double settle(DriftBench& bench, double longest)
{
    double seconds = 0.0;
    for (; seconds <= longest && ! bench.stats().settled; seconds += 1.0)
        bench.run(1.0);
    return seconds;
}

TEST(Drift, IsAbsorbedWithoutADroppedOrDoubledSampleAtASteadyDelay)
{
    for (const int jitterMs : { 0, 15 })
        for (const double ppm : { 20.0, -20.0, 200.0, -200.0, 1000.0, -1000.0 })
        {
            SCOPED_TRACE(testing::Message() << ppm << " ppm, jitter " << jitterMs << " ms");
            DriftBench bench(networkWith(ppm, jitterMs), withDepth(60));
            EXPECT_LE(settle(bench, 200.0), 180.0);
            bench.run(10.0);
            const auto before = bench.stats();
            bench.ear.beginFigures();

            auto formerPpm = before.ratioPpm;
            for (int second = 0; second < 90; ++second)
            {
                bench.run(1.0);
                EXPECT_LE(std::abs(bench.stats().ratioPpm - formerPpm), 2.001);
                formerPpm = bench.stats().ratioPpm;
            }
            const auto after = bench.stats();
            EXPECT_NEAR(after.driftPpm, ppm, jitterMs > 0 ? 3.0 : 0.05);
            EXPECT_NEAR(after.ratioPpm, ppm, jitterMs > 0 ? 8.0 : 2.0);
            EXPECT_TRUE(after.settled);
            EXPECT_EQ(after.resamplings, 1u);
            EXPECT_EQ(after.lost + after.late + after.underruns + after.trims + after.concealedFrames,
                      before.lost + before.late + before.underruns + before.trims + before.concealedFrames);

            const auto& heard = bench.ear.figures();
            EXPECT_EQ(heard.blocks, 90u * 50u);
            EXPECT_EQ(heard.steps, 0u);
            EXPECT_EQ(heard.silent, 0u);
            EXPECT_LT(heard.greatestStepMs, 0.02);  // a sample is 0.125 ms
            EXPECT_GE(heard.leastMs, 59.0);
            EXPECT_LE(heard.mostMs, 61.5);
            EXPECT_GE(heard.marks, 7u);
            EXPECT_LT(heard.markErrorMs, 1.2);
        }
}

TEST(Drift, WithoutDriftEveryOctetPassesUnchangedWhateverTheJitter)
{
    for (const int jitterMs : { 0, 30 })
    {
        DriftBench bench(networkWith(0.0, jitterMs, 5), withDepth(60));
        std::mt19937 random(3);
        std::vector<uint8_t> said(1 << 15);
        for (auto& octet : said)
            if (octet = static_cast<uint8_t>(random()); octet == 0x7f)
                octet = 0xff;  // the second way to write zero
        bench.factory->setVoice(bench.leg, [&](std::span<uint8_t> octets, uint64_t first) {
            for (size_t i = 0; i < octets.size(); ++i)
                octets[i] = said[(first + i) % said.size()];
        }, networkWith(0.0, jitterMs, 5));
        uint64_t position = 0, equal = 0, other = 0;
        bool found = false;
        bench.factory->setEar(bench.leg, [&](const SendPacket& packet) {
            if (! found)
            {
                const auto at = std::search(said.begin(), said.end(), packet.payload.begin(), packet.payload.end());
                found = at != said.end();
                position = static_cast<uint64_t>(at - said.begin());
            }
            if (! found)
                return;
            for (const auto octet : packet.payload)
                ++(octet == said[position++ % said.size()] ? equal : other);
        });
        bench.run(600.0);
        EXPECT_GT(equal, 598u * 8000u);
        EXPECT_EQ(other, 0u);
        EXPECT_EQ(bench.stats().resamplings, 0u);
        EXPECT_TRUE(bench.stats().driftKnown);
        EXPECT_NEAR(bench.stats().driftPpm, 0.0, 4.0);
    }
}

// A starved host sends the first seconds of a stream at a pace of its own; 120 ppm were seen with clocks that were the same.
TEST(Drift, AYoungStreamsPaceIsBelievedOnceItMovedTheSound)
{
    DriftBench slight(networkWith(-120.0, 0)), great(networkWith(-1000.0, 0));
    slight.run(20.0);
    EXPECT_TRUE(slight.stats().driftKnown);
    EXPECT_EQ(slight.stats().resamplings, 0u) << "2.4 ms";
    slight.run(20.0);
    EXPECT_EQ(slight.stats().resamplings, 1u) << "4.8 ms";
    great.run(12.0);
    EXPECT_EQ(great.stats().resamplings, 1u);
}

TEST(Drift, ADelayThatCreepsAwayTooSlowlyToBeCalledDriftIsHeldAsWell)
{
    DriftBench bench(networkWith(3.0, 0), withDepth(40));
    bench.run(1000.0);
    EXPECT_FALSE(bench.stats().resampling);
    bench.run(700.0);  // 4 ms are 1333 s
    EXPECT_TRUE(bench.stats().resampling);
    bench.run(300.0);
    EXPECT_TRUE(bench.stats().settled);
    ASSERT_TRUE(bench.ear.delayMs().has_value());
    EXPECT_NEAR(*bench.ear.delayMs(), 40.0, 1.0);
    EXPECT_EQ(bench.stats().lost + bench.stats().underruns + bench.stats().trims, 0u);
}

TEST(Drift, SwitchedOffItIsMeasuredButNotCorrected)
{
    auto playout = withDepth(60);
    playout.correctDrift = false;
    DriftBench bench(networkWith(500.0, 0), playout);
    bench.run(60.0);
    EXPECT_NEAR(bench.stats().driftPpm, 500.0, 0.1);
    EXPECT_EQ(bench.stats().resamplings, 0u);
    EXPECT_NEAR(*bench.ear.delayMs(), 43.0 + 30.0, 1.0);  // grows with the drift
}

TEST(Drift, TheResamplerLeavesWhenTheDriftIsGone)
{
    DriftBench bench(networkWith(100.0, 0), withDepth(60));
    EXPECT_LE(settle(bench, 200.0), 180.0);
    // The peer goes on by our clock; the sound is another, so that the ear has nothing to say here.
    bench.factory->setVoice(bench.leg, PeerTone::speak, networkWith(0.0, 0));
    bench.run(600.0);
    EXPECT_FALSE(bench.stats().resampling);
    EXPECT_EQ(bench.stats().resamplings, 1u);
    EXPECT_EQ(bench.stats().ratioPpm, 0.0);
    EXPECT_EQ(bench.stats().underruns + bench.stats().trims, 0u);
}

TEST(Drift, CorrectionTakesNoMemoryAndNoLock)
{
    DriftBench bench(networkWith(-300.0, 10), withDepth(60));
    auto& port = *bench.factory->port(bench.leg);
    for (int tick = 0; tick < 60 * 50; ++tick)
    {
        bench.factory->pump();
        {
            const ScopedThreadRole role(ThreadRole::audioRegion);
            port.pull(bench.block, bench.clock->nowNs());
        }
        bench.clock->advanceNs(20 * msNs);
    }
    EXPECT_TRUE(bench.stats().resampling);
    EXPECT_EQ(test::RealTimeGuard::count(), 0) << test::RealTimeGuard::first();
}

// ---- the estimator alone ------------------------------------------------------------------------------------------------

/** Packets each 20 ms whose transit time is `transitNs(packet)`. */
template <typename Transit>
void feed(DriftEstimator& estimator, int from, int to, Transit&& transitNs)
{
    for (int packet = from; packet < to; ++packet)
        estimator.update(int64_t { packet } * 20 * msNs + transitNs(packet), int64_t { packet } * 20 * msNs);
}

TEST(DriftEstimator, AStepOfTheNetworksDelayIsNoDrift)
{
    DriftEstimator estimator;
    feed(estimator, 0, 2000, [](int packet) { return packet < 1000 ? 5 * msNs : 25 * msNs; });
    EXPECT_EQ(estimator.steps(), 1u);
    ASSERT_TRUE(estimator.isKnown());
    EXPECT_NEAR(estimator.ppm(), 0.0, 0.01);
    EXPECT_EQ(estimator.leastTransitNs(40'000 * msNs), 25 * msNs);
}

TEST(DriftEstimator, AStepBeforeTheLineIsFirmIsNotTakenForDriftForLong)
{
    for (const int stepAt : { 150, 250, 350, 450 })
    {
        DriftEstimator estimator;
        feed(estimator, 0, 1500, [=](int packet) { return packet < stepAt ? 5 * msNs : 12 * msNs; });
        EXPECT_TRUE(! estimator.isKnown() || std::abs(estimator.ppm()) < 300.0) << stepAt;
        feed(estimator, 1500, 10000, [](int) { return 12 * msNs; });
        ASSERT_TRUE(estimator.isKnown());
        EXPECT_NEAR(estimator.ppm(), 0.0, 5.0) << stepAt;
    }
}

TEST(DriftEstimator, ASenderThatStallsNowAndThenIsNotSlow)
{
    DriftEstimator estimator;
    std::mt19937 random(9);
    int heldUntil = 0;
    feed(estimator, 0, 15000, [&](int packet) -> int64_t {
        if (packet >= heldUntil && random() % 400 == 0)
            heldUntil = packet + 20 + static_cast<int>(random() % 100);  // up to 2.4 s, then all at once
        return packet < heldUntil ? int64_t { heldUntil - packet } * 20 * msNs : msNs / 10;
    });
    ASSERT_TRUE(estimator.isKnown());
    EXPECT_NEAR(estimator.ppm(), 0.0, 1.0);
}

TEST(DriftEstimator, ASenderThatIsLateInItsFirstSecondsIsNotFast)
{
    // The quickest packet of each second of three callers on a busy machine, above the clocks' own line [µs].
    constexpr std::array<std::array<int, 19>, 3> measured { {
        { 288, 169, 164, 90, 33, 0, 11, 4, 52, 55, 17, 88, 67, 71, 31, 47, 57, 0, 41 },
        { 498, 284, 192, 222, 141, 103, 51, 0, 34, 69, 94, 109, 0, 53, 2, 55, 20, 69, 58 },
        { 317, 253, 116, 141, 237, 65, 0, 100, 80, 97, 100, 26, 35, 50, 36, 17, 0, 52, 33 },
    } };
    for (const auto& lateUs : measured)
        for (const double ppm : { 0.0, 50.0 })
        {
            DriftEstimator estimator;
            feed(estimator, 0, 50 * 19 + 1, [&](int packet) {
                const auto late = int64_t { lateUs[static_cast<size_t>(std::min(packet / 50, 18))] } * 1000;
                return late + (packet % 50 == 25 ? 0 : msNs) - static_cast<int64_t>(packet * 20.0e6 * ppm * 1.0e-6);
            });
            ASSERT_TRUE(estimator.isKnown());
            EXPECT_NEAR(estimator.timelyPpm(), ppm, 6.0);
        }
}

TEST(DriftEstimator, FindsTheClockUnderJitterAndLoss)
{
    std::mt19937 random(17);
    std::uniform_real_distribution<double> chance(0.0, 1.0);
    for (const double ppm : { -1000.0, -50.0, 0.0, 50.0, 1000.0 })
    {
        DriftEstimator estimator;
        for (int packet = 0; packet < 50 * 128; ++packet)
        {
            const auto sent = static_cast<int64_t>(packet * 20.0e6 / (1.0 + ppm * 1.0e-6));
            const auto delay = static_cast<int64_t>(chance(random) * 30.0e6);
            if (chance(random) > 0.1)
                estimator.update(sent + delay, int64_t { packet } * 20 * msNs);
        }
        ASSERT_TRUE(estimator.isKnown());
        EXPECT_NEAR(estimator.ppm(), ppm, 5.0 * estimator.errorPpm());
        EXPECT_NEAR(estimator.timelyPpm(), ppm, 5.0 * estimator.errorPpm());
        EXPECT_LT(estimator.errorPpm(), 3.0);
    }
}

} // namespace
} // namespace mw
