#include <mw_lab/mw_lab.h>

#include <gtest/gtest.h>

#include <vector>

namespace mw::test
{
namespace
{

/** A mixer with one leg that hears the numbers 0, 1, 2 … in parts of 2^16. */
struct Counting
{
    Counting() : mixer(MixerProcessor::Config { .maxLegs = 1 })
    {
        mixer.prepareToPlay(8000.0, 160);
        MixerCommand command;
        command.kind = MixerCommand::Kind::setLegActive;
        command.active = true;
        mixer.post(command);
    }

    void run(int blocks)
    {
        std::vector<float> in(160), out(160);
        for (int block = 0; block < blocks; ++block)
        {
            for (auto& sample : in)
                sample = static_cast<float>(next++ % 65536) / 65536.0f;
            const float* const ins[] { in.data() };
            float* const outs[] { out.data() };
            mixer.process(ins, outs, 160);
        }
    }

    uint64_t dropped() const
    {
        MixerHeader header;
        std::vector<StripRow> rows;
        mixer.readSnapshot(header, rows);
        return header.tapDroppedSamples;
    }

    MixerProcessor mixer;
    int next = 0;
};

TEST(SampleWatch, KeepsTheLatestSamplesInOrder)
{
    Counting bench;
    SampleWatch watch(bench.mixer, { TapPoint::Kind::legIn, 0 }, 1000);
    for (const auto sample : watch.latest())
        EXPECT_EQ(sample, 0.0f);
    bench.run(3);
    EXPECT_EQ(watch.look(), 480u);
    EXPECT_EQ(watch.latest()[519], 0.0f);
    EXPECT_EQ(watch.latest()[999], 479.0f / 65536.0f);
    bench.run(50);  // more than is kept, in several reads
    EXPECT_EQ(watch.look(), 8000u);
    EXPECT_EQ(watch.look(), 0u);
    ASSERT_EQ(watch.latest().size(), 1000u);
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(watch.latest()[static_cast<size_t>(i)], static_cast<float>(7480 + i) / 65536.0f) << i;
    EXPECT_EQ(watch.taken(), 8480u);
}

TEST(SampleWatch, CostsNothingForTwoSecondsAndIsGoneAfterwards)
{
    Counting bench;
    {
        SampleWatch watch(bench.mixer, { TapPoint::Kind::legIn, 0 }, 100);
        bench.run(100);
        EXPECT_EQ(bench.dropped(), 0u);
        bench.run(20);
        EXPECT_GT(bench.dropped(), 0u) << "nobody looked for longer than the tap holds";
    }
    bench.run(1);
    const auto before = bench.dropped();
    bench.run(300);
    EXPECT_EQ(bench.dropped(), before) << "the tap is gone";
}

} // namespace
} // namespace mw::test
