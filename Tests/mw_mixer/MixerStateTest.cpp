#include "MixerBench.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace mw::test
{

namespace
{
std::string stateOf(MixerProcessor& mixer)
{
    juce::MemoryBlock block;
    mixer.getStateInformation(block);
    return { static_cast<const char*>(block.getData()), block.getSize() };
}

/** A mixer with something of everything set. */
void setUpRichly(MixerBench& bench)
{
    bench.activateAll();
    bench.setMode(MixMode::funnel, true);
    bench.setRole(3, LegRole::sink);
    bench.setTrim(1, -4.5);
    bench.setTrim(bench.house(HouseStrip::tone), 2.25);
    bench.setCell(0, 3, -1.125);
    bench.setCell(2, bench.house(HouseStrip::dtmf), silenceDb);
    bench.setCell(1, 1, 20.0);
    bench.mixer.setMasterInGainDb(-3.001);
    bench.mixer.setDtmfGainDb(silenceDb);
    bench.mixer.setOutputGainDb(6.5);
    bench.mixer.setDtmfOn(false);
    bench.mixer.setStripGainDb(0, -59.999);
    bench.mixer.setStripGainDb(bench.house(HouseStrip::player), -7.0);
    bench.mixer.setStripMuted(2, true);
    bench.mixer.setStripSoloed(3, true);
    bench.settle();
}

std::string withBody(const std::string& body)
{
    // The checksum is CRC-32 of IEEE 802.3, computed here by zlib's definition to check ours.
    uint32_t crc = 0xffffffffu;
    for (const auto c : body)
    {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
    }
    char line[80];
    std::snprintf(line, sizeof line, "milliwatt-mixer-state 1 %zu %08x\n", body.size(), crc ^ 0xffffffffu);
    return line + body;
}

std::string reasonFor(MixerProcessor& mixer, const std::string& text)
{
    const auto restored = mixer.restoreState(text.data(), text.size());
    return restored ? "" : restored.error().message();
}
} // namespace

TEST(MixerState, RoundTripGivesTheSameMixer)
{
    MixerBench first(4), second(4);
    setUpRichly(first);
    second.activateAll();
    second.setCell(3, 0, -10.0);  // is gone after the restore
    second.setTrim(0, 5.0);
    second.settle();
    const auto saved = stateOf(first.mixer);
    ASSERT_EQ(reasonFor(second.mixer, saved), "");
    second.settle();
    EXPECT_EQ(stateOf(second.mixer), saved);

    EXPECT_EQ(second.header().mode, MixMode::funnel);
    EXPECT_EQ(second.row(3).role, LegRole::sink);
    EXPECT_EQ(second.mixer.dtmfGainDb(), silenceDb);
    EXPECT_EQ(second.mixer.stripGainDb(0), -59.999);
    EXPECT_FALSE(second.mixer.isDtmfOn());
    EXPECT_TRUE(second.mixer.isStripMuted(2));
    EXPECT_TRUE(second.mixer.isStripSoloed(3));

    const auto in = talkers(4, 320, 9000);
    first.settle();
    EXPECT_EQ(first.run(in, 320), second.run(in, 320)) << "the same state sounds the same";
}

TEST(MixerState, RestoringBeforeTheFirstBlockWorks)
{
    MixerBench rich(4);
    setUpRichly(rich);
    const auto saved = stateOf(rich.mixer);
    MixerProcessor fresh(MixerProcessor::Config { 4 });
    ASSERT_TRUE(fresh.restoreState(saved.data(), saved.size()));
    EXPECT_EQ(stateOf(fresh), saved) << "a host may save before any sound ran";
}

TEST(MixerState, JucesOwnPairWorksToo)
{
    MixerBench rich(4), other(4);
    setUpRichly(rich);
    juce::MemoryBlock block;
    rich.mixer.getStateInformation(block);
    other.mixer.setStateInformation(block.getData(), static_cast<int>(block.getSize()));
    EXPECT_EQ(stateOf(other.mixer), stateOf(rich.mixer));
    const auto before = stateOf(other.mixer);
    other.mixer.setStateInformation("rubbish", 7);
    other.mixer.setStateInformation(nullptr, 0);
    EXPECT_EQ(stateOf(other.mixer), before);
}

TEST(MixerState, EveryTruncationIsRefusedAndChangesNothing)
{
    MixerBench rich(4), target(4);
    setUpRichly(rich);
    const auto saved = stateOf(rich.mixer);
    const auto before = stateOf(target.mixer);
    for (size_t length = 0; length < saved.size(); ++length)
    {
        const auto restored = target.mixer.restoreState(saved.data(), length);
        ASSERT_FALSE(restored) << length;
        ASSERT_FALSE(restored.error().why.empty());
    }
    EXPECT_EQ(stateOf(target.mixer), before);
}

TEST(MixerState, EveryFlippedBitIsRefusedOrMeansTheSame)
{
    MixerBench rich(4), target(4);
    setUpRichly(rich);
    const auto saved = stateOf(rich.mixer);
    const auto before = stateOf(target.mixer);
    for (size_t at = 0; at < saved.size(); ++at)
        for (int bit = 0; bit < 8; ++bit)
        {
            auto damaged = saved;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
            if (const auto restored = target.mixer.restoreState(damaged.data(), damaged.size()); restored)
            {
                // Only another spelling of the first line's numbers can pass, such as a capital in the checksum.
                ASSERT_LT(at, saved.find('\n') + 1);
                ASSERT_EQ(stateOf(target.mixer), saved);
                ASSERT_TRUE(target.mixer.restoreState(before.data(), before.size()));
                target.settle(10);
            }
        }
    EXPECT_EQ(stateOf(target.mixer), before);
}

TEST(MixerState, RandomBytesAreRefused)
{
    MixerProcessor mixer(MixerProcessor::Config { 4 });
    const auto before = stateOf(mixer);
    std::mt19937 random(3);
    for (int i = 0; i < 2000; ++i)
    {
        std::string bytes(random() % 400, '\0');
        for (auto& c : bytes)
            c = static_cast<char>(random());
        ASSERT_NE(reasonFor(mixer, bytes), "");
        ASSERT_NE(reasonFor(mixer, "milliwatt-mixer-state 1 " + bytes), "");
        ASSERT_NE(reasonFor(mixer, withBody(bytes)), "");
    }
    EXPECT_EQ(stateOf(mixer), before);
}

TEST(MixerState, ReasonsNameWhatIsWrong)
{
    MixerProcessor mixer(MixerProcessor::Config { 4 });
    const auto before = stateOf(mixer);
    const auto reason = [&](const std::string& body) { return reasonFor(mixer, withBody(body)); };
    const auto says = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };

    EXPECT_TRUE(says(reasonFor(mixer, ""), "empty"));
    EXPECT_TRUE(says(reasonFor(mixer, "hello"), "does not begin"));
    EXPECT_TRUE(says(reasonFor(mixer, "milliwatt-mixer-state 2 0 00000000\n"), "later version"));
    EXPECT_TRUE(says(reasonFor(mixer, "milliwatt-mixer-state 0 0 00000000\n"), "version"));
    EXPECT_TRUE(says(reasonFor(mixer, "milliwatt-mixer-state 1 5 00000000\n{}"), "bytes"));
    EXPECT_TRUE(says(reasonFor(mixer, "milliwatt-mixer-state 1 2 00000000\n{}"), "checksum"));
    EXPECT_TRUE(says(reason("{}"), "missing"));
    EXPECT_TRUE(says(reason("[]"), "JSON object"));
    EXPECT_TRUE(says(reason(std::string(100000, '[')), "no state"));
    EXPECT_TRUE(says(reason("{\"strips\":[],\"cells\":[],\"outputGainDb\":20.5}"), "outputGainDb"));
    EXPECT_TRUE(says(reason("{\"strips\":[],\"cells\":[],\"outputGainDb\":\"loud\"}"), "outputGainDb"));
    EXPECT_TRUE(says(reason("{\"strips\":[],\"cells\":[],\"mode\":\"party\"}"), "mode"));
    EXPECT_TRUE(says(reason("{\"strips\":[],\"cells\":[],\"dtmfOn\":1}"), "dtmfOn"));
    EXPECT_TRUE(says(reason("{\"strips\":[{\"strip\":\"4\"}],\"cells\":[]}"), "4 legs"));
    EXPECT_TRUE(says(reason("{\"strips\":[{\"strip\":\"-1\"}],\"cells\":[]}"), "strips[0]"));
    EXPECT_TRUE(says(reason("{\"strips\":[{\"strip\":\"1\",\"role\":\"drain\"}],\"cells\":[]}"), "role"));
    EXPECT_TRUE(says(reason("{\"strips\":[],\"cells\":[{\"leg\":\"dtmf\",\"hears\":\"0\"}]}"), "house strip"));
    EXPECT_TRUE(says(reason("{\"strips\":[],\"cells\":[{\"leg\":\"0\",\"hears\":\"9\"}]}"), "hears"));
    EXPECT_TRUE(says(reason("{\"strips\":[],\"cells\":[7]}"), "cells[0]"));
    EXPECT_EQ(stateOf(mixer), before);

    EXPECT_EQ(reason("{\"strips\":[],\"cells\":[],\"outputGainDb\":-6}"), "");
    EXPECT_EQ(mixer.outputGainDb(), -6.0);
    EXPECT_EQ(reason("{\"strips\":[],\"cells\":[],\"aLaterMember\":{\"x\":1}}"), "") << "unknown members of this format are passed over";
}

