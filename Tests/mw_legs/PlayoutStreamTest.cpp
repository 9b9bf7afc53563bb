// Wraps, jumps, other sources, pauses, and packets that are no sound.
#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::countOf;
using test::expectWhole;
using test::firstOf;
using test::msNs;
using test::PlayoutBench;

TEST(Playout, SequenceAndTimestampsWrapUnheard)
{
    for (const int start : { 65500, 32700, 0 })
    {
        PlayoutBench bench;
        bench.firstSequence = static_cast<uint16_t>(start);
        bench.firstTimestamp = 0xffffffffu - 1000u;
        const auto heard = bench.run(100, [](int i) { return i * 20.0; }, 20, 2000);
        expectWhole(bench, heard, 0, 95);
        EXPECT_EQ(bench.stats().resyncs + bench.stats().lost + bench.stats().pauses, 0u);
    }
}

TEST(Playout, SequenceWrapsTwiceOverALongRun)
{
    PlayoutBench bench({}, 5);
    // 140 000 packets: sequence wraps twice, timestamps advance across 2^32 once.
    int64_t heardTotal = 0;
    std::vector<int16_t> block(40);
    const std::vector<uint8_t> payload(80, 1);
    for (int i = 0; i < 140000; ++i)
    {
        bench.nowNs = int64_t { i } * 5 * msNs;
        auto packet = bench.packet(i);
        packet.arrivalNs = bench.nowNs;
        packet.payload = payload;
        bench.playout.insert(packet);
        bench.playout.render(block, bench.nowNs);
        heardTotal += std::ranges::count(block, int16_t { 0x0101 });
    }
    EXPECT_GT(heardTotal, 140000 * 40 - 400);
    EXPECT_EQ(bench.stats().lost + bench.stats().underruns + bench.stats().resyncs + bench.stats().trims, 0u);
}

