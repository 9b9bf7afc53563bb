#include "MixerBench.h"

#include <gtest/gtest.h>

#include <set>

namespace mw::test
{

namespace
{
juce::RangedAudioParameter* parameterOf(MixerProcessor& mixer, const juce::String& id)
{
    for (auto* parameter : mixer.getParameters())
        if (auto* const ranged = dynamic_cast<juce::RangedAudioParameter*>(parameter); ranged != nullptr && ranged->paramID == id)
            return ranged;
    return nullptr;
}

float largestStep(const Channel& channel)
{
    float largest = 0.0f;
    for (size_t i = 1; i < channel.size(); ++i)
        largest = std::max(largest, std::abs(channel[i] - channel[i - 1]));
    return largest;
}
} // namespace

TEST(MixerGains, LawFromMinimumToMaximumAndMinusInfinity)
{
    MixerBench bench(2, 8000.0, 160, 0.0);
    bench.activateAll();
    const Channels in { constant(0.0f, 160), constant(0.0625f, 160) };
    for (int step = -600; step <= 200; ++step)
    {
        const auto gainDb = step / 10.0;
        ASSERT_TRUE(bench.mixer.setStripGainDb(1, gainDb));
        ASSERT_EQ(bench.mixer.stripGainDb(1), gainDb);
        const auto out = bench.run(in, 160);
        ASSERT_FLOAT_EQ(out[0][159], static_cast<float>(0.0625 * gainFromDb(gainDb))) << gainDb;
        ASSERT_EQ(bench.row(1).gainDb, static_cast<float>(gainDb)) << "as it was set";
    }
    ASSERT_TRUE(bench.mixer.setStripGainDb(1, silenceDb));
    EXPECT_EQ(bench.mixer.stripGainDb(1), silenceDb);
    EXPECT_EQ(bench.run(in, 160)[0], constant(0.0f, 160));
}

TEST(MixerGains, OutOfRangeIsClampedAndNaNRefused)
{
    MixerProcessor mixer;
    EXPECT_TRUE(mixer.setOutputGainDb(99.0));
    EXPECT_EQ(mixer.outputGainDb(), maxGainDb);
    EXPECT_TRUE(mixer.setOutputGainDb(-60.0));
    EXPECT_EQ(mixer.outputGainDb(), -60.0);
    EXPECT_TRUE(mixer.setOutputGainDb(-60.001));
    EXPECT_EQ(mixer.outputGainDb(), silenceDb);
    EXPECT_TRUE(mixer.setOutputGainDb(3.0));
    EXPECT_FALSE(mixer.setOutputGainDb(std::nan("")));
    EXPECT_EQ(mixer.outputGainDb(), 3.0);
    EXPECT_TRUE(mixer.setMasterInGainDb(std::numeric_limits<double>::infinity()));
    EXPECT_EQ(mixer.masterInGainDb(), maxGainDb);
    EXPECT_TRUE(mixer.setDtmfGainDb(-7.125));
    EXPECT_EQ(mixer.dtmfGainDb(), -7.125);
    EXPECT_EQ(mixer.stripGainDb(mixer.indexOf(HouseStrip::dtmf)), -7.125) << "one fader, one value";
    EXPECT_FALSE(mixer.setStripGainDb(-1, 0.0));
    EXPECT_FALSE(mixer.setStripGainDb(mixer.maxLegs() + houseStripCount, 0.0));
    EXPECT_EQ(mixer.stripGainDb(5000), silenceDb);
    mixer.setStripMuted(5000, true);
    EXPECT_FALSE(mixer.isStripMuted(5000));
}

TEST(MixerGains, UnityStaysExactlyUnityThroughAHostsRange)
{
    MixerProcessor mixer;
    for (int i = -60000; i <= 20000; i += 7)
    {
        const auto gainDb = i / 1000.0;
        mixer.setOutputGainDb(gainDb);
        ASSERT_EQ(mixer.outputGainDb(), gainDb);
        auto* const parameter = parameterOf(mixer, "outputGain");
        const auto normalised = parameter->getValue();
        parameter->setValueNotifyingHost(normalised);  // a host that writes back what it read
        ASSERT_EQ(mixer.outputGainDb(), gainDb);
    }
    mixer.setOutputGainDb(0.0);
    EXPECT_EQ(gainFromDb(mixer.outputGainDb()), 1.0);
}

TEST(MixerGains, AHostsNaNClosesTheFader)
{
    MixerBench bench(2);
    bench.activateAll();
    parameterOf(bench.mixer, "outputGain")->setValueNotifyingHost(std::nanf(""));
    EXPECT_EQ(bench.mixer.outputGainDb(), silenceDb);
    const auto out = bench.run(talkers(2, 160, 9000), 160);
    EXPECT_EQ(out[0], constant(0.0f, 160));
}

TEST(MixerGains, ParametersHaveStableIdsGroupsAndText)
{
    MixerProcessor mixer(MixerProcessor::Config { 3 });
    std::set<juce::String> ids;
    for (auto* parameter : mixer.getParameters())
        ids.insert(dynamic_cast<juce::RangedAudioParameter*>(parameter)->paramID);
    EXPECT_EQ(ids.size(), static_cast<size_t>(mixer.getParameters().size())) << "no ID twice";
    for (const auto* id : { "masterInGain", "dtmfGain", "outputGain", "dtmfOn", "strip/0/gain", "strip/2/mute", "strip/2/solo",
                            "strip/dtmf/mute", "strip/tone/gain", "strip/player/solo" })
        EXPECT_TRUE(ids.contains(id)) << id;
    EXPECT_FALSE(ids.contains("strip/3/gain"));
    EXPECT_EQ(ids.size(), 4u + 3u * 3u + 2u + 3u + 3u);
    EXPECT_EQ(mixer.getParameterTree().getSubgroups(false).size(), 1 + 3 + houseStripCount);

    auto* const gain = parameterOf(mixer, "strip/0/gain");
    mixer.setStripGainDb(0, -3.04);
    EXPECT_EQ(gain->getCurrentValueAsText(), "-3.0 dB");
    mixer.setStripGainDb(0, silenceDb);
    EXPECT_EQ(gain->getCurrentValueAsText(), "-inf dB");
    EXPECT_EQ(gain->getValueForText("-inf"), 0.0f);
    EXPECT_EQ(gain->getValueForText("-INF dB"), 0.0f);
    gain->setValueNotifyingHost(gain->getValueForText("-12.5 dB"));
    EXPECT_EQ(mixer.stripGainDb(0), -12.5);
    gain->setValueNotifyingHost(1.0f);
    EXPECT_EQ(mixer.stripGainDb(0), 20.0);
    gain->setValueNotifyingHost(gain->getDefaultValue());
    EXPECT_EQ(mixer.stripGainDb(0), 0.0);
}

TEST(MixerGains, RampStartsAtTheNextBlockAndIsStraight)
{
    MixerBench bench(2, 8000.0, 160, 10.0);  // 80 samples
    bench.activateAll();
    const Channels in { constant(0.0f, 160), constant(0.5f, 160) };
    auto out = bench.run(in, 160);
    ASSERT_EQ(out[0], in[1]);
    bench.mixer.setStripGainDb(1, silenceDb);
    out = bench.run(in, 160);
    for (size_t i = 0; i < 160; ++i)
        ASSERT_NEAR(out[0][i], i < 79 ? 0.5 * (1.0 - static_cast<double>(i + 1) / 80.0) : 0.0, 1e-7) << i;
}

TEST(MixerGains, NoChangeClicks)
{
    // A constant through any change may step by at most one part of a ramp: full travel over 80 samples.
    const auto run = [](auto change) {
        MixerBench bench(4, 8000.0, 160, 10.0);
        bench.activateAll();
        bench.setRole(3, LegRole::sink);
        const Channels in { constant(0.1f, 160), constant(0.1f, 160), constant(0.1f, 160), constant(0.1f, 160) };
        bench.settle();
        bench.run(in, 160);
        Channel heard;
        for (int i = 0; i < 6; ++i)
        {
            change(bench, i);
            for (int leg = 0; leg < 4; ++leg)
            {
                if (leg > 0)
                    break;
                const auto out = bench.run(in, 160);
                heard.insert(heard.end(), out[0].begin(), out[0].end());
            }
        }
        return largestStep(heard);
    };
    constexpr float onePart = 0.4f / 80.0f * 1.01f;
    EXPECT_LE(run([](MixerBench& b, int i) { b.mixer.setStripMuted(1, i % 2 == 0); }), onePart);
    EXPECT_LE(run([](MixerBench& b, int i) { b.mixer.setStripSoloed(1, i % 2 == 0); }), onePart);
    EXPECT_LE(run([](MixerBench& b, int i) { b.mixer.setOutputGainDb(i % 2 == 0 ? silenceDb : 0.0); }), onePart);
    EXPECT_LE(run([](MixerBench& b, int i) { b.mixer.setMasterInGainDb(i % 2 == 0 ? -30.0 : 0.0); }), onePart);
    EXPECT_LE(run([](MixerBench& b, int i) { b.setTrim(1, i % 2 == 0 ? silenceDb : 0.0); }), onePart);
    EXPECT_LE(run([](MixerBench& b, int i) { b.setMode(static_cast<MixMode>(i % 3), i == 4); }), onePart);
    EXPECT_LE(run([](MixerBench& b, int i) {
                  b.setMode(MixMode::funnel, true);
                  b.setRole(1, i % 2 == 0 ? LegRole::sink : LegRole::source);
              }), 2.0f * onePart);
    EXPECT_LE(run([](MixerBench& b, int i) {
                  b.setMode(MixMode::funnel);
                  b.setRole(0, i % 2 == 0 ? LegRole::sink : LegRole::source);
              }), 2.0f * onePart);
    EXPECT_LE(run([](MixerBench& b, int i) {
                  if (i % 2 == 0)
                      b.setCell(0, 1, silenceDb);
                  else
                      b.clearCell(0, 1);
              }), onePart);
    EXPECT_LE(run([](MixerBench& b, int i) {
                  b.setMode(i % 2 == 0 ? MixMode::matrix : MixMode::conference);
                  b.setCell(0, 1 + i % 3, i % 2 == 0 ? 0.0 : -6.0);
              }), 2.0f * onePart);
}

TEST(MixerGains, ACellHoldsItsGainWhileTheModeChanges)
{
    MixerBench bench(3, 8000.0, 160, 10.0);
    bench.activateAll();
    bench.setCell(0, 1, -6.0);
    const Channels in { constant(0.0f, 160), constant(0.5f, 160), constant(0.0f, 160) };
    bench.run(in, 160);
    bench.setMode(MixMode::matrix);
    const auto during = bench.run(in, 160);
    for (const auto sample : during[0])
        ASSERT_NEAR(sample, 0.5 * gainFromDb(-6.0), 1e-7);
    EXPECT_EQ(during[2][159], 0.0f);
}

TEST(MixerGains, SnapshotShowsTheGainAsTheRampStands)
{
    MixerBench bench(2, 8000.0, 160, 20.0);  // 160 samples
    bench.activateAll();
    bench.settle(160);
    EXPECT_EQ(bench.row(0).gainDb, 0.0f);
    bench.mixer.setStripGainDb(0, 20.0);
    bench.settle(80);
    EXPECT_NEAR(bench.row(0).gainDb, dbFromGain(5.5), 1e-4);
    bench.settle(80);
    EXPECT_NEAR(bench.row(0).gainDb, 20.0, 1e-5);
}

} // namespace mw::test
