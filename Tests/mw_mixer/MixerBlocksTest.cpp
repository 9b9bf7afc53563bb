#include "MixerBench.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace mw::test
{

namespace
{
constexpr int legs = 6;

/** A scenario in which everything moves, cut into blocks; commands fall on fixed sample positions. */
Channels runScenario(double rate, size_t frames, const std::vector<int>& blocks, size_t changeEvery, MixerHeader* header = nullptr,
                     int prepared = 160)
{
    MixerBench bench(legs, rate, prepared, 7.3);
    const auto in = talkers(legs, frames, 6000, 5);
    Channels out(legs, Channel(frames));
    for (int i = 0; i < legs - 1; ++i)
        bench.activate(i);
    bench.play("1A5#,", 13, 11, true);
    bench.setTone(440.0, -25.0);

    size_t at = 0, block = 0, change = 0;
    while (at < frames)
    {
        if (at % changeEvery == 0)
        {
            switch (change++ % 10)
            {
                case 0: bench.mixer.setStripGainDb(1, -7.0); break;
                case 1: bench.setMode(MixMode::funnel, true); break;
                case 2: bench.setRole(2, LegRole::sink); break;
                case 3: bench.setCell(0, 3, -9.0); bench.setCell(4, 4, -20.0); break;
                case 4: bench.mixer.setOutputGainDb(3.0); break;
                case 5: bench.clearCell(0, 3); bench.activate(5); break;
                case 6: bench.setMode(MixMode::conference); bench.mixer.setStripSoloed(3, true); break;
                case 7: bench.setRole(2, LegRole::source); bench.mixer.setStripSoloed(3, false); break;
                case 8: bench.setTrim(0, 12.0); bench.mixer.setMasterInGainDb(9.0); break;
                default: bench.mixer.setStripMuted(1, true); bench.activate(4, false); break;
            }
        }
        // A block never crosses a change, so that each change falls on its sample whatever the blocks are.
        const auto next = std::min({ static_cast<size_t>(blocks[block++ % blocks.size()]), frames - at, changeEvery - at % changeEvery });
        bench.run(in, at, out, static_cast<int>(next));
        at += next;
    }
    if (header != nullptr)
        *header = bench.header();
    return out;
}
} // namespace

class MixerRates : public ::testing::TestWithParam<int>
{
};

TEST_P(MixerRates, OutputIsBitIdenticalForAnyBlocks)
{
    const auto rate = static_cast<double>(GetParam());
    const size_t frames = static_cast<size_t>(GetParam()) / 4;
    const auto changeEvery = frames / 20;
    MixerHeader expectedHeader;
    const auto expected = runScenario(rate, frames, { 1 << 30 }, changeEvery, &expectedHeader, 1024);
    EXPECT_GT(*std::max_element(expected[0].begin(), expected[0].end()), 0.1f);

    std::mt19937 random(9);
    std::vector<int> mixed(200);
    for (auto& size : mixed)
        size = 1 + static_cast<int>(random() % 400);
    const auto ms = GetParam() / 1000;
    for (const auto& blocks : std::vector<std::vector<int>> { { 1 }, { 5 * ms }, { 20 * ms }, { 60 * ms }, { 7, 64, 3 }, mixed })
    {
        MixerHeader header;
        const auto out = runScenario(rate, frames, blocks, changeEvery, &header);
        for (size_t leg = 0; leg < legs; ++leg)
            ASSERT_EQ(out[leg], expected[leg]) << "leg " << leg << ", first block " << blocks[0];
        EXPECT_EQ(header.samplePosition, expectedHeader.samplePosition);
        EXPECT_EQ(header.dtmfDigitsPlayed, expectedHeader.dtmfDigitsPlayed);
        EXPECT_EQ(header.dtmfDigit, expectedHeader.dtmfDigit);
        EXPECT_EQ(header.masterLimitedSamples, expectedHeader.masterLimitedSamples);
        EXPECT_EQ(header.master.rms, expectedHeader.master.rms);
    }
}

INSTANTIATE_TEST_SUITE_P(Blocks, MixerRates, ::testing::Values(8000, 16000, 32000, 48000));

TEST(MixerBlocks, InputAndOutputMayBeTheSameMemory)
{
    MixerBench apart(4), together(4);
    apart.activateAll();
    together.activateAll();
    together.activate(3, false);
    apart.activate(3, false);
    const auto in = talkers(4, 500, 9000);
    const auto expected = apart.run(in, 500);
    auto memory = in;
    together.run(memory, 0, memory, 500);
    EXPECT_EQ(memory, expected);
}

TEST(MixerBlocks, CrossedMemoryWorksToo)
{
    // Leg 0's output is leg 1's input and the other way round.
    MixerBench bench(2);
    bench.activateAll();
    const auto in = talkers(2, 160, 9000);
    auto memory = in;
    const float* reads[] { memory[0].data(), memory[1].data() };
    float* writes[] { memory[1].data(), memory[0].data() };
    bench.mixer.process(reads, writes, 160);
    EXPECT_EQ(memory[0], in[0]) << "leg 1 hears leg 0, in leg 0's memory";
    EXPECT_EQ(memory[1], in[1]);
}

TEST(MixerBlocks, NullPointersAreSilenceAndNotWritten)
{
    MixerBench bench(3);
    bench.activateAll();
    const auto in = talkers(3, 160, 9000);
    Channel heard(160);
    const float* reads[] { in[0].data(), nullptr, in[2].data() };
    float* writes[] { nullptr, heard.data(), nullptr };
    bench.mixer.process(reads, writes, 160);
    for (size_t i = 0; i < 160; ++i)
        ASSERT_EQ(heard[i], in[0][i] + in[2][i]);
    EXPECT_GT(bench.row(0).out.peak, 0.0f) << "measured though nobody takes it";
    bench.mixer.process(nullptr, nullptr, 160);
    bench.mixer.process(reads, writes, 0);
    bench.mixer.process(reads, writes, -5);
    EXPECT_EQ(bench.header().samplePosition, 320u);
}

namespace
{
/** A player that keeps the time of each block. */
class TimedSource final : public BlockSource
{
public:
    void render(std::span<float> block, int64_t timeNs) noexcept override
    {
        std::fill(block.begin(), block.end(), 0.25f);
        times.push_back(timeNs);
    }
    bool isFinished() const noexcept override { return false; }
    std::vector<int64_t> times;
};
} // namespace

TEST(MixerBlocks, PlayerAndTapsAreToldTheTimeOfTheirSamples)
{
    MixerBench bench(2, 8000.0, 100);
    bench.activateAll();
    const auto player = std::make_shared<TimedSource>();
    const auto tap = std::make_shared<SampleFifo>(1024, 8000.0);
    bench.mixer.setPlayer(player);
    bench.mixer.setTap({ TapPoint::Kind::legIn, 0 }, tap);
    player->times.reserve(16);
    constexpr int64_t atNs = 5'000'000'000;
    bench.mixer.process(nullptr, nullptr, 250, atNs);  // in pieces of 100, 100 and 50
    bench.mixer.process(nullptr, nullptr, 80, atNs + 60'000'000);
    bench.mixer.process(nullptr, nullptr, 80);
    EXPECT_EQ(player->times, (std::vector<int64_t> { atNs, atNs + 12'500'000, atNs + 25'000'000, atNs + 60'000'000, 0 }));

    std::vector<float> out(400);
    SamplePlace place;
    EXPECT_EQ(tap->read(out, place), 250u);
    EXPECT_EQ(place.timeNs, atNs);
    EXPECT_EQ(tap->read(out, place), 80u);
    EXPECT_EQ(place.timeNs, atNs + 60'000'000);
    EXPECT_EQ(place.sample, 250u);
    EXPECT_EQ(tap->read(out, place), 80u);
    EXPECT_EQ(place.timeNs, 0) << "a host's block, of which nobody knows the time";
}

TEST(MixerBlocks, SilentBeforePrepareAndAtARateThatCannotBe)
{
    MixerProcessor mixer(MixerProcessor::Config { 2 });
    const auto in = talkers(2, 64, 9000);
    const float* reads[] { in[0].data(), in[1].data() };
    for (const auto rate : { 0.0, 7999.0, -8000.0, 1e9, std::nan("") })
    {
        Channel first(64, 5.0f), second(64, 5.0f);
        float* writes[] { first.data(), second.data() };
        mixer.process(reads, writes, 64);
        EXPECT_EQ(first, constant(0.0f, 64));
        EXPECT_EQ(second, constant(0.0f, 64));
        mixer.prepareToPlay(rate, 64);
    }
    MixerHeader header;
    std::vector<StripRow> rows;
    EXPECT_EQ(mixer.readSnapshot(header, rows), 0u);
}

TEST(MixerBlocks, LegCountIsHeldToItsRange)
{
    EXPECT_EQ(MixerProcessor(MixerProcessor::Config { 0 }).maxLegs(), 1);
    EXPECT_EQ(MixerProcessor(MixerProcessor::Config { -7 }).maxLegs(), 1);
    EXPECT_EQ(MixerProcessor(MixerProcessor::Config { 1 << 20 }).maxLegs(), 2048);
    EXPECT_EQ(MixerProcessor().maxLegs(), 64);
}

TEST(MixerBlocks, TwoThousandLegsMixExactly)
{
    constexpr int many = 2048;
    const auto begun = std::chrono::steady_clock::now();
    MixerBench bench(many, 8000.0, 160);
    const auto constructed = std::chrono::steady_clock::now();
    bench.activateAll();
    const auto in = talkers(many, 160, 15);
    bench.run(in, 160);
    const auto before = std::chrono::steady_clock::now();
    const auto out = bench.run(in, 160);
    const auto after = std::chrono::steady_clock::now();

    for (size_t i = 0; i < 160; ++i)
    {
        int total = 0;
        for (const auto& leg : in)
            total += sampleOf(leg[i]);
        for (size_t leg = 0; leg < many; ++leg)
            ASSERT_EQ(out[leg][i] * 32768.0f, static_cast<float>(total - sampleOf(in[leg][i])));
    }
    EXPECT_EQ(bench.header().activeLegs, many);
    EXPECT_EQ(bench.mixer.getParameters().size(), 4 + 3 * (many + houseStripCount) - 1);

    const auto ms = [](auto span) { return std::chrono::duration<double, std::milli>(span).count(); };
    RecordProperty("constructMs", std::to_string(ms(constructed - begun)));
    RecordProperty("blockMs", std::to_string(ms(after - before)));
    std::printf("2048 legs: constructed and prepared in %.1f ms, a block of 20 ms (buffers included) took %.2f ms\n",
                ms(constructed - begun), ms(after - before));
}

} // namespace mw::test
