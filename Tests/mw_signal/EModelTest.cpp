// The E-model of ITU-T G.107 against the figures that are published for it.
#include <mw_signal/mw_signal.h>

#include <gtest/gtest.h>

#include <cmath>

namespace mw
{
namespace
{

EModelInputs g711(LossConcealment concealment, double lossPercent = 0.0, double delayMs = 0.0, double burstRatio = 1.0)
{
    return { *codecImpairment("PCMU", concealment), lossPercent, burstRatio, delayMs };
}

TEST(EModel, TheDefaultConnectionHasTheRatingThatG107States)
{
    const auto rating = rateByEModel(g711(LossConcealment::yes));
    EXPECT_NEAR(rating.r, 93.2, 0.05);
    EXPECT_NEAR(rating.mos, 4.41, 0.005);
    EXPECT_EQ(rating.equipmentImpairment, 0.0);
}

TEST(EModel, RandomLossOf2PercentCostsWhatG113SaysWithAndWithoutConcealment)
{
    EXPECT_NEAR(rateByEModel(g711(LossConcealment::yes, 2.0)).mos, 4.23, 0.01);
    EXPECT_NEAR(rateByEModel(g711(LossConcealment::no, 2.0)).mos, 3.26, 0.01);
    // Ie,eff = 95 Ppl / (Ppl / BurstR + Bpl)
    EXPECT_NEAR(rateByEModel(g711(LossConcealment::yes, 2.0)).equipmentImpairment, 190.0 / 27.1, 1e-9);
    EXPECT_NEAR(rateByEModel(g711(LossConcealment::no, 5.0)).equipmentImpairment, 475.0 / 9.3, 1e-9);
    EXPECT_NEAR(rateByEModel(g711(LossConcealment::yes, 5.0, 0.0, 2.0)).equipmentImpairment, 475.0 / 27.6, 1e-9);
}

TEST(EModel, LossInBurstsRatesLowerThanTheSameLossAtRandom)
{
    for (const double loss : { 0.5, 1.0, 5.0, 20.0 })
        EXPECT_LT(rateByEModel(g711(LossConcealment::yes, loss, 0.0, 3.0)).r, rateByEModel(g711(LossConcealment::yes, loss)).r);
}

TEST(EModel, DelayCostsLittleUpTo150MsAndMuchBeyond)
{
    // Beyond 100 ms the model adds Idd: 25 ((1 + X^6)^(1/6) − 3 (1 + (X/3)^6)^(1/6) + 2), X = log2(ms / 100); at 400 ms X is 2.
    const auto tooLong = 25.0 * (std::pow(65.0, 1.0 / 6.0) - 3.0 * std::pow(1.0 + std::pow(2.0 / 3.0, 6.0), 1.0 / 6.0) + 2.0);
    EXPECT_GT(rateByEModel(g711(LossConcealment::yes, 0.0, 150.0)).r, 89.0);
    EXPECT_GT(rateByEModel(g711(LossConcealment::yes, 0.0, 400.0)).delayImpairment, tooLong);
    EXPECT_LT(rateByEModel(g711(LossConcealment::yes, 0.0, 400.0)).delayImpairment, tooLong + 9.0) << "and echo on top";
    // Cole and Rosenbluth's straight lines through the same model: Id = 0.024 d + 0.11 (d − 177.3), the second part beyond 177.3 ms.
    for (double ms = 20.0; ms <= 400.0; ms += 10.0)
        EXPECT_NEAR(rateByEModel(g711(LossConcealment::yes, 0.0, ms)).delayImpairment, 0.024 * ms + std::max(0.0, 0.11 * (ms - 177.3)), 3.2) << ms;
}

TEST(EModel, FallsSteadilyWithLossAndDelayAndStaysInItsScale)
{
    double former = 101.0;
    for (double loss = 0.0; loss <= 100.0; loss += 0.5)
    {
        const auto rating = rateByEModel(g711(LossConcealment::no, loss));
        EXPECT_LE(rating.r, former);
        EXPECT_GE(rating.r, 0.0);
        EXPECT_GE(rating.mos, 1.0);
        EXPECT_LE(rating.mos, 4.5);
        former = rating.r;
    }
    former = 101.0;
    for (double ms = 0.0; ms <= 5000.0; ms += 10.0)
    {
        const auto rating = rateByEModel(g711(LossConcealment::yes, 0.0, ms));
        EXPECT_LE(rating.r, former) << ms;
        EXPECT_TRUE(std::isfinite(rating.r));
        former = rating.r;
    }
}

TEST(EModel, MosOfARatingFollowsAnnexB)
{
    EXPECT_EQ(mosFromRating(-5.0), 1.0);
    EXPECT_EQ(mosFromRating(0.0), 1.0);
    EXPECT_EQ(mosFromRating(100.0), 4.5);
    EXPECT_EQ(mosFromRating(120.0), 4.5);
    EXPECT_EQ(mosFromRating(std::nan("")), 1.0);
    EXPECT_EQ(mosFromRating(3.0), 1.0) << "the polynomial dips below 1 there";
    EXPECT_NEAR(mosFromRating(50.0), 2.575, 1e-9);
    EXPECT_NEAR(mosFromRating(80.0), 4.024, 1e-9);
    EXPECT_NEAR(mosFromRating(90.0), 4.339, 1e-9);
}

TEST(EModel, CodecsThatG113DoesNotRateOnThisScaleAreNotRated)
{
    EXPECT_TRUE(codecImpairment("PCMA", LossConcealment::no).has_value());
    for (const auto* codec : { "G722", "opus", "L16", "", "pcmu" })
        EXPECT_FALSE(codecImpairment(codec, LossConcealment::yes).has_value()) << codec;
}

} // namespace
} // namespace mw
