#include "MixerBench.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace mw::test
{

namespace
{
/** Runs blocks on a thread of its own, as the media thread does, until told to stop. */
class AudioThread
{
public:
    AudioThread(MixerProcessor& mixerToRun, const Channels& input, int frames) : mixer(mixerToRun), in(input), blockFrames(frames)
    {
        EXPECT_TRUE(thread.start("audio", ThreadRole::media, [this] { run(); }));
    }

    ~AudioThread() { stop(); }

    void stop()
    {
        stopping.store(true);
        thread.join();
    }

    /** Waits, by looking at the count, until so many more blocks were done. */
    void letRun(uint64_t more) const
    {
        for (const auto until = blocks.load() + more; blocks.load() < until;)
            std::this_thread::yield();
    }

    std::atomic<uint64_t> blocks { 0 };
    std::atomic<uint64_t> faults { 0 };

private:
    void run()
    {
        const auto legs = static_cast<size_t>(mixer.maxLegs());
        Channels out(legs, Channel(static_cast<size_t>(blockFrames)));
        std::vector<const float*> reads(legs);
        std::vector<float*> writes(legs);
        for (size_t i = 0; i < legs; ++i)
        {
            reads[i] = in[i].data();
            writes[i] = out[i].data();
        }
        while (! stopping.load())
        {
            mixer.process(reads.data(), writes.data(), blockFrames);
            for (const auto& leg : out)
                for (const auto sample : leg)
                    if (! (std::abs(sample) <= 1.0f))
                        faults.fetch_add(1);
            blocks.fetch_add(1);
        }
    }

    MixerProcessor& mixer;
    const Channels& in;
    const int blockFrames;
    std::atomic<bool> stopping { false };
    OwnedThread thread;
};

/** Fills a block with one value, and says so when the block is used after the owner let it go. */
class WatchedSource final : public BlockSource
{
public:
    explicit WatchedSource(std::atomic<int>& countAlive) : alive(countAlive) { alive.fetch_add(1); }
    ~WatchedSource() override
    {
        value = std::nanf("");
        alive.fetch_sub(1);
    }
    void render(std::span<float> block, int64_t) noexcept override { std::fill(block.begin(), block.end(), value); }
    bool isFinished() const noexcept override { return false; }

private:
    float value = 0.01f;
    std::atomic<int>& alive;
};
} // namespace

TEST(MixerThreads, Finding01_GainsAndSequencesChangeLiveFromSeveralThreads)
{
    MixerBench bench(4, 8000.0, 80);
    bench.activateAll();
    const auto in = talkers(4, 80, 3000);
    AudioThread audio(bench.mixer, in, 80);

    std::vector<std::thread> controls;
    for (int t = 0; t < 3; ++t)
        controls.emplace_back([&, t] {
            std::mt19937 random(static_cast<unsigned>(t));
            for (int i = 0; i < 2000; ++i)
            {
                const auto strip = static_cast<int>(random() % 7);
                switch (random() % 7)
                {
                    case 0: bench.mixer.setStripGainDb(strip, -60.0 + random() % 60); break;
                    case 1: bench.mixer.setStripMuted(strip, random() % 2 == 0); break;
                    case 2: bench.mixer.setStripSoloed(strip, random() % 4 == 0); break;
                    case 3: bench.mixer.setMasterInGainDb(-20.0 + random() % 20); break;
                    case 4: bench.mixer.setDtmfOn(random() % 2 == 0); break;
                    case 5: bench.play(random() % 2 == 0 ? "159D" : "", 20, 20); break;
                    default: bench.mixer.setDtmfGainDb(-30.0 + random() % 30); break;
                }
                if (i % 64 == 0)
                    (void) bench.mixer.takeDone();
            }
        });
    for (auto& thread : controls)
        thread.join();
    audio.letRun(3);
    EXPECT_EQ(audio.faults.load(), 0u);
    EXPECT_GT(bench.header().commandsTaken, 0u);

    // What was set last is what is heard: whole, at the next block.
    for (int i = 0; i < 7; ++i)
    {
        bench.mixer.setStripGainDb(i, -6.0);
        bench.mixer.setStripMuted(i, false);
        bench.mixer.setStripSoloed(i, false);
    }
    bench.mixer.setMasterInGainDb(0.0);
    audio.letRun(10);
    EXPECT_NEAR(bench.row(2).gainDb, -6.0, 1e-5);
    EXPECT_FALSE(bench.row(2).muted);
}

TEST(MixerThreads, Finding01_ASequenceLandsWhole)
{
    // Two settings that differ in every value; each digit heard must have the on time of its own sequence.
    MixerBench bench(1, 8000.0, 40);
    bench.activateAll();
    const Channels in { constant(0.0f, 40) };
    AudioThread audio(bench.mixer, in, 40);
    for (int i = 0; i < 150; ++i)
    {
        const auto isFirst = i % 2 == 0;
        ASSERT_NE(bench.play(isFirst ? "1" : "A", isFirst ? 10 : 30, isFirst ? 10 : 30), 0u);
        audio.letRun(2);
        const auto header = bench.header();
        ASSERT_TRUE(header.dtmfDigit == 0 || header.dtmfDigit == (isFirst ? '1' : 'A')) << "the former sequence is gone";
        (void) bench.mixer.takeDone();
    }
    EXPECT_EQ(bench.header().stampsLost, 0u);
}

TEST(MixerThreads, Finding06_PlayersAndTapsAreFreedAfterTheAudioRegionLetGo)
{
    std::atomic<int> alive { 0 };
    {
        MixerBench bench(2, 8000.0, 40);
        bench.activateAll();
        const Channels in { constant(0.0f, 40), constant(0.0f, 40) };
        AudioThread audio(bench.mixer, in, 40);
        for (int i = 0; i < 3000; ++i)
        {
            bench.mixer.setPlayer(i % 3 == 2 ? nullptr : std::make_shared<WatchedSource>(alive));
            bench.mixer.setTap({ TapPoint::Kind::legIn, i % 2 }, i % 5 == 0 ? nullptr : std::make_shared<SampleFifo>(64));
            bench.mixer.setTap({}, std::make_shared<SampleFifo>(16));
        }
        audio.letRun(2);
        (void) bench.mixer.takeDone();
        EXPECT_EQ(bench.mixer.retiredObjects(), 0u);
        EXPECT_LE(alive.load(), 1);
        EXPECT_EQ(audio.faults.load(), 0u);
        EXPECT_EQ(bench.header().nonFiniteInputs, 0u) << "a freed source would have given NaN";
    }
    EXPECT_EQ(alive.load(), 0);
}

TEST(MixerThreads, ReplacedPlayersAreFreedAtOnceWhenNoBlockRuns)
{
    std::atomic<int> alive { 0 };
    MixerBench bench(1);
    for (int i = 0; i < 10; ++i)
    {
        bench.mixer.setPlayer(std::make_shared<WatchedSource>(alive));
        EXPECT_EQ(alive.load(), 1);
    }
    bench.settle();
    bench.mixer.setPlayer(nullptr);
    EXPECT_EQ(alive.load(), 0);
}

TEST(MixerThreads, Finding14_SnapshotsAreWhole)
{
    // All legs get the same constant and one common gain, so within one snapshot every row must say the same, and the header's
    // counters must fit to each other; a torn read would mix blocks.
    MixerBench bench(16, 8000.0, 40, 3.0);
    bench.activateAll();
    const Channels in(16, constant(0.01f, 40));
    AudioThread audio(bench.mixer, in, 40);
    audio.letRun(1);
    std::atomic<bool> stopping { false };
    std::atomic<uint64_t> torn { 0 }, reads { 0 };
    std::vector<std::thread> readers;
    for (int t = 0; t < 2; ++t)
        readers.emplace_back([&] {
            MixerHeader header;
            std::vector<StripRow> rows;
            uint64_t last = 0;
            while (! stopping.load())
            {
                const auto number = bench.mixer.readSnapshot(header, rows);
                auto isWhole = number >= last && rows.size() == 16u + houseStripCount && header.activeLegs == 16
                            && header.samplePosition == number * 40 && header.blockFrames == 40;
                for (size_t i = 0; i < 16 && isWhole; ++i)
                    isWhole = rows[i].index == static_cast<int>(i) && rows[i].gainDb == rows[0].gainDb
                           && rows[i].in.rms == rows[0].in.rms && rows[i].out.rms == rows[0].out.rms;
                torn.fetch_add(isWhole ? 0 : 1);
                reads.fetch_add(1);
                last = number;
            }
        });
    for (int i = 0; i < 100 || reads.load() < 100; ++i)  // a hundred turns may be over before a reader has begun
    {
        bench.mixer.setMasterInGainDb(-(i % 40));
        audio.letRun(3);
    }
    stopping.store(true);
    for (auto& reader : readers)
        reader.join();
    EXPECT_EQ(torn.load(), 0u);
}

TEST(MixerThreads, LegsComeAndGoWhileAudioRuns)
{
    MixerBench bench(32, 8000.0, 40);
    const auto in = talkers(32, 40, 900);
    AudioThread audio(bench.mixer, in, 40);
    std::mt19937 random(4);
    for (int i = 0; i < 3000; ++i)
    {
        const auto leg = static_cast<int>(random() % 32);
        while (bench.activate(leg, random() % 2 == 0) == 0)
            audio.letRun(1);
        bench.setCell(leg, static_cast<int>(random() % 35), -10.0);
        bench.clearCell(static_cast<int>(random() % 32), static_cast<int>(random() % 35));
        (void) bench.mixer.takeDone();
    }
    for (int leg = 0; leg < 32; ++leg)
        while (bench.activate(leg, leg < 5) == 0)
            audio.letRun(1);
    audio.letRun(3);
    EXPECT_EQ(bench.header().activeLegs, 5);
    EXPECT_EQ(audio.faults.load(), 0u);
}

TEST(MixerThreads, StateIsSavedAndRestoredWhileAudioRuns)
{
    MixerBench bench(8, 8000.0, 40);
    bench.activateAll();
    const auto in = talkers(8, 40, 900);
    juce::MemoryBlock open, closed;
    bench.mixer.getStateInformation(open);
    bench.setMode(MixMode::matrix);
    bench.setCell(0, 1, -3.0);
    bench.mixer.setOutputGainDb(-20.0);
    bench.mixer.getStateInformation(closed);
    AudioThread audio(bench.mixer, in, 40);
    for (int i = 0; i < 200; ++i)
    {
        const auto& state = i % 2 == 0 ? open : closed;
        while (! bench.mixer.restoreState(state.getData(), state.getSize()))
            audio.letRun(1);
        juce::MemoryBlock now;
        bench.mixer.getStateInformation(now);
        ASSERT_EQ(now, state);
    }
    audio.letRun(2);
    EXPECT_EQ(bench.header().mode, MixMode::matrix);
    (void) bench.mixer.takeDone();
    EXPECT_EQ(bench.mixer.retiredObjects(), 0u);
}

} // namespace mw::test
