#include "LabBench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

namespace mw::lab_test
{
namespace
{
/** An engine that writes a tone in blocks, and a card with a clock of its own; all of it in virtual time. */
struct CardBench
{
    CardFeed::Config config;
    double cardPpm = 0.0;        ///< how much faster the card's clock is [ppm]
    double toneHz = 1000.0, toneDbm0 = -20.0;
    std::function<int()> nextBlock;   ///< the card's next block [frames]
    std::function<double()> lateness = [] { return 0.0; };  ///< of a call of the card [s]
    std::function<bool(int)> skips = [](int) { return false; };  ///< whether the engine loses this tick

    std::vector<float> played;   ///< all that the card played
    double leastDelayMs = 1e9, mostDelayMs = 0.0;
    uint64_t underrunsAfterStart = 0;
    std::shared_ptr<SampleFifo> fifo;
    std::unique_ptr<CardFeed> feed;

    void run(double seconds, double settleS = 5.0)
    {
        fifo = std::make_shared<SampleFifo>(static_cast<size_t>(config.engineRateHz));
        feed = std::make_unique<CardFeed>(config, fifo);
        const auto amplitude = sineAmplitudeFromDbm0(toneDbm0, Law::mu);
        const auto blockS = static_cast<double>(config.engineBlockFrames) / config.engineRateHz;
        std::vector<float> block(static_cast<size_t>(config.engineBlockFrames)), out;
        uint64_t written = 0;
        int ticks = 0;
        uint64_t underrunsAtStart = 0;
        for (double t = 0.0013; t < seconds;)
        {
            const auto called = t + lateness();
            while (ticks * blockS <= called)
            {
                for (auto& sample : block)
                    sample = static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * std::fmod(toneHz * static_cast<double>(written++) / config.engineRateHz, 1.0)));
                const auto lost = ! skips(ticks) && ! fifo->write(block);
                EXPECT_FALSE(lost) << "the fifo ran over at " << t;
                ++ticks;
            }
            const auto frames = nextBlock != nullptr ? nextBlock() : config.cardBlockFrames;
            out.assign(static_cast<size_t>(frames), 9.0f);
            feed->render(out, static_cast<int64_t>(called * 1e9));
            played.insert(played.end(), out.begin(), out.end());
            if (t < settleS)
                underrunsAtStart = feed->underruns();
            else
            {
                leastDelayMs = std::min(leastDelayMs, feed->delayMs());
                mostDelayMs = std::max(mostDelayMs, feed->delayMs());
            }
            t += frames / (config.cardRateHz * (1.0 + cardPpm * 1e-6));
        }
        underrunsAfterStart = feed->underruns() - underrunsAtStart;
    }

    /** Frequency of a stretch of what was played, in true time [Hz]: from the phase at its two ends. */
    [[nodiscard]] double frequencyAt(double fromS, double lengthS) const
    {
        const auto rate = config.cardRateHz * (1.0 + cardPpm * 1e-6);
        const auto window = static_cast<size_t>(0.1 * rate);
        const auto phaseAt = [&](size_t first) {
            double re = 0.0, im = 0.0;
            for (size_t i = 0; i < window; ++i)
            {
                const auto angle = 2.0 * std::numbers::pi * std::fmod(toneHz * static_cast<double>(first + i) / rate, 1.0);
                const auto hann = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(window));
                re += hann * played[first + i] * std::cos(angle);
                im -= hann * played[first + i] * std::sin(angle);
            }
            return std::atan2(im, re) / (2.0 * std::numbers::pi);
        };
        // Short steps, so that the phase turns by less than half between two looks.
        const auto step = static_cast<size_t>(0.1 * rate);
        auto at = static_cast<size_t>(fromS * rate);
        const auto steps = static_cast<size_t>(lengthS / 0.1);
        double turned = 0.0, before = phaseAt(at);
        for (size_t i = 0; i < steps; ++i)
        {
            at += step;
            const auto now = phaseAt(at);
            turned += std::remainder(now - before, 1.0);
            before = now;
        }
        return toneHz + turned / (static_cast<double>(steps * step) / rate);
    }

    [[nodiscard]] double levelAt(double fromS, double lengthS) const
    {
        double sum = 0.0;
        const auto first = static_cast<size_t>(fromS * config.cardRateHz), count = static_cast<size_t>(lengthS * config.cardRateHz);
        for (size_t i = first; i < first + count; ++i)
            sum += double { played[i] } * played[i];
        return dbm0FromRms(std::sqrt(sum / static_cast<double>(count)), Law::mu);
    }

    void expectClean(double seconds)
    {
        EXPECT_EQ(underrunsAfterStart, 0u);
        EXPECT_EQ(fifo->droppedSamples(), 0u);
        EXPECT_EQ(std::count(played.begin(), played.end(), 9.0f), 0) << "a part of a block was not written";
        for (double at = 10.0; at + 20.0 < seconds; at += 20.0)
        {
            EXPECT_NEAR(frequencyAt(at, 10.0), toneHz, toneHz * 0.0005) << "at " << at << " s";
            EXPECT_NEAR(levelAt(at, 10.0), toneDbm0, 0.1) << "at " << at << " s";
        }
    }
};
} // namespace

