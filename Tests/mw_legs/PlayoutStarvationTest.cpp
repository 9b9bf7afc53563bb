// A sender, or our own thread, that gets no time: what is lost then is what a buffer of that depth must lose, and no more.
#include "LegTestSupport.h"

#include <gtest/gtest.h>
#include <thread>

namespace mw
{
namespace
{

using test::countOf;
using test::FakePcmuCodec;
using test::msNs;
using test::PlayoutBench;

PlayoutConfig depthOf(int depthMs)
{
    PlayoutConfig config;
    config.depthMs = depthMs;
    return config;
}

/** Packets that come later than the quickest by more than this [ms]. */
int laterThan(const std::vector<double>& lateness, double ms)
{
    return static_cast<int>(std::ranges::count_if(lateness, [ms](double late) { return late > ms; }));
}

TEST(PlayoutStarvation, ASenderThatSendsEveryHundredMsLosesThreeOfFiveAtFortyMsAndNoneAtHundredAndTwenty)
{
    const auto burst = [](int i) { return (i / 5 * 5 + 4) * 20.0; };
    PlayoutBench shallow(depthOf(40)), deep(depthOf(120));
    shallow.run(5000, burst, 20, 100000);
    deep.run(5000, burst, 20, 100000);

    // 80, 60, 40, 20 and 0 ms late: a depth of 40 ms with blocks of 20 is in time for the last two.
    EXPECT_NEAR(static_cast<double>(shallow.stats().late + shallow.stats().lost), 3000.0, 10.0);
    EXPECT_NEAR(static_cast<double>(shallow.stats().underruns), 1000.0, 5.0);
    EXPECT_EQ(deep.stats().late + deep.stats().lost + deep.stats().underruns, 0u);
}

TEST(PlayoutStarvation, TheSameSenderIsHeardWholeOnceTheDepthHasAdapted)
{
    PlayoutConfig config;
    config.mode = PlayoutMode::adaptive;
    PlayoutBench bench(config);
    const auto burst = [](int i) { return (i / 5 * 5 + 4) * 20.0; };
    bench.run(500, burst, 20, 10000);
    const auto before = bench.stats();
    EXPECT_LT(before.late + before.lost, 60u);
    EXPECT_GT(before.targetMs, 80.0);
}

TEST(PlayoutStarvation, ABurstOfLatePacketsAddsNoDelayWhereverATickDividesIt)
{
    // The network stands still for 600 ms, then all comes at once; a tick falls behind the first few of them.
    for (const int before : { 1, 5, 9, 10, 11, 15, 29, 30 })
    {
        SCOPED_TRACE(testing::Message() << before << " packets before the tick");
        auto config = depthOf(200);
        config.maxBacklogMs = 1000;
        PlayoutBench bench(config);
        const auto heard = bench.run(300, [before](int i) { return i < 100 || i >= 130 ? i * 20.0 : i - 100 < before ? 2580.5 : 2581.5; }, 20, 6000);
        EXPECT_LE(bench.stats().depthMs, 240.0);
        EXPECT_EQ(bench.stats().underruns, 1u);
        EXPECT_GE(bench.stats().late + bench.stats().trimmedPackets, 18u);
        EXPECT_EQ(countOf(heard, PlayoutBench::valueOf(200)), 160);
    }
}

TEST(PlayoutStarvation, ASenderThatStallsAtRandomLosesWhatIsTooLateForTheDepthAndNoMore)
{
    for (const uint64_t seed : { 1u, 2u, 3u, 4u })
        for (const int depthMs : { 40, 60, 100 })
        {
            SCOPED_TRACE(testing::Message() << "seed " << seed << ", depth " << depthMs << " ms");
            std::mt19937 random(seed);
            const int packets = 20000;
            std::vector<double> lateness(static_cast<size_t>(packets), 0.0);
            for (size_t i = 0; i < lateness.size(); ++i)
                if (random() % 20 == 0)
                {
                    // Everything of the stall goes out at its end.
                    const auto length = std::min<size_t>(random() % 10 + 1, lateness.size() - i);
                    for (size_t k = 0; k < length; ++k)
                        lateness[i + k] = static_cast<double>(length - k) * 20.0;
                    i += length;
                }
            PlayoutBench bench(depthOf(depthMs));
            bench.run(packets, [&](int i) { return i * 20.0 + lateness[static_cast<size_t>(i)]; }, 20, packets * 20);
            const auto unheard = static_cast<int>(bench.stats().late + bench.stats().lost);
            // The delay is between a block less than the depth and the depth.
            EXPECT_LE(unheard, laterThan(lateness, depthMs - 20.0));
            EXPECT_GE(unheard, laterThan(lateness, depthMs + 1.0));
            EXPECT_GT(unheard, 0);
        }
}

/** Time that goes on when the media thread sleeps, late as told; packets of one peer come in by themselves. */
class LateClock final : public Clock
{
public:
    LateClock(LegPort& portToFeed, int64_t firstPacketNs) : port(portToFeed), firstNs(firstPacketNs) {}

