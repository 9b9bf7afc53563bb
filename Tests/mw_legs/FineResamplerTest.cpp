#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

/** Samples of a sine that goes on for ever, taken in as the resampler asks for them. */
class SineFeed
{
public:
    explicit SineFeed(double cyclesPerSample) : frequency(cyclesPerSample) {}

    double at(double position) const { return 0.5 * std::sin(2.0 * std::numbers::pi * frequency * position); }

    std::vector<float> next(FineResampler& resampler, size_t frames)
    {
        std::vector<float> in(resampler.inputFramesFor(frames)), out(frames);
        for (auto& sample : in)
            sample = static_cast<float>(at(static_cast<double>(taken++)));
        resampler.process(in, out);
        return out;
    }

    /** Where in the input the next sample to come out stands. */
    double position(const FineResampler& resampler) const { return static_cast<double>(taken) - resampler.heldFrames(); }

    const double frequency;
    int64_t taken = 0;
};

TEST(FineResampler, BypassedItHandsEverythingOnUndelayed)
{
    FineResampler resampler(160);
    SineFeed feed(0.11);
    for (int block = 0; block < 100; ++block)
    {
        EXPECT_EQ(resampler.inputFramesFor(160), 160u);
        const auto out = feed.next(resampler, 160);
        for (size_t i = 0; i < out.size(); ++i)
            ASSERT_EQ(out[i], static_cast<float>(feed.at(static_cast<double>(block) * 160.0 + static_cast<double>(i))));
    }
    EXPECT_EQ(resampler.heldFrames(), 0.0);
}

TEST(FineResampler, ASineStaysASineAtEveryRatio)
{
    for (const double cycles : { 0.01, 0.1, 0.25, 0.40 })
        for (const double ppm : { -1500.0, -37.0, 0.0, 5.0, 1000.0 })
        {
            FineResampler resampler(160);
            SineFeed feed(cycles);
            feed.next(resampler, 160);
            resampler.engage();
            resampler.setRatio(ppm);
            double worst = 0.0;
            for (int block = 0; block < 300; ++block)
            {
                const auto start = feed.position(resampler);
                const auto out = feed.next(resampler, 160);
                for (size_t i = 0; i < out.size(); ++i)
                    worst = std::max(worst, std::abs(static_cast<double>(out[i]) - feed.at(start + static_cast<double>(i) * (1.0 + ppm * 1.0e-6))));
            }
            EXPECT_LT(worst, 0.5 * 2.0e-4) << cycles << " cycles a sample, " << ppm << " ppm";  // −74 dB at its worst sample
        }
}

TEST(FineResampler, EngagesAndDisengagesWithoutAStepAndGivesAllBack)
{
    FineResampler resampler(160);
    SineFeed feed(0.05);
    double expected = 0.0, worst = 0.0;
    int64_t given = 0;
    const auto run = [&](int blocks, double ppm) {
        for (int block = 0; block < blocks; ++block)
        {
            expected = feed.position(resampler);
            for (const auto sample : feed.next(resampler, 160))
            {
                worst = std::max(worst, std::abs(static_cast<double>(sample) - feed.at(expected)));
                expected += 1.0 + ppm * 1.0e-6;
                ++given;
            }
        }
    };
    for (int round = 0; round < 5; ++round)
    {
        run(10, 0.0);
        resampler.engage();
        resampler.setRatio(700.0);
        run(101 + round, 700.0);
        // Back to a whole sample by 20 ppm at most, as the corrector does.
        while (! resampler.isOnSample())
        {
            const auto offset = resampler.offsetFromSample();
            const bool last = std::abs(offset) <= 20.0e-6 * 160.0;
            resampler.setRatio(offset > 0.0 ? -20.0 : 20.0);
            if (last)
                resampler.landOnSample(160);
            run(1, last ? -offset / 160.0 * 1.0e6 : offset > 0.0 ? -20.0 : 20.0);
        }
        resampler.disengage();
        run(10, 0.0);
        EXPECT_EQ(resampler.heldFrames(), 0.0);
        EXPECT_EQ(feed.position(resampler), static_cast<double>(feed.taken));
    }
    EXPECT_LT(worst, 0.5 * 2.0e-4);
    EXPECT_NEAR(static_cast<double>(feed.taken - given), 5.0 * 103.0 * 160.0 * 700.0e-6, 5.0);
}

TEST(FineResampler, CountsAreExactForBlocksOfAnyLength)
{
    std::mt19937 random(4);
    FineResampler resampler(480);
    SineFeed feed(0.03);
    resampler.engage();
    resampler.setRatio(-1000.0);
    int64_t given = 0;
    for (int block = 0; block < 20000; ++block)
    {
        const auto frames = random() % 480 + 1;
        EXPECT_LE(resampler.inputFramesFor(frames), FineResampler::mostInputFramesFor(frames));
        given += static_cast<int64_t>(feed.next(resampler, frames).size());
        ASSERT_NEAR(feed.position(resampler), static_cast<double>(given) * 0.999, 1.0e-3);
    }
}

} // namespace
} // namespace mw
