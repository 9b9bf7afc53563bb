#include "SignalTools.h"

#include <gtest/gtest.h>

#include <limits>

using namespace signaltest;
using mw::GainRamp;

TEST(GainRamp, RefusesWhatIsOutOfRange)
{
    GainRamp ramp;
    const auto nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    EXPECT_FALSE(ramp.prepare(0.0, 10.0));
    EXPECT_FALSE(ramp.prepare(8000.0, -1.0));
    EXPECT_FALSE(ramp.prepare(8000.0, nan));
    EXPECT_FALSE(ramp.prepare(8000.0, 10001.0));
    ASSERT_TRUE(ramp.prepare(8000.0, 10.0));
    for (const auto gain : { -0.1, nan, infinity })
    {
        EXPECT_FALSE(ramp.setTarget(gain));
        EXPECT_FALSE(ramp.setImmediately(gain));
    }
    EXPECT_FALSE(ramp.setTargetDb(nan));
    EXPECT_FALSE(ramp.setTargetDb(infinity));
    EXPECT_EQ(ramp.target(), 1.0);
    EXPECT_TRUE(ramp.setTargetDb(mw::silenceDb));
    EXPECT_EQ(ramp.target(), 0.0);
}

TEST(GainRamp, GoesInAStraightLineAndEndsExactly)
{
    for (const auto rate : rates)
        for (const auto& [from, to] : std::vector<std::pair<double, double>> { { 1, 0 }, { 0, 10 }, { 0.3, 0.7 }, { 10, 1e-3 } })
        {
            GainRamp ramp;
            ASSERT_TRUE(ramp.prepare(rate, 10.0));
            ASSERT_TRUE(ramp.setImmediately(from));
            ASSERT_TRUE(ramp.setTarget(to));
            const auto length = static_cast<int>(rate / 100.0);
            for (int i = 1; i <= length; ++i)
            {
                EXPECT_FALSE(ramp.isSteady());
                const auto gain = ramp.next();
                ASSERT_NEAR(gain, from + (to - from) * i / length, 1e-12);
                ASSERT_GE(gain, std::min(from, to));
                ASSERT_LE(gain, std::max(from, to));
            }
            EXPECT_TRUE(ramp.isSteady());
            EXPECT_EQ(ramp.current(), to);
            EXPECT_EQ(ramp.next(), to);
        }
}

TEST(GainRamp, NeverOvershootsWhateverTheEnds)
{
    std::mt19937 random(11);
    std::uniform_real_distribution<double> any(-80.0, 20.0);
    GainRamp ramp;
    ASSERT_TRUE(ramp.prepare(44100.0, 3.7));
    for (int round = 0; round < 500; ++round)
    {
        const auto from = ramp.current();
        ASSERT_TRUE(ramp.setTargetDb(round % 7 == 0 ? mw::silenceDb : any(random)));
        const auto steps = 1 + random() % 200;
        for (size_t i = 0; i < steps; ++i)
        {
            const auto gain = ramp.next();
            ASSERT_GE(gain, std::min(from, ramp.target()));
            ASSERT_LE(gain, std::max(from, ramp.target()));
        }
    }
}

TEST(GainRamp, TheSameTargetAgainDoesNotStartAnew)
{
    GainRamp ramp;
    ASSERT_TRUE(ramp.prepare(8000.0, 10.0));
    for (int i = 0; i < 80; ++i)
    {
        ASSERT_TRUE(ramp.setTarget(0.0));
        static_cast<void>(ramp.next());
    }
    EXPECT_TRUE(ramp.isSteady());
    EXPECT_EQ(ramp.current(), 0.0);
}

TEST(GainRamp, UnityIsBitTransparentAndClosedIsZero)
{
    std::mt19937 random(5);
    std::vector<float> in(1000), out(1000);
    for (auto& sample : in)
        sample = static_cast<float>(random()) * 1e-9f - 2.0f;
    in[0] = 1e-41f;  // denormal
    GainRamp ramp;
    ASSERT_TRUE(ramp.prepare(8000.0, 10.0));
    ramp.process(in, out);
    EXPECT_EQ(in, out);
    ASSERT_TRUE(ramp.setImmediately(0.0));
    in[3] = std::numeric_limits<float>::quiet_NaN();
    in[4] = std::numeric_limits<float>::infinity();
    ramp.process(in, out);
    EXPECT_EQ(out, std::vector<float>(1000, 0.0f));
}

TEST(GainRamp, OutputIsBitIdenticalForAnyBlocks)
{
    for (const auto rate : rates)
    {
        const auto total = static_cast<size_t>(rate * 0.25);
        std::vector<float> noise(total);
        std::mt19937 random(9);
        for (auto& sample : noise)
            sample = static_cast<float>(static_cast<int32_t>(random())) * 0x1p-31f;
        const auto run = [&](const std::vector<size_t>& lengths) {
            GainRamp ramp;
            EXPECT_TRUE(ramp.prepare(rate, 100.0));
            EXPECT_TRUE(ramp.setTargetDb(13.7));
            auto signal = noise;
            inBlocks(signal, lengths, [&](auto block) { ramp.process(block); });
            return signal;
        };
        const auto whole = run({ total });
        for (const auto& lengths : allCuts(total))
            ASSERT_EQ(run(lengths), whole) << rate;
    }
}

TEST(GainRamp, SkipAndDoubleOutputAgreeWithNext)
{
    GainRamp a, b, c;
    for (auto* ramp : { &a, &b, &c })
    {
        ASSERT_TRUE(ramp->prepare(48000.0, 20.0));
        ASSERT_TRUE(ramp->setTarget(0.123));
    }
    for (int i = 0; i < 333; ++i)
        static_cast<void>(a.next());
    b.skip(333);
    std::vector<float> ones(333, 1.0f);
    std::vector<double> gains(333);
    c.process(ones, gains);
    EXPECT_EQ(a.current(), b.current());
    EXPECT_EQ(a.current(), gains.back());
    b.skip(1000000);
    EXPECT_EQ(b.current(), 0.123);
}

TEST(GainRamp, ZeroTimeActsOnTheNextSample)
{
    GainRamp ramp;
    ASSERT_TRUE(ramp.prepare(8000.0, 0.0));
    ASSERT_TRUE(ramp.setTarget(0.5));
    EXPECT_EQ(ramp.next(), 0.5);
}
