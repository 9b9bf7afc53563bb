#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

constexpr std::array<int, 4> rates { 8000, 16000, 32000, 48000 };

TEST(Resampler, EqualRatesPassUntouched)
{
    Resampler resampler(16000, 16000, 960, ResamplerQuality::fast);
    std::mt19937 random(3);
    std::uniform_real_distribution<float> any(-1.0f, 1.0f);
    std::vector<float> in(960), out(960);
    for (auto& sample : in)
        sample = any(random);
    EXPECT_TRUE(resampler.isBypassed());
    EXPECT_EQ(resampler.inputFramesFor(960), 960u);
    resampler.process(in, out);
    EXPECT_EQ(in, out);
    EXPECT_EQ(resampler.delayFrames(), 0);
}

TEST(Resampler, CountsAreExactForEveryPairOfRatesAndRandomBlocks)
{
    for (const int inRate : { 8000, 16000, 24000, 32000, 44100, 48000 })
        for (const int outRate : rates)
        {
            Resampler pullSide(inRate, outRate, 6000, ResamplerQuality::fast), pushSide(inRate, outRate, 6000, ResamplerQuality::fast);
            std::mt19937 random(static_cast<unsigned>(inRate + outRate));
            std::uniform_int_distribution<size_t> anyBlock(1, 960);
            int64_t pulledIn = 0, pulledOut = 0, pushedIn = 0, pushedOut = 0;
            std::vector<float> in(6000, 0.5f), out(6000);
            for (int i = 0; i < 300; ++i)
            {
                const auto wanted = anyBlock(random);
                const auto needed = pullSide.inputFramesFor(wanted);
                pullSide.process({ in.data(), needed }, { out.data(), wanted });
                pulledIn += static_cast<int64_t>(needed);
                pulledOut += static_cast<int64_t>(wanted);

                const auto given = anyBlock(random);
                const auto made = pushSide.outputFramesFor(given);
                pushSide.process({ in.data(), given }, { out.data(), made });
                pushedIn += static_cast<int64_t>(given);
                pushedOut += static_cast<int64_t>(made);
            }
            EXPECT_EQ(pulledIn, (pulledOut * inRate + outRate - 1) / outRate) << inRate << " to " << outRate;
            EXPECT_EQ(pushedOut, pushedIn * outRate / inRate) << inRate << " to " << outRate;
            EXPECT_EQ(pullSide.shortfalls(), 0u) << inRate << " to " << outRate;
            EXPECT_EQ(pushSide.shortfalls(), 0u) << inRate << " to " << outRate;
        }
}

TEST(Resampler, ASineComesOutCleanAndAsLateAsItSays)
{
    for (const int inRate : rates)
        for (const int outRate : rates)
            for (const auto quality : { ResamplerQuality::fast, ResamplerQuality::medium })
            {
                Resampler resampler(inRate, outRate, 960, quality);
                const double frequency = 1000.0;
                std::vector<float> heard;
                int64_t position = 0;
                while (heard.size() < static_cast<size_t>(outRate))
                {
                    std::vector<float> out(static_cast<size_t>(outRate / 50));
                    std::vector<float> in(resampler.inputFramesFor(out.size()));
                    for (auto& sample : in)
                        sample = 0.5f * static_cast<float>(std::sin(2.0 * std::numbers::pi * frequency * static_cast<double>(position++) / inRate));
                    resampler.process(in, out);
                    heard.insert(heard.end(), out.begin(), out.end());
                }
                double worst = 0.0;
                for (size_t i = heard.size() / 2; i < heard.size(); ++i)
                {
                    const auto time = (static_cast<double>(i) - resampler.delayFrames()) / outRate;
                    worst = std::max(worst, std::abs(heard[i] - 0.5 * std::sin(2.0 * std::numbers::pi * frequency * time)));
                }
                EXPECT_LT(worst, 0.5e-3) << inRate << " to " << outRate;  // −60 dB of the sine
                EXPECT_LT(resampler.delayMs(), 15.0) << inRate << " to " << outRate;
            }
}

TEST(Resampler, SilenceIsSkippedWithoutATrace)
{
    // The other one is fed what is as good as silence but is none, so it converts all the time.
    constexpr float next = 1.0e-30f;
    for (const int inRate : rates)
        for (const int outRate : rates)
            for (const int blockMs : { 5, 20 })
            {
                Resampler skipping(inRate, outRate, 960, ResamplerQuality::fast), working(inRate, outRate, 960, ResamplerQuality::fast);
                std::mt19937 random(static_cast<unsigned>(inRate + 3 * outRate));
                std::uniform_real_distribution<float> any(-1.0f, 1.0f);
                float worst = 0.0f, loudestInSilence = 0.0f;
                for (int block = 0; block < 160; ++block)
                {
                    const bool silent = block / 40 % 2 == 1;
                    std::vector<float> out(static_cast<size_t>(outRate / 1000 * blockMs)), expected(out.size());
                    std::vector<float> in(skipping.inputFramesFor(out.size()));
                    for (auto& sample : in)
                        sample = silent ? 0.0f : any(random);
                    skipping.process(in, out);
                    for (auto& sample : in)
                        sample = silent ? next : sample;
                    working.process(in, expected);
                    for (size_t i = 0; i < out.size(); ++i)
                        worst = std::max(worst, std::abs(out[i] - expected[i]));
                    if (block % 80 == 79)
                        for (const auto sample : out)
                            loudestInSilence = std::max(loudestInSilence, std::abs(sample));
                }
                EXPECT_LT(worst, 1.0e-6f) << inRate << " to " << outRate << ", blocks of " << blockMs << " ms";
                EXPECT_EQ(loudestInSilence, 0.0f) << inRate << " to " << outRate << ", blocks of " << blockMs << " ms";
                EXPECT_EQ(skipping.shortfalls(), 0u);
            }
}

} // namespace
} // namespace mw
