#include "MixerBench.h"

#include <gtest/gtest.h>

namespace mw::test
{

TEST(MixerCommands, AreStampedWithTheirBlocksFirstSample)
{
    MixerBench bench(2, 8000.0, 160);
    const auto first = bench.activate(0);
    const auto second = bench.activate(1);
    EXPECT_TRUE(bench.mixer.takeDone().empty()) << "nothing takes effect before a block";
    bench.settle(100);
    const auto third = bench.setTrim(0, -3.0);
    bench.settle(37);
    bench.settle(1);
    const auto fourth = bench.setMode(MixMode::matrix);
    bench.settle(5);
    const auto done = bench.mixer.takeDone();
    ASSERT_EQ(done.size(), 4u);
    EXPECT_EQ(done[0].id, first);
    EXPECT_EQ(done[1].id, second);
    EXPECT_EQ(done[0].samplePosition, 0u);
    EXPECT_EQ(done[2].id, third);
    EXPECT_EQ(done[2].kind, MixerCommand::Kind::setTrim);
    EXPECT_EQ(done[2].samplePosition, 100u);
    EXPECT_EQ(done[3].id, fourth);
    EXPECT_EQ(done[3].samplePosition, 138u);
    EXPECT_EQ(bench.header().samplePosition, 143u);
    EXPECT_EQ(bench.header().commandsTaken, 4u);
    EXPECT_TRUE(bench.mixer.takeDone().empty());
}

TEST(MixerCommands, TakeEffectOnTheFirstSampleOfTheNextBlock)
{
    MixerBench bench(2, 8000.0, 160, 0.0);  // no ramp
    bench.activateAll();
    const auto in = talkers(2, 160, 9000);
    EXPECT_EQ(bench.run(in, 37)[0], Channel(in[1].begin(), in[1].begin() + 37));
    bench.setMode(MixMode::matrix);
    EXPECT_EQ(bench.run(in, 160)[0], constant(0.0f, 160));
    bench.setMode(MixMode::conference);
    EXPECT_EQ(bench.run(in, 160)[0], in[1]);
}

TEST(MixerCommands, DigitBeginsExactlyAtItsStamp)
{
    MixerBench bench(1, 8000.0, 160);
    bench.activateAll();
    bench.settle(777);
    const auto id = bench.play("5", 20, 20);
    const auto out = bench.run({}, 320);
    const auto done = bench.mixer.takeDone();
    ASSERT_EQ(done.back().id, id);
    EXPECT_EQ(done.back().samplePosition, 777u);

    DtmfOscillator alone;
    ASSERT_TRUE(alone.prepare(8000.0));
    DtmfSettings settings;
    settings.sequence = DtmfSequence::parse("5").value();
    settings.onMs = settings.offMs = 20;
    ASSERT_TRUE(alone.play(settings));
    Channel expected(320);
    alone.render(expected);
    EXPECT_EQ(out[0], expected);
    EXPECT_EQ(bench.header().dtmfDigitsPlayed, 1u);
}

TEST(MixerCommands, Finding02_EmptySequenceIsSilence)
{
    MixerBench bench(1);
    bench.activateAll();
    ASSERT_NE(bench.play("12", 50, 50, true), 0u);
    bench.settle(400);
    ASSERT_NE(bench.play("", 50, 50, true), 0u);
    bench.settle(160);  // the digit that sounded fades
    EXPECT_EQ(bench.run({}, 160)[0], constant(0.0f, 160));
    EXPECT_EQ(bench.header().dtmfDigit, 0);
}

TEST(MixerCommands, StopDtmfEndsTheSequence)
{
    MixerBench bench(1);
    bench.activateAll();
    bench.play("123456", 50, 50);
    bench.settle(200);
    EXPECT_EQ(bench.header().dtmfDigit, '1');
    bench.mixer.post(bench.command(MixerCommand::Kind::stopDtmf));
    bench.settle(160);
    EXPECT_EQ(bench.run({}, 1600)[0], constant(0.0f, 1600));
    EXPECT_EQ(bench.header().dtmfDigitsPlayed, 1u);
}

TEST(MixerCommands, WrongValuesAreRefusedAndCounted)
{
    MixerBench bench(4);
    using Kind = MixerCommand::Kind;
    const auto refused = [&](MixerCommand c) { return bench.mixer.post(c) == 0; };
    auto c = bench.command(Kind::setLegActive, 4);
    EXPECT_TRUE(refused(c));
    EXPECT_TRUE(refused(bench.command(Kind::setLegActive, -1)));
    EXPECT_TRUE(refused(bench.command(Kind::setLegRole, 4)));
    EXPECT_EQ(bench.setTrim(7, 0.0), 0u);
    EXPECT_NE(bench.setTrim(6, 0.0), 0u);
    EXPECT_EQ(bench.setTrim(0, std::nan("")), 0u);
    EXPECT_EQ(bench.setCell(0, 7, 0.0), 0u);
    EXPECT_EQ(bench.setCell(4, 0, 0.0), 0u);
    EXPECT_EQ(bench.setCell(0, 0, std::nan("")), 0u);
    EXPECT_EQ(bench.clearCell(0, -1), 0u);
    EXPECT_EQ(bench.setTone(0.0, -10.0), 0u);
    EXPECT_EQ(bench.setTone(std::nan(""), -10.0), 0u);
    EXPECT_EQ(bench.setTone(1000.0, std::nan("")), 0u);
    EXPECT_EQ(bench.setTone(1000.0, 30.0), 0u);
    EXPECT_NE(bench.setTone(1000.0, silenceDb), 0u);
    c = bench.command(Kind::playDtmf);
    c.dtmf.onMs = 5;
    EXPECT_TRUE(refused(c));
    bench.settle(10);
    EXPECT_EQ(bench.header().commandsRefused, 14u);
    EXPECT_EQ(bench.header().commandsTaken, 2u);
}

TEST(MixerCommands, AFullQueueRefusesAndNothingIsLost)
{
    MixerProcessor mixer(MixerProcessor::Config { 4, Law::mu, 8, 10.0 });
    mixer.prepareToPlay(8000.0, 160);
    MixerCommand c;
    c.kind = MixerCommand::Kind::resetMeters;
    int accepted = 0;
    while (mixer.post(c) != 0)
        ++accepted;
    EXPECT_EQ(accepted, 8);
    mixer.process(nullptr, nullptr, 10);
    EXPECT_EQ(mixer.takeDone().size(), 8u);
    const auto id = mixer.post(c);
    EXPECT_EQ(id, 9u);
    mixer.process(nullptr, nullptr, 10);
    const auto done = mixer.takeDone();
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].id, 9u);

    for (int i = 0; i < 100; ++i)  // stamps that nobody takes are counted, and the mixer goes on
    {
        ASSERT_NE(mixer.post(c), 0u);
        mixer.process(nullptr, nullptr, 10);
    }
    MixerHeader header;
    std::vector<StripRow> rows;
    mixer.readSnapshot(header, rows);
    EXPECT_EQ(header.commandsTaken, 109u);
    EXPECT_EQ(header.commandsRefused, 1u);
    EXPECT_EQ(mixer.takeDone().size() + header.stampsLost, 100u);
}

