// Bursts and gaps of RFC 3611 and the burst ratio of G.107, against patterns whose answers are known.
#include <mw_legs/mw_legs.h>

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

namespace mw
{
namespace
{

/** 'X' lost, 'D' discarded, all else heard. */
LossFigures figuresOf(const std::string& pattern)
{
    LossPattern losses;
    for (const auto packet : pattern)
        packet == 'X' ? losses.lost() : packet == 'D' ? losses.discarded() : losses.heard();
    return losses.figures();
}

std::string heard(size_t packets) { return std::string(packets, '.'); }

TEST(LossPattern, WithoutPacketsAndWithoutLossNothingIsMadeUp)
{
    const auto none = figuresOf("");
    EXPECT_EQ(none.packets, 0u);
    EXPECT_EQ(none.gaps, 0u);
    EXPECT_TRUE(std::isnan(none.burstRatio()));
    const auto clean = figuresOf(heard(1000));
    EXPECT_EQ(clean.packets, 1000u);
    EXPECT_EQ(clean.bursts, 0u);
    EXPECT_EQ(clean.gaps, 1u);
    EXPECT_EQ(clean.missing(), 0u);
    EXPECT_EQ(clean.gapDensity(), 0.0);
    EXPECT_DOUBLE_EQ(clean.meanGapPackets(), 1000.0);
    EXPECT_TRUE(std::isnan(clean.burstRatio()));
    EXPECT_TRUE(std::isnan(figuresOf("XXXX").burstRatio())) << "everything lost has no ratio";
}

TEST(LossPattern, GminPacketsHeardInARowPartTwoLossesAndOneFewerJoinThem)
{
    const auto apart = figuresOf(heard(20) + "X" + heard(16) + "X" + heard(20));
    EXPECT_EQ(apart.bursts, 0u);
    EXPECT_EQ(apart.gaps, 1u);
    EXPECT_DOUBLE_EQ(apart.gapDensity(), 2.0 / 58.0);

    const auto joined = figuresOf(heard(20) + "X" + heard(15) + "X" + heard(20));
    EXPECT_EQ(joined.bursts, 1u);
    EXPECT_EQ(joined.burstPackets, 17u);
    EXPECT_EQ(joined.burstMissing, 2u);
    EXPECT_EQ(joined.gaps, 2u);
    EXPECT_DOUBLE_EQ(joined.meanGapPackets(), 20.0);
    EXPECT_EQ(joined.gapDensity(), 0.0);
}

TEST(LossPattern, BurstAndGapDensitiesOfABurstBetweenLonelyLosses)
{
    // 100 heard with one lonely loss in them, a burst of 10 with 5 missing, 50 heard.
    const auto figures = figuresOf(heard(40) + "X" + heard(59) + "X.X.DX...D" + heard(50));
    EXPECT_EQ(figures.lost, 4u);
    EXPECT_EQ(figures.discarded, 2u);
    EXPECT_EQ(figures.bursts, 1u);
    EXPECT_EQ(figures.burstPackets, 10u);
    EXPECT_EQ(figures.longestBurst, 10u);
    EXPECT_DOUBLE_EQ(figures.burstDensity(), 0.5);
    EXPECT_EQ(figures.gaps, 2u);
    EXPECT_DOUBLE_EQ(figures.gapDensity(), 1.0 / 150.0);
    EXPECT_DOUBLE_EQ(figures.meanGapPackets(), 75.0);
    EXPECT_EQ(figures.runs, 5u);
    EXPECT_EQ(figures.longestRun, 2u);
}

TEST(LossPattern, ABurstAtTheStartAndOneThatIsUnderWayCount)
{
    const auto figures = figuresOf("XX" + heard(30) + "XX.");
    EXPECT_EQ(figures.bursts, 2u);
    EXPECT_EQ(figures.burstPackets, 4u);
    EXPECT_EQ(figures.gaps, 2u);
    EXPECT_EQ(figures.packets, 35u);
    EXPECT_DOUBLE_EQ(figures.meanGapPackets(), 15.5);
}

TEST(LossPattern, ALostPacketThatComesAfterAllIsDiscardedAndTheBurstStays)
{
    LossPattern losses;
    for (int i = 0; i < 20; ++i)
        losses.heard();
    losses.lost(3);
    losses.cameLate();
    const auto figures = losses.figures();
    EXPECT_EQ(figures.lost, 2u);
    EXPECT_EQ(figures.discarded, 1u);
    EXPECT_EQ(figures.burstMissing, 3u);
    EXPECT_EQ(figures.runs, 1u);
    EXPECT_EQ(figures.longestRun, 3u);
    LossPattern none;
    none.cameLate();
    EXPECT_EQ(none.figures().discarded, 0u);
}

TEST(LossPattern, AnotherStreamEndsTheBurst)
{
    LossPattern losses;
    losses.lost(2);
    losses.interrupt();
    losses.lost(2);
    EXPECT_EQ(losses.figures().bursts, 2u);
    EXPECT_EQ(losses.figures().runs, 2u);
    EXPECT_EQ(losses.figures().longestRun, 2u);
}

TEST(LossPattern, RandomLossHasABurstRatioOfOneAndGilbertLossThatOfItsChances)
{
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> chance(0.0, 1.0);
    for (const double share : { 0.01, 0.05, 0.2 })
    {
        LossPattern losses;
        for (int i = 0; i < 1'000'000; ++i)
            chance(random) < share ? losses.lost() : losses.heard();
        EXPECT_NEAR(losses.figures().burstRatio(), 1.0, 0.02) << share;
        EXPECT_NEAR(losses.figures().missingShare(), share, 0.05 * share);
    }
    // G.107, 3.5: of a two-state Markov chain with chances p (heard → lost) and q (lost → heard) the ratio is 1 / (p + q).
    for (const auto& [p, q] : { std::pair { 0.01, 0.25 }, std::pair { 0.02, 0.5 }, std::pair { 0.05, 0.95 } })
    {
        LossPattern losses;
        bool isLost = false;
        for (int i = 0; i < 1'000'000; ++i)
        {
            isLost = isLost ? chance(random) >= q : chance(random) < p;
            isLost ? losses.lost() : losses.heard();
        }
        EXPECT_NEAR(losses.figures().burstRatio(), 1.0 / (p + q), 0.03 / (p + q)) << p << " " << q;
        EXPECT_NEAR(losses.figures().missingShare(), p / (p + q), 0.05 * p / (p + q));
    }
}

TEST(LossPattern, EveryPacketIsInABurstOrInAGapWhateverThePattern)
{
    std::mt19937 random(3);
    for (int round = 0; round < 300; ++round)
    {
        std::string pattern;
        for (int i = 0; i < 500; ++i)
            pattern += random() % 10 < static_cast<unsigned>(round % 10) ? 'X' : '.';
        const auto figures = figuresOf(pattern);

        // The definition, read off the whole pattern: losses closer than Gmin packets belong together.
        uint64_t bursts = 0, burstPackets = 0, burstMissing = 0;
        for (size_t at = pattern.find('X'); at != std::string::npos;)
        {
            size_t last = at, missing = 1;
            for (auto next = pattern.find('X', last + 1); next != std::string::npos && next - last - 1 < 16; next = pattern.find('X', last + 1))
            {
                last = next;
                ++missing;
            }
            if (missing > 1)
            {
                ++bursts;
                burstPackets += last - at + 1;
                burstMissing += missing;
            }
            at = pattern.find('X', last + 1);
        }
        ASSERT_EQ(figures.bursts, bursts) << pattern;
        ASSERT_EQ(figures.burstPackets, burstPackets) << pattern;
        ASSERT_EQ(figures.burstMissing, burstMissing) << pattern;
    }
}

} // namespace
} // namespace mw
