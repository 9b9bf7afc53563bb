#include "MixerBench.h"

#include <Support/RealTimeGuard.h>

#include <gtest/gtest.h>

#include <random>

namespace mw::test
{

namespace
{
constexpr int regionLegs = 8, strips = regionLegs + houseStripCount;

/** A control thread that does anything it can, at random. */
class RandomControl
{
public:
    explicit RandomControl(MixerBench& benchToWork) : bench(benchToWork) { bench.mixer.setTap({}, fifo); }

    static constexpr int kinds = 20;

    /** One call of a kind. */
    void act(int kind)
    {
        ++calls[static_cast<size_t>(kind)];
        const auto leg = pick(regionLegs), strip = pick(strips);
        switch (kind)
        {
            case 0: bench.activate(leg, pick(3) != 0); break;
            case 1: bench.setMode(static_cast<MixMode>(pick(3)), pick(2) == 0); break;
            case 2: bench.setRole(leg, pick(2) == 0 ? LegRole::sink : LegRole::source); break;
            case 3: bench.setCell(leg, strip, -30.0 + pick(40)); break;
            case 4: bench.clearCell(leg, strip); break;
            case 5: bench.setTrim(strip, -30.0 + pick(40)); break;
            case 6: play(1 + pick(128)); break;
            case 7: play(pick(3)); break;
            case 8: bench.mixer.post(bench.command(MixerCommand::Kind::stopDtmf)); break;
            case 9: bench.setTone(300.0 + pick(3000), pick(4) == 0 ? silenceDb : -20.0); break;
            case 10: bench.mixer.setStripGainDb(strip, -70.0 + pick(90)); break;
            case 11: bench.mixer.setStripMuted(strip, pick(2) == 0); break;
            case 12: bench.mixer.setStripSoloed(strip, pick(4) == 0); break;
            case 13: bench.mixer.setOutputGainDb(-20.0 + pick(40)); break;
            case 14: bench.mixer.setMasterInGainDb(-20.0 + pick(40)); break;
            case 15: bench.mixer.setDtmfOn(pick(4) != 0); break;
            case 16: bench.mixer.setPlayer(pick(2) == 0 ? std::make_shared<ConstantSource>(0.1f) : nullptr); break;
            case 17: tap(leg); break;
            case 18: state(); break;
            default:
                bench.mixer.post(bench.command(MixerCommand::Kind::resetMeters));
                (void) bench.mixer.takeDone();
                break;
        }
    }

    int pick(int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }

    std::array<uint64_t, kinds> calls {};
    uint64_t statesLoaded = 0;

private:
    void play(int length)
    {
        std::string digits;
        while (static_cast<int>(digits.size()) < length)
            digits += "0123456789ABCD*#,"[pick(17)];
        bench.play(digits.c_str(), 10 + pick(30), 10 + pick(30), pick(2) == 0);
    }

    void tap(int leg)
    {
        const auto kind = static_cast<TapPoint::Kind>(pick(3));
        bench.mixer.setTap({ kind, leg }, pick(3) != 0 ? fifo : nullptr, static_cast<TapUse>(pick(tapUseCount)));
        drained.resize(fifo->available());
        (void) fifo->read(drained);
    }

    /** Keeps the state of now, or brings one back. */
    void state()
    {
        auto& kept = states[static_cast<size_t>(pick(4))];
        if (kept.isEmpty() || pick(3) == 0)
            bench.mixer.getStateInformation(kept);
        else
            statesLoaded += bench.mixer.restoreState(kept.getData(), kept.getSize()).ok() ? 1 : 0;
    }

    MixerBench& bench;
    std::mt19937 random { 20 };
    std::shared_ptr<SampleFifo> fifo = std::make_shared<SampleFifo>(256);
    std::vector<float> drained;
    std::array<juce::MemoryBlock, 4> states;
};
} // namespace

TEST(MixerRegion, Finding19_NeitherAllocatesNorLocksNorCallsTheSystemInAMillionBlocksOfRandomCommands)
{
    // A tenth of it in the sanitizer builds, which are slower and watch less.
    const auto blocks = RealTimeGuard::watchesAllocator() ? 1'000'000 : 100'000;
    MixerBench bench(regionLegs, 8000.0, 40, 2.0);
    RandomControl control(bench);
    const auto in = talkers(regionLegs, 128, 32767);
    auto out = in;
    std::vector<const float*> reads;
    std::vector<float*> writes;
    for (size_t leg = 0; leg < regionLegs; ++leg)
    {
        reads.push_back(in[leg].data());
        writes.push_back(out[leg].data());
    }

    uint64_t samples = 0;
    for (int block = 0; block < blocks; ++block)
    {
        if (control.pick(4) == 0)
            control.act(control.pick(RandomControl::kinds));
        const auto frames = 1 + control.pick(64);  // also more than was prepared
        bench.mixer.process(reads.data(), writes.data(), frames);
        samples += static_cast<uint64_t>(frames);
        ASSERT_EQ(RealTimeGuard::count(), 0) << RealTimeGuard::first() << " in block " << block;
    }
    EXPECT_EQ(bench.header().samplePosition, samples);
    for (const auto calls : control.calls)
        EXPECT_GT(calls, static_cast<uint64_t>(blocks) / 200);
    EXPECT_GT(control.statesLoaded, static_cast<uint64_t>(blocks) / 400);
    EXPECT_GT(bench.header().commandsTaken, static_cast<uint64_t>(blocks) / 20);
    std::printf("%d blocks, %llu samples, %llu commands, %llu states loaded: no violation\n", blocks,
                static_cast<unsigned long long>(samples), static_cast<unsigned long long>(bench.header().commandsTaken),
                static_cast<unsigned long long>(control.statesLoaded));
}

} // namespace mw::test