// JUCE's reader takes strings in single quotes too, and a double quote in one hid all brackets behind it.
TEST(MixerState, BracketsBehindAQuoteInTheOtherQuotesAreCounted)
{
    MixerProcessor mixer(MixerProcessor::Config { 4 });
    const std::string deep(200000, '[');
    EXPECT_NE(reasonFor(mixer, withBody("{\"a\":'\"',\"strips\":" + deep)).find("no state"), std::string::npos);
    EXPECT_NE(reasonFor(mixer, withBody("{\"a\":\"'\",\"strips\":" + deep)).find("no state"), std::string::npos);
    EXPECT_EQ(reasonFor(mixer, withBody("{\"strips\":[],\"cells\":[],\"note\":'[[[[[[\"'}")), "") << "brackets in a string nest nothing";
}

TEST(MixerState, TooLargeATextIsRefusedUnread)
{
    MixerProcessor mixer(MixerProcessor::Config { 4 });
    EXPECT_NE(reasonFor(mixer, withBody(std::string(MixerState::maxBytes, ' '))), "");
}

TEST(MixerState, AFullQueueLeavesEverythingAsItWas)
{
    MixerBench rich(4);
    setUpRichly(rich);
    const auto saved = stateOf(rich.mixer);
    MixerProcessor mixer(MixerProcessor::Config { 4, Law::mu, 2, 10.0 });
    const auto before = stateOf(mixer);
    MixerCommand c;
    c.kind = MixerCommand::Kind::resetMeters;
    while (mixer.post(c) != 0)
    {
    }
    EXPECT_NE(reasonFor(mixer, saved).find("queue is full"), std::string::npos);
    EXPECT_EQ(stateOf(mixer), before);
}

TEST(MixerState, AFullMatrixFitsAndIsRestored)
{
    constexpr int legs = 64;
    MixerBench full(legs), other(legs);
    std::vector<MixerCommand> cells;
    for (int leg = 0; leg < legs; ++leg)
        for (int from = 0; from < legs + houseStripCount; ++from)
        {
            auto& c = cells.emplace_back(full.command(MixerCommand::Kind::setCell, leg));
            c.from = from;
            c.gainDb = -(leg + from) / 8.0;
        }
    ASSERT_NE(full.mixer.postAll(cells), 0u);
    const auto saved = stateOf(full.mixer);
    EXPECT_LT(saved.size(), MixerState::maxBytes);
    ASSERT_EQ(reasonFor(other.mixer, saved), "");
    EXPECT_EQ(stateOf(other.mixer), saved);
    full.activateAll();
    other.activateAll();
    const auto in = talkers(legs, 160, 500);
    EXPECT_EQ(full.run(in, 160), other.run(in, 160));
}

} // namespace mw::test
