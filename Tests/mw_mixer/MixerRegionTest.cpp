#include "MixerBench.h"

#include <Support/RealTimeGuard.h>

#include <gtest/gtest.h>

#include <random>

namespace mw::test
{

TEST(MixerRegion, NeitherAllocatesNorLocksNorCallsTheSystemInAHundredThousandBlocks)
{
    MixerBench bench(8, 8000.0, 40, 2.0);
    std::mt19937 random(20);
    const auto in = talkers(8, 128, 32767);
    auto out = in;
    const auto fifo = std::make_shared<SampleFifo>(256);
    const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    bench.mixer.setTap({}, fifo);

    for (int block = 0; block < 100000; ++block)
    {
        if (pick(8) == 0)
        {
            const auto leg = pick(8), strip = pick(8 + houseStripCount);
            switch (pick(16))
            {
                case 0: bench.activate(leg, pick(3) != 0); break;
                case 1: bench.setMode(static_cast<MixMode>(pick(3)), pick(2) == 0); break;
                case 2: bench.setRole(leg, pick(2) == 0 ? LegRole::sink : LegRole::source); break;
                case 3: bench.setCell(leg, strip, -30.0 + pick(40)); break;
                case 4: bench.clearCell(leg, strip); break;
                case 5: bench.setTrim(strip, -30.0 + pick(40)); break;
                case 6: bench.play("159D#,", 10, 10, true); break;
                case 7: bench.setTone(300.0 + pick(3000), -20.0); break;
                case 8: bench.mixer.setStripGainDb(strip, -70.0 + pick(90)); break;
                case 9: bench.mixer.setStripMuted(strip, pick(2) == 0); break;
                case 10: bench.mixer.setStripSoloed(strip, pick(4) == 0); break;
                case 11: bench.mixer.setOutputGainDb(-20.0 + pick(40)); break;
                case 12: bench.mixer.setPlayer(pick(2) == 0 ? std::make_shared<ConstantSource>(0.1f) : nullptr); break;
                case 13: bench.mixer.setTap({ TapPoint::Kind::legOut, leg }, pick(2) == 0 ? fifo : nullptr); break;
                case 14: bench.mixer.post(bench.command(MixerCommand::Kind::resetMeters)); break;
                default: (void) bench.mixer.takeDone(); break;
            }
        }
        bench.run(in, 0, out, 1 + pick(64));  // also more than was prepared
        ASSERT_EQ(RealTimeGuard::count(), 0) << RealTimeGuard::first() << " in block " << block;
    }
    EXPECT_GT(bench.header().samplePosition, 3000000u);
    EXPECT_GT(bench.header().commandsTaken, 1000u);
}

} // namespace mw::test
