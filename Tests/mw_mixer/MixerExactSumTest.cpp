#include "MixerBench.h"

#include <gtest/gtest.h>

namespace mw::test
{

namespace
{
constexpr int frames = 40;
constexpr int64_t gainInside = 1000;  ///< +20 dB each of trim, strip and master in

/** Every gain in front of the bus at its maximum. */
void turnEverythingUp(MixerBench& bench)
{
    bench.mixer.setMasterInGainDb(maxGainDb);
    for (int i = 0; i < bench.mixer.maxLegs(); ++i)
    {
        ASSERT_NE(bench.setTrim(i, maxGainDb), 0u);
        bench.mixer.setStripGainDb(i, maxGainDb);
        ASSERT_NE(bench.activate(i), 0u);
    }
}
} // namespace

TEST(MixerExactSum, Finding03_FullScaleLegsAtMaximumGainCancelToTheExactInteger)
{
    // Half of the legs at full scale one way, the other half against them but for a few units: inside, the sum climbs to thousands
    // of full scales before it comes back to a number that integers know. The last leg is silent and hears all of them.
    for (const auto legs : { 3, 9, 65, 257, 2047 })
    {
        MixerBench bench(legs, 8000.0, frames, 0.0);
        turnEverythingUp(bench);
        std::mt19937 random(static_cast<unsigned>(legs));
        Channels in(static_cast<size_t>(legs), Channel(frames, 0.0f));
        std::vector<int64_t> exact(frames, 0);
        const auto half = (static_cast<size_t>(legs) - 1) / 2;
        for (size_t i = 0; i < frames; ++i)
        {
            const auto sign = random() % 2 == 0 ? 1 : -1;
            for (size_t leg = 0; leg < half; ++leg)
            {
                const auto units = std::abs(exact[i]) < 20 ? static_cast<int64_t>(random() % 9) - 4 : 0;
                const auto loud = sign * (32767 - static_cast<int64_t>(random() % 8)), answer = units - loud;
                ASSERT_LE(std::abs(answer), 32768 + 4);
                in[leg][i] = static_cast<float>(loud) / 32768.0f;
                in[half + leg][i] = static_cast<float>(answer) / 32768.0f;
                exact[i] += loud + answer;
            }
        }
        const auto out = bench.run(in, frames);
        for (size_t i = 0; i < frames; ++i)
            ASSERT_EQ(out.back()[i], static_cast<float>(static_cast<double>(exact[i] * gainInside) / 32768.0))
                << legs << " legs, sample " << i;
        EXPECT_EQ(bench.row(legs - 1).limitedSamples, 0u) << "what fits is not limited, whatever it was made of";
    }
}

TEST(MixerExactSum, Finding03_WorstCaseIsLimitedAndCountedIfAndOnlyIfItDoesNotFit)
{
    // N legs, all the same way, at full scale and maximum gain, brought down by the output. What each leg hears is
    // (N - 1) x 32767 x 1000 x output gain, and the limiter has to touch it only when that is more than 32767.
    for (const auto legs : { 2, 3, 11, 64, 300 })
        for (const auto outputDb : { -60.0, -59.0, 0.0, maxGainDb })
            for (const auto sample : { 32767, -32768, 1 })
            {
                MixerBench bench(legs, 8000.0, frames, 0.0);
                turnEverythingUp(bench);
                bench.mixer.setOutputGainDb(outputDb);
                const Channels in(static_cast<size_t>(legs), constant(static_cast<float>(sample) / 32768.0f, frames));
                const auto out = bench.run(in, frames);
                const auto sum = static_cast<long double>((legs - 1) * static_cast<int64_t>(sample) * gainInside) / 32768.0L
                               * static_cast<long double>(gainFromDb(outputDb));
                const auto highest = static_cast<long double>(Limiter::fullScale);
                const auto rounded = static_cast<float>(sum);
                const auto fits = rounded <= Limiter::fullScale && rounded >= -1.0f;
                for (const auto& leg : out)
                    for (const auto heard : leg)
                    {
                        if (fits)
                            ASSERT_LE(std::abs(static_cast<long double>(heard) - sum), std::abs(sum) * 0x1.01p-24L)
                                << legs << " legs";
                        else
                            ASSERT_EQ(heard, static_cast<float>(sum > 0 ? highest : -1.0L)) << legs << " legs";
                    }
                EXPECT_EQ(bench.row(0).limitedSamples, fits ? 0u : static_cast<uint64_t>(frames))
                    << legs << " legs, " << outputDb << " dB";
            }
}

} // namespace mw::test