struct CardCase
{
    int engineRateHz, blockMs, cardRateHz, cardBlockFrames;
    double ppm, seconds;
};

class CardClocks : public ::testing::TestWithParam<CardCase>
{
};

TEST_P(CardClocks, MinutesWithoutAnUnderrunAtTheSameDelayLevelAndPitch)
{
    const auto& with = GetParam();
    CardBench bench;
    bench.config = { with.engineRateHz, with.engineRateHz * with.blockMs / 1000, with.cardRateHz, with.cardBlockFrames };
    bench.cardPpm = with.ppm;
    bench.run(with.seconds);
    bench.expectClean(with.seconds);
    const auto blocksMs = 1.5 * with.blockMs + 1000.0 * with.cardBlockFrames / with.cardRateHz;
    const auto wantedMs = std::max(CardFeed::latencyMs, blocksMs + CardFeed::marginMs);
    EXPECT_GT(bench.leastDelayMs, wantedMs - 1.5 * with.blockMs - 10.0);
    EXPECT_LT(bench.mostDelayMs, wantedMs + with.blockMs + 15.0);
    EXPECT_NEAR(bench.feed->correctionPpm(), -with.ppm, 40.0);
}

INSTANTIATE_TEST_SUITE_P(All, CardClocks,
                         ::testing::Values(CardCase { 16000, 20, 48000, 480, 500.0, 600.0 }, CardCase { 16000, 20, 48000, 480, -500.0, 600.0 },
                                           CardCase { 16000, 20, 48000, 960, -500.0, 120.0 },  // a card's block as long as the engine's
                                           CardCase { 8000, 20, 44100, 1024, 500.0, 120.0 }, CardCase { 48000, 10, 44100, 256, -500.0, 120.0 },
                                           CardCase { 16000, 60, 48000, 480, 500.0, 120.0 }, CardCase { 48000, 5, 48000, 64, 20.0, 120.0 }));

TEST(CardFeed, BlocksOfAnySizeAndCallsThatComeLateDoNotDisturbIt)
{
    CardBench bench;
    bench.config = { 16000, 320, 48000, 960 };
    bench.cardPpm = 300.0;
    std::mt19937 random(5);
    bench.nextBlock = [&] { return static_cast<int>(16 + random() % 945); };
    bench.lateness = [&] { return 0.004 * static_cast<double>(random() % 1000) / 1000.0; };
    bench.run(120.0);
    bench.expectClean(120.0);
}

TEST(CardFeed, SilenceIsPlayedAndCountedWhereTheEngineStandsStill)
{
    CardBench bench;
    bench.config = { 16000, 320, 48000, 480 };
    bench.skips = [](int tick) { return tick >= 500 && tick < 600; };  // 10 s … 12 s
    bench.run(20.0);
    EXPECT_EQ(bench.underrunsAfterStart, 1u);
    EXPECT_EQ(bench.levelAt(10.5, 1.0), silenceDb);
    EXPECT_NEAR(bench.levelAt(13.0, 5.0), -20.0, 0.1) << "it goes on when the sound does";
}

