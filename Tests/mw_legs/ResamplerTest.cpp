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

TEST(Resampler, PassesItsBandAndLeavesTheRestAsLowAsItSays)
{
    struct Promise
    {
        ResamplerQuality quality;
        double flatShare, restDb, edgeShare, edgeDb;  // flat up to a share of the band, at the edge at least so high
    };
    for (const auto& promise : { Promise { ResamplerQuality::fast, 0.8, -100.0, 0.9, -2.0 }, Promise { ResamplerQuality::medium, 0.9, -100.0, 0.94, -0.6 },
                                 Promise { ResamplerQuality::best, 0.94, -120.0, 0.94, -0.01 } })
        for (const auto& [inRate, outRate] : { std::pair { 8000, 16000 }, std::pair { 16000, 8000 }, std::pair { 48000, 8000 }, std::pair { 8000, 48000 }, std::pair { 16000, 44100 },
                                                  std::pair { 44100, 16000 } })
            for (const auto share : { 0.1, 0.5, promise.flatShare, promise.edgeShare, 1.2 })
            {
                const auto frequency = share * std::min(inRate, outRate) / 2;
                if (frequency > inRate / 2)
                    continue;
                Resampler resampler(inRate, outRate, 960, promise.quality);
                std::vector<float> heard;
                int64_t position = 0;
                for (int block = 0; block < 50; ++block)
                {
                    std::vector<float> in(static_cast<size_t>(inRate / 50)), out(static_cast<size_t>(outRate / 50));
                    for (auto& sample : in)
                        sample = 0.5f * static_cast<float>(std::sin(2.0 * std::numbers::pi * frequency * static_cast<double>(position++) / inRate));
                    resampler.process(in, out);
                    if (block >= 25)  // half a second: whole periods of all these
                        heard.insert(heard.end(), out.begin(), out.end());
                }
                double cosine = 0.0, sine = 0.0, power = 0.0;
                for (size_t i = 0; i < heard.size(); ++i)
                {
                    const auto phase = 2.0 * std::numbers::pi * frequency * static_cast<double>(i) / outRate;
                    cosine += heard[i] * std::cos(phase);
                    sine += heard[i] * std::sin(phase);
                    power += static_cast<double>(heard[i]) * heard[i];
                }
                const auto count = static_cast<double>(heard.size());
                const auto tone = 2.0 * (cosine * cosine + sine * sine) / count / count;  // mean square
                const auto reference = 0.5 * 0.5 / 2.0;
                const auto what = std::to_string(inRate) + " to " + std::to_string(outRate) + " at " + std::to_string(frequency) + " Hz";
                if (share > 1.0)
                {
                    EXPECT_LT(10.0 * std::log10(power / count / reference), promise.restDb) << what;
                    continue;
                }
                const auto gainDb = 10.0 * std::log10(tone / reference);
                EXPECT_LT(gainDb, 0.01) << what;
                EXPECT_GT(gainDb, share <= promise.flatShare ? -0.01 : promise.edgeDb) << what;
                EXPECT_LT(10.0 * std::log10(std::max(power / count - tone, 1e-30) / reference), promise.restDb) << what;
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
