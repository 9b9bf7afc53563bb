#include "MixerBench.h"

#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace mw::test
{

namespace
{
constexpr int stormLegs = 6, blockFrames = 40;

/** One number for all that a block gave, down to the last bit. */
uint64_t fingerprint(const Channels& out)
{
    uint64_t hash = 14695981039346656037u;
    for (const auto& leg : out)
        for (const auto sample : leg)
            hash = (hash ^ std::bit_cast<uint32_t>(sample)) * 1099511628211u;
    return hash;
}

/** Runs blocks on a thread of its own and looks at each. */
class StormThread
{
public:
    StormThread(MixerBench& benchToRun, const Channels& input, std::function<void(const Channels&)> lookAtBlock)
        : bench(benchToRun), in(input), look(std::move(lookAtBlock))
    {
        EXPECT_TRUE(thread.start("audio", ThreadRole::media, [this] { run(); }));
    }

    ~StormThread() { stop(); }

    void stop()
    {
        stopping.store(true);
        thread.join();
    }

    void letRun(uint64_t more) const
    {
        for (const auto until = blocks.load() + more; blocks.load() < until;)
            std::this_thread::yield();
    }

private:
    void run()
    {
        Channels out(stormLegs, Channel(blockFrames));
        while (! stopping.load())
        {
            bench.run(in, 0, out, blockFrames);
            look(out);
            blocks.fetch_add(1);
        }
    }

    MixerBench& bench;
    const Channels& in;
    const std::function<void(const Channels&)> look;
    std::atomic<uint64_t> blocks { 0 };
    std::atomic<bool> stopping { false };
    OwnedThread thread;
};

/** Any change that goes through the command queue, alone or with others that belong to it. */
std::vector<MixerCommand> anyChange(MixerBench& bench, std::mt19937& random)
{
    const auto pick = [&random](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    const auto anyCommand = [&] {
        auto c = bench.command(static_cast<MixerCommand::Kind>(pick(10)), pick(stormLegs));
        c.from = pick(stormLegs + houseStripCount);
        c.gainDb = -40 + pick(50);
        c.mode = static_cast<MixMode>(pick(3));
        c.role = static_cast<LegRole>(pick(2));
        c.active = pick(4) != 0;
        c.funnelReturn = pick(2) == 0;
        c.frequencyHz = 200 + pick(3000);
        c.levelDbm0 = -30 + pick(25);
        std::string digits;
        for (auto left = pick(9); left > 0; --left)
            digits += "0123456789ABCD*#,"[pick(17)];
        c.dtmf.sequence = DtmfSequence::parse(digits).value();
        c.dtmf.onMs = 10 + pick(30);
        c.dtmf.offMs = 10 + pick(30);
        c.dtmf.loop = pick(2) == 0;
        c.dtmf.gapMs = pick(50);
        c.dtmf.lowDbm0 = -20 + pick(10);
        return c;
    };
    std::vector<MixerCommand> change(1, anyCommand());
    while (pick(3) == 0)
        change.push_back(anyCommand());
    return change;
}
} // namespace

TEST(MixerStorm, Finding01_AStormOfFourThreadsReplaysBitForBitFromItsStamps)
{
    // Four control threads change sequences, their timing, trims, cells, modes, roles and legs while blocks run. Each change is
    // stamped with the sample it took effect at. One thread that makes the same changes at those samples must get the same
    // sound to the last bit: so every change landed whole, once, in order, on a block boundary, and nothing else happened.
    constexpr int threads = 4, changesEach = 300;
    const auto in = talkers(stormLegs, blockFrames, 9000, 77);
    std::map<uint64_t, std::vector<MixerCommand>> sent;
    std::vector<CommandDone> stamps;
    std::vector<uint64_t> heard;
    {
        MixerBench bench(stormLegs, 8000.0, blockFrames, 3.0);
        std::mutex sentMutex;
        StormThread audio(bench, in, [&heard](const Channels& out) { heard.push_back(fingerprint(out)); });
        std::vector<std::thread> controls;
        for (int t = 0; t < threads; ++t)
            controls.emplace_back([&, t] {
                std::mt19937 random(static_cast<unsigned>(100 + t));
                for (int i = 0; i < changesEach; ++i)
                {
                    const auto change = anyChange(bench, random);
                    const auto id = change.size() == 1 && i % 2 == 0 ? bench.mixer.post(change.front())
                                                                     : bench.mixer.postAll(change);
                    ASSERT_NE(id, 0u);
                    {
                        const std::scoped_lock lock(sentMutex);
                        ASSERT_TRUE(sent.emplace(id, change).second) << "an id was given twice";
                    }
                    if (i % 4 == 3)
                        audio.letRun(1);  // so that the changes spread over many blocks
                }
            });
        for (auto& control : controls)
            control.join();
        audio.letRun(2);
        audio.stop();
        stamps = bench.mixer.takeDone();
        EXPECT_EQ(bench.header().stampsLost, 0u);
        EXPECT_EQ(bench.mixer.retiredObjects(), 0u);
    }

    ASSERT_EQ(stamps.size(), static_cast<size_t>(threads * changesEach)) << "each change takes effect once";
    std::set<uint64_t> places;
    for (size_t i = 0; i < stamps.size(); ++i)
    {
        ASSERT_EQ(stamps[i].id, i + 1) << "in the order in which they were accepted";
        ASSERT_EQ(stamps[i].samplePosition % blockFrames, 0u);
        places.insert(stamps[i].samplePosition);
    }
    EXPECT_GE(places.size(), static_cast<size_t>(changesEach / 4)) << "it was no storm but one gust";

    MixerBench replay(stormLegs, 8000.0, blockFrames, 3.0);
    Channels out(stormLegs, Channel(blockFrames));
    size_t next = 0;
    for (size_t block = 0; block < heard.size(); ++block)
    {
        for (; next < stamps.size() && stamps[next].samplePosition == block * blockFrames; ++next)
            ASSERT_NE(replay.mixer.postAll(sent.at(stamps[next].id)), 0u);
        replay.run(in, 0, out, blockFrames);
        ASSERT_EQ(fingerprint(out), heard[block]) << "block " << block << " of " << heard.size();
    }
    EXPECT_EQ(next, stamps.size());
}

TEST(MixerStorm, Finding01_GainsAndMutesAreReadOnceABlockAndByAllLegsAlike)
{
    // Without a ramp a gain is one number for a whole block. Legs 4 and 5 are silent and hear legs 0 and 1.
    MixerBench bench(stormLegs, 8000.0, blockFrames, 0.0);
    for (const auto leg : { 0, 1, 4, 5 })
        bench.activate(leg);
    const std::vector<double> stripDb { 0.0, -3.0, -9.5, -20.0 }, masterDb { 0.0, -1.0, -13.0 }, outputDb { 0.0, -2.0, -7.0 };
    std::set<float> possible;
    for (const auto strip : stripDb)
        for (const auto master : masterDb)
            for (const auto output : outputDb)
                for (const auto first : { 0.0, 0.5 })
                    for (const auto second : { 0.0, 0.125 })
                        possible.insert(
                            static_cast<float>((first * gainFromDb(strip) + second) * gainFromDb(master) * gainFromDb(output)));

    Channels in(stormLegs);
    in[0] = constant(0.5f, blockFrames);
    in[1] = constant(0.125f, blockFrames);
    in[4] = in[5] = constant(0.0f, blockFrames);
    std::atomic<uint64_t> torn { 0 }, different { 0 }, unknown { 0 };
    std::set<float> seen;  // by the audio thread alone
    std::atomic<size_t> distinct { 0 };
    constexpr size_t enough = 20;  // a scheduler may let the controls run one after the other: they go on until it was a storm
    StormThread audio(bench, in, [&](const Channels& out) {
        const auto value = out[4][0];
        for (const auto sample : out[4])
            torn += sample == value ? 0u : 1u;
        different += out[4] == out[5] ? 0u : 1u;
        const auto nearest = possible.lower_bound(value * (1.0f - 1.0e-6f));
        unknown += nearest != possible.end() && *nearest <= value * (1.0f + 1.0e-6f) ? 0u : 1u;
        seen.insert(value);
        distinct = seen.size();
    });

    const auto storm = [&audio, &distinct](unsigned seed, const std::function<void(unsigned)>& change) {
        return std::thread([&audio, &distinct, seed, change] {
            std::mt19937 random(seed);
            for (int i = 0; i < 2000 || (distinct.load() < enough && i < 200'000); ++i)
            {
                change(static_cast<unsigned>(random()));
                if (i % 16 == 15)
                    audio.letRun(1);
            }
        });
    };
    std::vector<std::thread> controls;
    controls.push_back(storm(1, [&](unsigned n) { bench.mixer.setStripGainDb(0, stripDb[n % stripDb.size()]); }));
    controls.push_back(storm(2, [&](unsigned n) { bench.mixer.setStripMuted(static_cast<int>(n % 2), n % 8 < 3); }));
    controls.push_back(storm(3, [&](unsigned n) { bench.mixer.setMasterInGainDb(masterDb[n % masterDb.size()]); }));
    controls.push_back(storm(4, [&](unsigned n) { bench.mixer.setOutputGainDb(outputDb[n % outputDb.size()]); }));
    controls.push_back(storm(5, [&](unsigned n) { bench.mixer.setStripSoloed(static_cast<int>(n % 2), n % 16 == 0); }));
    for (auto& control : controls)
        control.join();
    audio.letRun(1);
    audio.stop();
    EXPECT_EQ(torn.load(), 0u) << "a gain changed inside a block";
    EXPECT_EQ(different.load(), 0u) << "two legs worked with different gains in one block";
    EXPECT_EQ(unknown.load(), 0u) << "a gain that nobody set";
    EXPECT_GE(distinct.load(), enough) << "it was no storm";
}

} // namespace mw::test