TEST(CardFeed, TicksThatTheEngineSkipsCostNoMoreThanOneUnderrun)
{
    CardBench bench;
    bench.config = { 16000, 320, 48000, 480 };
    bench.skips = [](int tick) { return tick >= 500 && tick % 250 == 0; };  // one of 250 is lost, again and again
    bench.run(120.0);
    EXPECT_LE(bench.underrunsAfterStart, 7u);
    EXPECT_GT(bench.leastDelayMs, 0.0);
    EXPECT_LT(bench.mostDelayMs, 110.0);
}

TEST(CardFeed, ACardThatStoodStillDoesNotPlayOldSound)
{
    CardBench bench;
    bench.config = { 16000, 320, 48000, 480 };
    bench.fifo = std::make_shared<SampleFifo>(16000);
    CardFeed feed(bench.config, bench.fifo);
    const std::vector<float> block(320, 0.25f);
    std::vector<float> out(480);
    int64_t now = 0;
    const auto run = [&](int ticks, bool cardCalls) {
        for (int i = 0; i < ticks; ++i, now += 20'000'000)
        {
            [[maybe_unused]] const auto fits = bench.fifo->write(block);
            for (int call = 0; cardCalls && call < 2; ++call)
                feed.render(out, now + call * 10'000'000);
        }
    };
    run(100, true);
    EXPECT_LT(feed.delayMs(), 90.0);
    run(45, false);
    run(2, true);
    EXPECT_LT(feed.delayMs(), 90.0);
    run(100, true);
    EXPECT_EQ(feed.underruns(), 0u);
}

TEST(CardFeed, ACallbackWithoutADeviceIsSilentAndFillsEveryChannel)
{
    const auto clock = std::make_shared<ManualClock>(1'000'000'000);
    CardCallback callback(16000, 320, clock);
    std::vector<float> left(480, 1.0f), right(480, 1.0f);
    float* channels[] = { left.data(), nullptr, right.data() };
    callback.audioDeviceIOCallbackWithContext(nullptr, 0, channels, 3, 480, {});
    EXPECT_EQ(left, std::vector<float>(480, 0.0f));
    callback.prepare(48000, 480);
    const std::vector<float> block(1600, 0.25f);
    ASSERT_TRUE(callback.fifo()->write(block));
    for (int i = 0; i < 6; ++i)
    {
        clock->advanceNs(10'000'000);
        callback.audioDeviceIOCallbackWithContext(nullptr, 0, channels, 3, 480, {});
    }
    EXPECT_NEAR(left.back(), 0.25f, 0.01f);
    EXPECT_EQ(left, right);
}

TEST(Listening, WithoutThatDeviceItSaysSoAndStaysOff)
{
    const auto clock = std::make_shared<ManualClock>(1'000'000'000);
    ScriptedLegs legs { clock };
    Engine engine(manualConfig(clock), legs);
    ASSERT_TRUE(engine.start().ok());
    {
        Listening listening(engine);
        const auto started = listening.start("no such card", {});
        ASSERT_FALSE(started.ok());
        EXPECT_EQ(started.error().code, ExitCode::environment);
        EXPECT_NE(started.error().message().find("no sound device"), std::string::npos) << started.error().message();
        EXPECT_FALSE(listening.isOn());
        EXPECT_FALSE(listening.listenTo({ Listening::What::legIn, 77 }).ok());
        const auto leg = legs.ring("sip:a");
        step(*clock, legs, engine);
        ASSERT_TRUE(listening.listenTo({ Listening::What::legIn, leg }).ok());
        legs.peerHangsUp(leg);
        step(*clock, legs, engine);
        EXPECT_FALSE(listening.source().has_value()) << "another call on that channel would be heard";
    }
    engine.stop();
}

} // namespace mw::lab_test
