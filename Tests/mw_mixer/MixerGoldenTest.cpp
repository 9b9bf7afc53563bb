#include "MixerBench.h"

#include <gtest/gtest.h>

namespace mw::test
{

namespace
{
/** Sum of 16-bit samples over the legs that `hears` names. */
template <typename Hears>
int expectedSample(const Channels& in, int leg, size_t at, Hears hears)
{
    int sum = 0;
    for (int from = 0; from < static_cast<int>(in.size()); ++from)
        if (hears(leg, from))
            sum += sampleOf(in[static_cast<size_t>(from)][at]);
    return sum;
}

template <typename Hears>
void expectMix(const Channels& in, const Channels& out, Hears hears)
{
    for (int leg = 0; leg < static_cast<int>(out.size()); ++leg)
        for (size_t i = 0; i < out[static_cast<size_t>(leg)].size(); ++i)
            ASSERT_EQ(static_cast<double>(out[static_cast<size_t>(leg)][i]) * 32768.0, expectedSample(in, leg, i, hears))
                << "leg " << leg << ", sample " << i;
}
} // namespace

class MixerTalkers : public ::testing::TestWithParam<int>
{
};

TEST_P(MixerTalkers, ConferenceIsTheExactSumOfTheOthers)
{
    const auto count = GetParam();
    MixerBench bench(count);
    bench.activateAll();
    const auto in = talkers(count, 320, 32767 / count);
    expectMix(in, bench.run(in, 320), [](int leg, int from) { return leg != from; });
    EXPECT_EQ(bench.header().activeLegs, count);
    EXPECT_EQ(bench.row(0).limitedSamples, 0u);
}

INSTANTIATE_TEST_SUITE_P(Golden, MixerTalkers, ::testing::Values(2, 3, 64));

TEST(MixerGolden, OneTalkerIsTransparentToSixteenBits)
{
    MixerBench bench(2, 8000.0, 160);
    bench.activateAll();
    Channels in(2);
    for (int value = -32768; value <= 32767; ++value)
        in[0].push_back(static_cast<float>(value) / 32768.0f);
    in[1].assign(in[0].size(), 0.0f);
    const auto out = bench.run(in, static_cast<int>(in[0].size()));
    EXPECT_EQ(out[1], in[0]);
    for (const auto sample : out[0])
        ASSERT_EQ(sample, 0.0f) << "nobody hears themselves";
    EXPECT_EQ(bench.row(1).limitedSamples, 0u);
}

TEST(MixerGolden, InactiveLegsAreNeitherHeardNorServed)
{
    MixerBench bench(4);
    bench.activate(0);
    bench.activate(2);
    const auto in = talkers(4, 160, 4000);
    const auto out = bench.run(in, 160);
    EXPECT_EQ(out[0], in[2]);
    EXPECT_EQ(out[2], in[0]);
    EXPECT_EQ(out[1], constant(0.0f, 160));
    EXPECT_EQ(out[3], constant(0.0f, 160));
    EXPECT_EQ(bench.row(1).index, -1);

    bench.activate(2, false);
    bench.activate(3);
    const auto later = bench.run(in, 160);
    EXPECT_EQ(later[0], in[3]);
    EXPECT_EQ(later[2], constant(0.0f, 160));
}

TEST(MixerGolden, FunnelSumsSourcesIntoSinksWithoutTheSinks)
{
    MixerBench bench(5);
    bench.activateAll();
    bench.setMode(MixMode::funnel);
    bench.setRole(3, LegRole::sink);
    bench.setRole(4, LegRole::sink);
    const auto in = talkers(5, 320, 5000);
    expectMix(in, bench.run(in, 320), [](int leg, int from) { return leg >= 3 && from < 3; });

    bench.setMode(MixMode::funnel, true);
    bench.settle();
    expectMix(in, bench.run(in, 320), [](int leg, int from) { return (leg >= 3) != (from >= 3); });
}

TEST(MixerGolden, FunnelGivesHouseStripsToSinksOnly)
{
    MixerBench bench(3);
    bench.activateAll();
    bench.setMode(MixMode::funnel, true);
    bench.setRole(2, LegRole::sink);
    bench.mixer.setPlayer(std::make_shared<ConstantSource>(0.125f));
    const auto out = bench.run({}, 160);
    EXPECT_EQ(out[0], constant(0.0f, 160));
    EXPECT_EQ(out[1], constant(0.0f, 160));
    EXPECT_EQ(out[2], constant(0.125f, 160));
}

TEST(MixerGolden, MatrixKnowsOnlyItsCells)
{
    MixerBench bench(4);
    bench.activateAll();
    bench.setMode(MixMode::matrix);
    const auto in = talkers(4, 160, 5000);
    const auto silent = bench.run(in, 160);
    for (const auto& leg : silent)
        EXPECT_EQ(leg, constant(0.0f, 160));

    bench.setCell(0, 1, 0.0);
    bench.setCell(0, 2, 0.0);
    bench.setCell(3, 3, 0.0);
    bench.setCell(2, bench.house(HouseStrip::player), 0.0);
    bench.mixer.setPlayer(std::make_shared<ConstantSource>(0.25f));
    bench.settle();
    const auto out = bench.run(in, 160);
    for (size_t i = 0; i < 160; ++i)
        ASSERT_EQ(out[0][i], in[1][i] + in[2][i]);
    EXPECT_EQ(out[1], constant(0.0f, 160));
    EXPECT_EQ(out[2], constant(0.25f, 160));
    EXPECT_EQ(out[3], in[3]) << "a cell can let a leg hear itself";
}

TEST(MixerGolden, CellsOverrideTheModeAndGoBackToIt)
{
    MixerBench bench(3);
    bench.activateAll();
    const auto in = talkers(3, 160, 5000);
    bench.run(in, 160);
    bench.setCell(0, 1, silenceDb);  // conference, but 0 does not hear 1
    bench.settle();
    auto out = bench.run(in, 160);
    EXPECT_EQ(out[0], in[2]);
    for (size_t i = 0; i < 160; ++i)
        ASSERT_EQ(out[1][i], in[0][i] + in[2][i]);

    bench.setMode(MixMode::matrix);  // the cell stands whatever the mode says
    bench.setCell(2, 0, 0.0);
    bench.settle();
    out = bench.run(in, 160);
    EXPECT_EQ(out[0], constant(0.0f, 160));
    EXPECT_EQ(out[2], in[0]);

    bench.setMode(MixMode::conference);
    bench.clearCell(0, 1);
    bench.clearCell(2, 0);
    bench.settle();
    expectMix(in, bench.run(in, 160), [](int leg, int from) { return leg != from; });
}

TEST(MixerGolden, CellGainIsExact)
{
    MixerBench bench(2);
    bench.activateAll();
    bench.setCell(0, 1, -12.0);
    const auto in = talkers(2, 160, 30000);
    const auto out = bench.run(in, 160);
    for (size_t i = 0; i < 160; ++i)
        ASSERT_FLOAT_EQ(out[0][i], static_cast<float>(static_cast<double>(in[1][i]) * gainFromDb(-12.0)));
    EXPECT_EQ(out[1], in[0]);
}

TEST(MixerGolden, MuteAndSolo)
{
    MixerBench bench(4);
    bench.activateAll();
    const auto in = talkers(4, 160, 5000);
    bench.run(in, 160);
    bench.mixer.setStripMuted(1, true);
    bench.settle();
    expectMix(in, bench.run(in, 160), [](int leg, int from) { return leg != from && from != 1; });
    EXPECT_TRUE(bench.row(1).muted);
    EXPECT_EQ(bench.row(1).gainDb, static_cast<float>(silenceDb));
    EXPECT_GT(bench.row(1).in.peak, 0.0f) << "a muted leg is still metered";

    bench.mixer.setStripSoloed(2, true);
    bench.settle();
    expectMix(in, bench.run(in, 160), [](int leg, int from) { return leg != from && from == 2; });

    bench.mixer.setStripSoloed(1, true);  // muted and soloed: mute wins
    bench.settle();
    expectMix(in, bench.run(in, 160), [](int leg, int from) { return leg != from && from == 2; });

    bench.activate(2, false);  // nobody else's solo counts but those who are there: strip 1, which is muted
    bench.mixer.setStripSoloed(1, false);
    bench.settle();
    bench.mixer.setStripMuted(1, false);
    bench.settle();
    expectMix({ in[0], in[1], constant(0.0f, 160), in[3] }, bench.run(in, 160),
              [](int leg, int from) { return leg != from && leg != 2; });
}

TEST(MixerGolden, TrimStandsBeforeTheMeterAndTheFader)
{
    MixerBench bench(2);
    bench.activateAll();
    bench.setTrim(0, -6.0);
    bench.mixer.setStripGainDb(0, -4.0);
    const auto fifo = std::make_shared<SampleFifo>(1024);
    bench.mixer.setTap({ TapPoint::Kind::legIn, 0 }, fifo);
    Channels in { constant(0.5f, 160), constant(0.0f, 160) };
    const auto out = bench.run(in, 160);
    const auto trimmed = static_cast<float>(0.5 * gainFromDb(-6.0));
    EXPECT_FLOAT_EQ(out[1][80], static_cast<float>(0.5 * gainFromDb(-10.0)));
    EXPECT_FLOAT_EQ(bench.row(0).in.peak, trimmed);
    Channel tapped(160);
    ASSERT_EQ(fifo->read(tapped), 160u);
    EXPECT_EQ(tapped, constant(trimmed, 160));
}

TEST(MixerGolden, MasterInIsOfTheLegsAndDtmfGainOfTheDigits)
{
    MixerBench bench(2, 8000.0, 800);
    bench.activateAll();
    bench.mixer.setMasterInGainDb(-20.0);
    bench.play("1", 100, 100);
    const auto loud = bench.run({ constant(0.0f, 800), constant(0.5f, 800) }, 800);
    // Leg 0 hears leg 1 at -20 dB and the digit as it is; leg 1 hears the digit alone.
    for (size_t i = 0; i < 800; ++i)
        ASSERT_NEAR(loud[0][i] - loud[1][i], 0.05f, 1e-6f);
    EXPECT_GT(*std::max_element(loud[1].begin(), loud[1].end()), 0.2f);

    MixerBench quiet(2, 8000.0, 800);
    quiet.activateAll();
    quiet.mixer.setDtmfGainDb(-20.0);
    quiet.play("1", 100, 100);
    const auto soft = quiet.run({}, 800);
    for (size_t i = 0; i < 800; ++i)
        ASSERT_NEAR(soft[1][i], loud[1][i] * 0.1f, 1e-7f);
}

TEST(MixerGolden, DtmfOffIsSilentAndKeepsItsTime)
{
    MixerBench on(1, 8000.0, 160), off(1, 8000.0, 160);
    for (auto* bench : { &on, &off })
    {
        bench->activateAll();
        bench->play("1234", 50, 50);
    }
    off.mixer.setDtmfOn(false);
    const auto heard = on.run({}, 800);
    const auto unheard = off.run({}, 800);
    EXPECT_EQ(unheard[0], constant(0.0f, 800));
    EXPECT_EQ(off.header().dtmfDigit, 0);
    EXPECT_EQ(off.header().dtmfDigitsPlayed, 1u);
    off.mixer.setDtmfOn(true);
    off.settle(80);
    on.settle(80);
    EXPECT_EQ(off.run({}, 800), on.run({}, 800)) << "the second digit is where it would have been";
    EXPECT_EQ(on.header().dtmfDigitsPlayed, 3u);
}

TEST(MixerGolden, Finding03_WorstCaseNeverOverflowsAndIsCounted)
{
    // Every leg at full scale, every gain at its maximum: +20 dB trim, strip, master in and output, each ten times.
    constexpr int legs = 64;
    MixerBench bench(legs);
    bench.activateAll();
    bench.mixer.setMasterInGainDb(maxGainDb);
    bench.mixer.setOutputGainDb(maxGainDb);
    for (int i = 0; i < legs; ++i)
    {
        bench.setTrim(i, maxGainDb);
        bench.mixer.setStripGainDb(i, maxGainDb);
    }
    const Channels in(legs, constant(1.0f, 160));
    const auto out = bench.run(in, 160);
    for (const auto& leg : out)
        for (const auto sample : leg)
            ASSERT_EQ(sample, Limiter::fullScale);
    EXPECT_EQ(bench.row(5).limitedSamples, 160u);
    EXPECT_EQ(bench.header().masterLimitedSamples, 160u);
    EXPECT_EQ(bench.row(5).out.clippedSamples, 160u);
    EXPECT_TRUE(bench.row(5).out.clipLatched);
    bench.mixer.post(bench.command(MixerCommand::Kind::resetMeters));
    bench.settle(160);
    EXPECT_FALSE(bench.row(5).out.clipLatched);
}

TEST(MixerGolden, Finding03_LoudSumsAreExactWhenTheOutputBringsThemDown)
{
    // 64 legs at full scale and +20 dB are 640 times full scale inside; at -60 dB they fit and must be the exact sum.
    constexpr int legs = 64;
    MixerBench bench(legs, 16000.0, 320);
    bench.activateAll();
    bench.mixer.setMasterInGainDb(maxGainDb);
    bench.mixer.setOutputGainDb(-60.0);
    const auto in = talkers(legs, 320, 32767, 7);
    const auto out = bench.run(in, 320);
    for (size_t leg = 0; leg < legs; ++leg)
        for (size_t i = 0; i < 320; ++i)
        {
            long double sum = 0.0L;
            for (size_t from = 0; from < legs; ++from)
                if (from != leg)
                    sum += static_cast<long double>(in[from][i]) * static_cast<long double>(gainFromDb(maxGainDb));
            sum *= static_cast<long double>(gainFromDb(-60.0));
            ASSERT_NEAR(out[leg][i], static_cast<double>(sum), 1e-12 + std::abs(static_cast<double>(sum)) * 0x1p-24 * 1.01);
        }
    EXPECT_EQ(bench.row(0).limitedSamples, 0u);
}

TEST(MixerGolden, Finding03_PredecessorsTwoTonesAtUnityDoNotWrap)
{
    MixerBench bench(1);
    bench.activateAll();
    MixerCommand loud = bench.command(MixerCommand::Kind::playDtmf);
    loud.dtmf.sequence = DtmfSequence::parse("D").value();
    loud.dtmf.lowDbm0 = 0.0;
    loud.dtmf.twistDb = 3.0;
    ASSERT_NE(bench.mixer.post(loud), 0u);
    const auto out = bench.run({}, 800);
    for (size_t i = 1; i < 800; ++i)
    {
        ASSERT_LE(std::abs(out[0][i]), 1.0f);
        ASSERT_LT(std::abs(out[0][i] - out[0][i - 1]), 1.9f) << "a wrapped sample is a step of two full scales";
    }
    EXPECT_GT(bench.row(0).limitedSamples, 0u);
}

TEST(MixerGolden, NonFiniteInputsAreSilenceAndCounted)
{
    MixerBench bench(3);
    bench.activateAll();
    auto in = talkers(3, 160, 5000);
    in[0][10] = std::nanf("");
    in[0][11] = INFINITY;
    in[1][12] = -INFINITY;
    in[1][13] = 3.0e38f;
    const auto out = bench.run(in, 160);
    in[0][10] = in[0][11] = in[1][12] = in[1][13] = 0.0f;
    expectMix(in, out, [](int leg, int from) { return leg != from; });
    EXPECT_EQ(bench.header().nonFiniteInputs, 4u);
}

TEST(MixerGolden, MasterIsTheWholeMixAfterTheOutputGain)
{
    MixerBench bench(2);
    bench.activateAll();
    bench.setMode(MixMode::funnel);
    bench.mixer.setOutputGainDb(-6.0);
    const auto mix = std::make_shared<SampleFifo>(4096), sent = std::make_shared<SampleFifo>(4096);
    bench.mixer.setTap({}, mix);
    bench.mixer.setTap({ TapPoint::Kind::legOut, 1 }, sent);
    const auto in = talkers(2, 160, 9000);
    const auto out = bench.run(in, 160);
    Channel tapped(160), tappedOut(160);
    ASSERT_EQ(mix->read(tapped), 160u);
    ASSERT_EQ(sent->read(tappedOut), 160u);
    for (size_t i = 0; i < 160; ++i)
        ASSERT_FLOAT_EQ(tapped[i], static_cast<float>((static_cast<double>(in[0][i]) + in[1][i]) * gainFromDb(-6.0)));
    EXPECT_EQ(tappedOut, out[1]);

    bench.mixer.setTap({}, nullptr);
    bench.run(in, 160);
    EXPECT_EQ(mix->available(), 0u);
}

TEST(MixerGolden, EveryUseOfATapHearsTheSameAndGoesAlone)
{
    MixerBench bench(2);
    bench.activateAll();
    for (const auto kind : { TapPoint::Kind::legIn, TapPoint::Kind::legOut, TapPoint::Kind::mix })
    {
        const TapPoint point { kind, 1 };
        const auto role = std::make_shared<SampleFifo>(4096), watch = std::make_shared<SampleFifo>(4096);
        bench.mixer.setTap(point, role);
        bench.mixer.setTap(point, watch, TapUse::watch);
        const auto in = talkers(2, 160, 9000);
        bench.run(in, 160);
        Channel first(160), second(160);
        ASSERT_EQ(role->read(first), 160u);
        ASSERT_EQ(watch->read(second), 160u);
        EXPECT_EQ(first, second);

        bench.mixer.setTap(point, nullptr);
        bench.run(in, 160);
        EXPECT_EQ(role->available(), 0u);
        EXPECT_EQ(watch->available(), 160u);
        bench.mixer.setTap(point, nullptr, TapUse::watch);
    }
}

TEST(MixerGolden, PlayerEndsByItself)
{
    MixerBench bench(1);
    bench.activateAll();
    const auto player = std::make_shared<ConstantSource>(0.25f);
    bench.mixer.setPlayer(player);
    EXPECT_EQ(bench.run({}, 160)[0], constant(0.25f, 160));
    player->finished.store(true);
    EXPECT_EQ(bench.run({}, 160)[0], constant(0.0f, 160));
}

TEST(MixerGolden, ToneHasItsLevel)
{
    for (const auto law : { Law::mu, Law::a })
    {
        MixerBench bench(1, 8000.0, 800, 10.0, law);
        bench.activateAll();
        ASSERT_NE(bench.setTone(1000.0, -10.0), 0u);
        bench.settle(800);
        const auto out = bench.run({}, 800);
        double squares = 0.0;
        for (const auto sample : out[0])
            squares += static_cast<double>(sample) * sample;
        EXPECT_NEAR(dbm0FromRms(std::sqrt(squares / 800.0), law), -10.0, 0.001);
    }
}

} // namespace mw::test