TEST(MixerCommands, ABatchTakesEffectTogetherOrNotAtAll)
{
    MixerBench bench(3);
    bench.activateAll();
    bench.settle(10);
    (void) bench.mixer.takeDone();
    using Kind = MixerCommand::Kind;
    std::vector<MixerCommand> batch { bench.command(Kind::setMode), bench.command(Kind::setLegRole, 2), bench.command(Kind::setLegRole, 9) };
    batch[0].mode = MixMode::funnel;
    batch[1].role = LegRole::sink;
    EXPECT_EQ(bench.mixer.postAll(batch), 0u);
    EXPECT_EQ(bench.mixer.postAll({}), 0u);
    bench.settle(10);
    EXPECT_EQ(bench.header().mode, MixMode::conference);
    batch.pop_back();
    const auto id = bench.mixer.postAll(batch);
    ASSERT_NE(id, 0u);
    EXPECT_EQ(bench.mixer.retiredObjects(), 1u);
    bench.settle(10);
    const auto done = bench.mixer.takeDone();
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].id, id);
    EXPECT_EQ(bench.header().mode, MixMode::funnel);
    EXPECT_EQ(bench.row(2).role, LegRole::sink);
    EXPECT_EQ(bench.mixer.retiredObjects(), 0u) << "freed by a control call after the block";
}

TEST(MixerCommands, CellsBeyondTheStorageAreRefused)
{
    constexpr int legs = 300;
    MixerProcessor mixer(MixerProcessor::Config { legs, Law::mu, 131072, 10.0 });
    mixer.prepareToPlay(8000.0, 16);
    MixerCommand c;
    c.kind = MixerCommand::Kind::setCell;
    c.gainDb = -1.0;
    int accepted = 0;
    for (c.leg = 0; c.leg < legs; ++c.leg)
        for (c.from = 0; c.from < legs; ++c.from)
            accepted += mixer.post(c) != 0 ? 1 : 0;
    EXPECT_EQ(accepted, 65536);
    mixer.process(nullptr, nullptr, 16);
    c.leg = c.from = 0;  // one that is known may change, one that was cleared makes room
    EXPECT_NE(mixer.post(c), 0u);
    c.kind = MixerCommand::Kind::clearCell;
    EXPECT_NE(mixer.post(c), 0u);
    c.kind = MixerCommand::Kind::setCell;
    c.leg = c.from = legs - 1;
    EXPECT_NE(mixer.post(c), 0u);
    mixer.process(nullptr, nullptr, 16);
}

TEST(MixerCommands, RepreparingKeepsLegsCellsAndTone)
{
    MixerBench bench(2, 8000.0, 160);
    bench.activateAll();
    bench.setCell(0, 1, -6.0);
    bench.setTrim(1, 6.0);
    bench.setTone(1000.0, -20.0);
    bench.mixer.setStripMuted(bench.house(HouseStrip::tone), true);
    bench.settle();
    EXPECT_GT(bench.header().samplePosition, 0u);
    bench.mixer.releaseResources();
    EXPECT_EQ(bench.run(talkers(2, 64, 9000), 64)[0], constant(0.0f, 64)) << "released: silence";
    bench.mixer.prepareToPlay(16000.0, 320);
    const Channels in { constant(0.0f, 320), constant(0.25f, 320) };
    const auto out = bench.run(in, 320);
    EXPECT_NEAR(out[0][0], 0.25 * gainFromDb(-6.0) * gainFromDb(6.0), 1e-7) << "without a ramp: nothing was heard before";
    EXPECT_EQ(bench.header().samplePosition, 320u);
    EXPECT_EQ(bench.header().sampleRateHz, 16000.0);
    bench.mixer.setStripMuted(bench.house(HouseStrip::tone), false);
    bench.settle();
    EXPECT_GT(bench.row(bench.house(HouseStrip::tone)).in.peak, 0.05f);
}

} // namespace mw::test