TEST(Playout, AnotherSsrcTakesOverWithItsSecondPacket)
{
    PlayoutBench bench;
    auto heard = bench.run(20, [](int i) { return i * 20.0; }, 20, 400);
    EXPECT_EQ(bench.stats().ssrc, 0xabcdu);
    // A single stray packet changes nothing.
    auto stray = bench.packet(500);
    stray.ssrc = 0x9999;
    bench.sendAs(stray, 30000);
    for (int i = 20; i < 60; ++i)
    {
        bench.nowNs = i * 20 * msNs;
        auto packet = bench.packet(i + 7000);
        packet.ssrc = i < 30 ? 0xabcd : 0x1234;
        if (i < 30)
            packet = bench.packet(i);
        bench.sendAs(packet, PlayoutBench::valueOf(i));
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    EXPECT_EQ(countOf(heard, 30000), 0);
    EXPECT_EQ(bench.stats().ssrcChanges, 1u);
    EXPECT_EQ(bench.stats().ssrc, 0x1234u);
    EXPECT_EQ(bench.stats().lost, 0u);
    expectWhole(bench, heard, 31, 55);
}

TEST(Playout, AJumpOfTheSequenceIsAResync)
{
    PlayoutBench bench;
    auto heard = bench.run(20, [](int i) { return i * 20.0; }, 20, 400);
    for (int i = 20; i < 60; ++i)
    {
        bench.nowNs = i * 20 * msNs;
        auto packet = bench.packet(i + 20000);
        bench.sendAs(packet, PlayoutBench::valueOf(i));
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    EXPECT_EQ(bench.stats().resyncs, 1u);
    EXPECT_EQ(bench.stats().lost, 0u);  // beyond RFC 3550's MAX_DROPOUT: a restart, not a loss
    expectWhole(bench, heard, 22, 55);
}

TEST(Playout, AJumpOfTheTimestampAloneIsAResyncAndCostsNoSound)
{
    for (const uint32_t jump : { 1000000u, 0x80000000u, static_cast<uint32_t>(-1000000) })
    {
        PlayoutBench bench;
        auto heard = bench.run(20, [](int i) { return i * 20.0; }, 20, 400);
        for (int i = 20; i < 60; ++i)
        {
            bench.nowNs = i * 20 * msNs;
            auto packet = bench.packet(i);
            packet.timestamp += jump;
            bench.sendAs(packet, PlayoutBench::valueOf(i));
            bench.nowNs += msNs;
            const auto block = bench.render(20);
            heard.insert(heard.end(), block.begin(), block.end());
        }
        EXPECT_EQ(bench.stats().resyncs, 1u) << jump;
        EXPECT_EQ(bench.stats().lost, 0u);
        EXPECT_EQ(bench.stats().trims, 0u);
        expectWhole(bench, heard, 0, 19);
        expectWhole(bench, heard, 22, 55);
    }
}

TEST(Playout, ADtxGapIsSilenceOfItsLengthAndNoLoss)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    // 30 packets, then a pause of 1 s, then 30 more, next in sequence, marked.
    std::vector<int16_t> heard;
    int number = 0;
    for (int tick = 0; tick < 110; ++tick)
    {
        bench.nowNs = tick * 20 * msNs;
        if (tick < 30 || tick >= 80)
        {
            auto packet = bench.packet(tick);
            packet.sequence = static_cast<uint16_t>(bench.firstSequence + number++);
            packet.marker = tick == 0 || tick == 80;
            bench.sendAs(packet, PlayoutBench::valueOf(tick));
        }
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    expectWhole(bench, heard, 0, 30);
    expectWhole(bench, heard, 81, 105);
    EXPECT_EQ(firstOf(heard, PlayoutBench::valueOf(81)) - firstOf(heard, PlayoutBench::valueOf(1)), 80 * 160);
    EXPECT_EQ(bench.stats().pauses, 1u);
    EXPECT_EQ(bench.stats().lost, 0u);
    EXPECT_EQ(bench.stats().underruns, 0u);
    EXPECT_EQ(bench.stats().resyncs, 0u);
}

TEST(Playout, AShortGapOfTheTimestampsIsKeptToTheSample)
{
    PlayoutConfig config;
    config.depthMs = 100;
    PlayoutBench bench(config);
    std::vector<int16_t> heard;
    int number = 0;
    for (int tick = 0; tick < 60; ++tick)
    {
        bench.nowNs = tick * 20 * msNs;
        if (tick != 20 && tick != 21)  // 40 ms in which the sender was silent
        {
            auto packet = bench.packet(tick);
            packet.sequence = static_cast<uint16_t>(bench.firstSequence + number++);
            bench.sendAs(packet, PlayoutBench::valueOf(tick));
        }
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    expectWhole(bench, heard, 0, 20);
    expectWhole(bench, heard, 22, 50);
    const auto gap = firstOf(heard, PlayoutBench::valueOf(19)) + 160;
    for (int i = gap; i < gap + 320; ++i)
        ASSERT_EQ(heard[static_cast<size_t>(i)], 0);
    EXPECT_EQ(firstOf(heard, PlayoutBench::valueOf(22)), gap + 320);
    EXPECT_EQ(bench.stats().pauses, 1u);
    EXPECT_EQ(bench.stats().concealedFrames, 0u);
}

TEST(Playout, PacketsOfAnotherPayloadTypeAreCountedAndAreNoLoss)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    std::vector<int16_t> heard;
    int sequence = 0;
    for (int tick = 0; tick < 60; ++tick)
    {
        bench.nowNs = tick * 20 * msNs;
        auto packet = bench.packet(tick);
        packet.sequence = static_cast<uint16_t>(sequence++);
        bench.sendAs(packet, PlayoutBench::valueOf(tick));
        if (tick >= 20 && tick < 30)
        {
            packet.payloadType = 101;  // telephone-event beside the sound, with a sequence number of its own
            packet.sequence = static_cast<uint16_t>(sequence++);
            bench.sendAs(packet, 12345);
        }
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    expectWhole(bench, heard, 0, 55);
    EXPECT_EQ(bench.stats().wrongPayloadType, 10u);
    EXPECT_EQ(bench.stats().lost, 0u);
    EXPECT_EQ(bench.stats().concealedFrames, 0u);
}

TEST(Playout, PacketsOfSoundInTimeAreCountedOnceWhateverIsDoubled)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    int sequence = 0;
    for (int tick = 0; tick < 100; ++tick)
    {
        bench.nowNs = tick * 20 * msNs;
        auto packet = bench.packet(tick);
        packet.sequence = static_cast<uint16_t>(sequence++);
        if (tick != 40 && tick != 60)
            for (int copies = 0; copies < 2; ++copies)
                bench.sendAs(packet, PlayoutBench::valueOf(tick));
        if (tick >= 20 && tick < 80)
        {
            packet.payloadType = 101;
            packet.sequence = static_cast<uint16_t>(sequence++);
            for (int copies = 0; copies < 2; ++copies)
                bench.sendAs(packet, 12345);
        }
        bench.nowNs += msNs;
        bench.render(20);
    }
    EXPECT_EQ(bench.stats().inTime, 98u);
    EXPECT_EQ(bench.stats().lost, 2u);
    EXPECT_EQ(bench.stats().duplicate, 158u);
}

TEST(Playout, SequenceNumbersThatWereNotSoundAndNotHandedOverAreNoLoss)
{
    PlayoutConfig config;
    config.depthMs = 60;
    PlayoutBench bench(config);
    std::vector<int16_t> heard;
    for (int tick = 0; tick < 60; ++tick)
    {
        bench.nowNs = tick * 20 * msNs;
        auto packet = bench.packet(tick);
        packet.sequence = static_cast<uint16_t>(tick + (tick >= 30 ? 3 : 0));
        bench.sendAs(packet, PlayoutBench::valueOf(tick));
        bench.nowNs += msNs;
        const auto block = bench.render(20);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    expectWhole(bench, heard, 0, 55);
    EXPECT_EQ(bench.stats().lost, 0u);
}

} // namespace
} // namespace mw