    int64_t nowNs() const noexcept override { return now; }
    void interrupt() noexcept override {}
    void rearm() noexcept override {}

    bool sleepUntilNs(int64_t deadlineNs) noexcept override
    {
        if (++ticks > 120)
            return false;
        const auto stallNs = ticks % 8 == 5 ? 55 * msNs : 0;  // then three ticks without sleep make it up
        now = std::max(now, deadlineNs + stallNs);
        for (; firstNs + packets * 20 * msNs <= now; ++packets)
        {
            RtpPacket packet;
            packet.arrivalNs = firstNs + packets * 20 * msNs;
            packet.sequence = static_cast<uint16_t>(packets);
            packet.timestamp = static_cast<uint32_t>(packets * 160);
            packet.payload = payload;
            [[maybe_unused]] const auto taken = port.receive(packet);
        }
        return true;
    }

private:
    LegPort& port;
    const int64_t firstNs;
    int64_t now = 0;
    int ticks = 0;
    int64_t packets = 0;
    std::vector<uint8_t> payload = std::vector<uint8_t>(160, 0x90);
};

class SilentCallback final : public juce::AudioIODeviceCallback
{
public:
    void audioDeviceIOCallbackWithContext(const float* const*, int, float* const* outputs, int channels, int frames,
                                          const juce::AudioIODeviceCallbackContext&) override
    {
        for (int channel = 0; channel < channels; ++channel)
            std::fill_n(outputs[channel], frames, 0.0f);
    }
    void audioDeviceAboutToStart(juce::AudioIODevice*) override {}
    void audioDeviceStopped() override {}
};

TEST(PlayoutStarvation, OurOwnLateTicksTakeNothingFromAStreamThatBeginsInTheMidst)
{
    for (int firstMs = 0; firstMs < 160; firstMs += 3)
    {
        SCOPED_TRACE(testing::Message() << "first packet after " << firstMs << " ms");
        LegPortConfig config;
        config.engineRateHz = 8000;
        config.maxBlockFrames = 160;
        const auto port = std::make_shared<LegPort>(std::make_shared<FakePcmuCodec>(20), config);
        LegDevice::Config deviceConfig;
        deviceConfig.maxLegs = 1;
        deviceConfig.realtimePriority = false;
        deviceConfig.clock = std::make_shared<LateClock>(*port, firstMs * msNs);
        LegDevice device(deviceConfig);
        juce::BigInteger channels;
        channels.setBit(0);
        ASSERT_EQ(device.open(channels, channels, 8000, 160), juce::String());
        ASSERT_TRUE(device.setPort(0, port).ok());
        SilentCallback callback;
        device.start(&callback);
        TickStats ticks;
        std::vector<LegRow> rows;
        while (ticks.ticks < 120)
        {
            std::this_thread::yield();
            device.readSnapshot(ticks, rows);
        }
        device.stop();
        ASSERT_EQ(rows.size(), 1u);
        const auto& stats = rows[0].media.playout;
        EXPECT_GT(stats.packets, 100u);
        EXPECT_GE(ticks.lateTicks, 14u);
        EXPECT_EQ(stats.underruns + stats.late + stats.lost + stats.trims + stats.concealedFrames, 0u)
            << stats.underruns << " underruns, " << stats.late << " late, " << stats.trims << " trims";
    }
}

} // namespace
} // namespace mw
