#include <gtest/gtest.h>
#include <mw_legs/mw_legs.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace mw
{
namespace
{

/** One sample as the promise says it. */
int16_t nearestStep(float sample, uint64_t& clipped)
{
    const auto scaled = static_cast<double>(sample) * 32768.0;
    if (std::isnan(scaled))
        return ++clipped, int16_t { 0 };
    const auto rounded = std::nearbyint(scaled);
    if (rounded > 32767.0)
        return ++clipped, int16_t { 32767 };
    if (rounded < -32768.0)
        return ++clipped, int16_t { -32768 };
    return static_cast<int16_t>(rounded);
}

void expectAsPromised(const std::vector<float>& samples)
{
    uint64_t clipped = 0;
    std::vector<int16_t> expected;
    for (const auto sample : samples)
        expected.push_back(nearestStep(sample, clipped));
    std::vector<int16_t> made(samples.size(), 77);
    EXPECT_EQ(pcm16FromFloat(samples, made), clipped);
    EXPECT_EQ(made, expected);
}

TEST(Pcm16, EveryStepGoesThereAndBack)
{
    std::vector<int16_t> steps;
    for (int step = -32768; step <= 32767; ++step)
        steps.push_back(static_cast<int16_t>(step));
    std::vector<float> samples(steps.size());
    floatFromPcm16(steps, samples);
    for (size_t i = 0; i < steps.size(); ++i)
        ASSERT_EQ(samples[i], static_cast<float>(steps[i]) / 32768.0f);
    std::vector<int16_t> back(steps.size());
    EXPECT_EQ(pcm16FromFloat(samples, back), 0u);
    EXPECT_EQ(back, steps);
}

TEST(Pcm16, RoundsHalvesToTheEvenStepAndTheirNeighboursToTheNearest)
{
    std::vector<float> samples;
    for (int step = -32768; step <= 32766; ++step)
    {
        const auto half = (static_cast<float>(step) + 0.5f) / 32768.0f;
        for (const auto sample : { half, std::nextafter(half, 2.0f), std::nextafter(half, -2.0f) })
            samples.push_back(sample);
    }
    samples.push_back(-32768.5f / 32768.0f);  // even is what it may become
    expectAsPromised(samples);
}

TEST(Pcm16, OneSampleThatDoesNotFitIsFoundAtAnyPlace)
{
    const auto infinity = std::numeric_limits<float>::infinity();
    for (const auto bad : { 32767.5f / 32768.0f, 1.0f, -32769.0f / 32768.0f, 3.0f, -3.0f, -129.0f, -288.0f, -384.5f, -385.0f, 256.0f, -511.0f, 1e9f,
                            -1e9f, 3e38f, -3e38f, infinity, -infinity, std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN() })
        for (size_t place = 0; place < 83; ++place)
        {
            std::vector<float> samples(83, 0.25f);
            samples[place] = bad;
            expectAsPromised(samples);
        }
}

TEST(Pcm16, EveryKindOfFloatInBlocksOfAnyLength)
{
    std::mt19937 random(3);
    std::uniform_real_distribution<float> near(-1.1f, 1.1f);
    for (size_t length = 0; length < 400; ++length)
    {
        std::vector<float> samples(length);
        for (auto& sample : samples)
            sample = length % 3 == 0 ? std::bit_cast<float>(static_cast<uint32_t>(random())) : near(random) * (length % 3 == 1 ? 0.8f : 1.0f);
        expectAsPromised(samples);
    }
}

TEST(Pcm16, ReadsAndWritesWithinItsBlock)
{
    for (size_t length = 0; length < 70; ++length)
    {
        const std::vector<int16_t> steps(length, -5);
        std::vector<float> samples(length + 1, 9.0f);
        floatFromPcm16(steps, std::span(samples).first(length));
        EXPECT_EQ(samples.back(), 9.0f);
        std::vector<int16_t> back(length + 1, 77);
        EXPECT_EQ(pcm16FromFloat(std::span(samples).first(length), std::span(back).first(length)), 0u);
        EXPECT_EQ(back.back(), 77);
        back.pop_back();
        EXPECT_EQ(back, steps);
    }
}

} // namespace
} // namespace mw
