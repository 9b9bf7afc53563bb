#include "SignalTools.h"

#include <gtest/gtest.h>

#include <limits>

using namespace signaltest;
using mw::Limiter;

TEST(Limiter, BitTransparentUpToFullScale)
{
    for (const auto rate : rates)
    {
        Limiter limiter;
        ASSERT_TRUE(limiter.prepare(rate));
        std::vector<float> signal;
        for (int32_t code = -32768; code <= 32767; ++code)
            signal.push_back(static_cast<float>(code) / 32768.0f);
        signal.push_back(1e-42f);
        signal.push_back(-0.0f);
        const auto before = signal;
        EXPECT_EQ(limiter.process(signal), 0u);
        EXPECT_EQ(signal, before);
        EXPECT_EQ(limiter.limitedSamples(), 0u);
        EXPECT_EQ(limiter.gain(), 1.0);
    }
}

TEST(Limiter, Finding03_NoInputEverLeavesThe16BitRange)
{
    std::mt19937 random(21);
    Limiter limiter;
    ASSERT_TRUE(limiter.prepare(8000.0));
    std::vector<float> signal(200000);
    for (auto& sample : signal)
        sample = std::bit_cast<float>(static_cast<uint32_t>(random()));  // every kind of float there is
    limiter.process(signal);
    for (const auto sample : signal)
    {
        ASSERT_LE(sample, Limiter::fullScale);
        ASSERT_GE(sample, -1.0f);
        const auto code = std::lrint(static_cast<double>(sample) * 32768.0);
        ASSERT_GE(code, -32768);
        ASSERT_LE(code, 32767);
    }
    EXPECT_GT(limiter.nonFiniteSamples(), 0u);
}

TEST(Limiter, NotANumberBecomesSilenceAndDisturbsNothing)
{
    Limiter limiter;
    ASSERT_TRUE(limiter.prepare(8000.0));
    const auto infinity = std::numeric_limits<float>::infinity();
    std::vector<float> signal { 0.5f, std::numeric_limits<float>::quiet_NaN(), 0.25f, infinity, -infinity, 0.125f };
    EXPECT_EQ(limiter.process(signal), 3u);
    EXPECT_EQ(signal, (std::vector<float> { 0.5f, 0.0f, 0.25f, Limiter::fullScale, -Limiter::fullScale, 0.125f }));
    EXPECT_EQ(limiter.nonFiniteSamples(), 3u);
    EXPECT_EQ(limiter.limitedSamples(), 3u);
    EXPECT_EQ(limiter.gain(), 1.0);
}

TEST(Limiter, CountsExactlyTheSamplesItChanged)
{
    for (const auto rate : rates)
    {
        Limiter limiter;
        ASSERT_TRUE(limiter.prepare(rate));
        std::vector<float> signal;
        for (int i = 0; i < static_cast<int>(rate); ++i)
            signal.push_back(static_cast<float>((i < 1000 || i > 2000 ? 0.9 : 3.0) * std::sin(0.1 * i)));
        for (size_t i = 0; i < signal.size(); i += 7)
            signal[i] = 0.0f;  // stays what it is at any gain
        const auto before = signal;
        const auto reported = limiter.process(signal);
        uint64_t changed = 0;
        for (size_t i = 0; i < signal.size(); ++i)
            changed += signal[i] != before[i] ? 1 : 0;
        EXPECT_EQ(reported, changed);
        EXPECT_EQ(limiter.limitedSamples(), changed);
        EXPECT_GT(changed, 500u);

        const auto tail = static_cast<size_t>(rate * 0.2) + 2001;
        EXPECT_TRUE(std::equal(signal.begin() + static_cast<long>(tail), signal.end(), before.begin() + static_cast<long>(tail)))
            << "10 dB too much are forgotten after 0.1 s, then it is transparent again";
        EXPECT_EQ(limiter.gain(), 1.0);
    }
}

TEST(Limiter, StepsNoMoreThanItsBound)
{
    std::mt19937 random(33);
    std::uniform_real_distribution<double> level(-20.0, 90.0);
    for (const auto rate : rates)
    {
        Limiter limiter;
        ASSERT_TRUE(limiter.prepare(rate));
        const auto rho = limiter.recoveryFactor();
        EXPECT_NEAR(20.0 * std::log10(rho) * rate, 100.0, 1e-6);
        std::vector<float> in;
        double gain = 1.0;
        for (int i = 0; i < 40000; ++i)
        {
            if (i % 500 == 0)
                gain = std::pow(10.0, level(random) / 20.0);
            in.push_back(static_cast<float>(gain * (std::sin(0.05 * i) + 0.2 * std::sin(1.3 * i))));
        }
        auto out = in;
        limiter.process(out);
        for (size_t i = 1; i < in.size(); ++i)
        {
            const auto inStep = std::abs(static_cast<double>(in[i]) - static_cast<double>(in[i - 1]));
            const auto outStep = std::abs(static_cast<double>(out[i]) - static_cast<double>(out[i - 1]));
            ASSERT_LE(outStep, rho * inStep + (rho - 1.0) + 1e-6) << i << " at " << rate;
        }
    }
}

TEST(Limiter, OutputAndCountAreTheSameForAnyBlocks)
{
    for (const auto rate : rates)
    {
        const auto total = static_cast<size_t>(rate * 0.3);
        std::vector<float> loud(total);
        for (size_t i = 0; i < total; ++i)
            loud[i] = static_cast<float>(2.5 * std::sin(0.07 * static_cast<double>(i)) * std::sin(0.0003 * static_cast<double>(i)));
        const auto run = [&](const std::vector<size_t>& lengths) {
            Limiter limiter;
            EXPECT_TRUE(limiter.prepare(rate));
            auto signal = loud;
            uint64_t count = 0;
            inBlocks(signal, lengths, [&](auto block) { count += limiter.process(block); });
            return std::pair(signal, count);
        };
        const auto whole = run({ total });
        EXPECT_GT(whole.second, 0u);
        for (const auto& lengths : allCuts(total))
            ASSERT_EQ(run(lengths), whole);
    }
}

TEST(Limiter, RefusesBadRates)
{
    Limiter limiter;
    EXPECT_FALSE(limiter.prepare(1.0));
    EXPECT_FALSE(limiter.prepare(std::numeric_limits<double>::quiet_NaN()));
    EXPECT_TRUE(limiter.prepare(192000.0));
}
