#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::FakeL16Codec;
using test::HeardPacket;

std::vector<HeardPacket> packetsIn(SendRing& ring)
{
    std::vector<HeardPacket> packets;
    ring.drain([&](const SendPacket& packet) {
        packets.push_back({ packet.timestamp, packet.payloadType, packet.marker, { packet.payload.begin(), packet.payload.end() } });
    });
    return packets;
}

int16_t sampleOf(const HeardPacket& packet, size_t at)
{
    return static_cast<int16_t>(static_cast<uint16_t>((packet.payload[2 * at] << 8) | packet.payload[2 * at + 1]));
}

TEST(SendPath, GathersEveryPtimeFromEveryBlock)
{
    for (const int ptimeMs : { 5, 10, 20, 30, 40, 60 })
        for (const int blockMs : { 5, 10, 20, 30, 40, 60 })
            for (const int rate : { 8000, 16000, 48000 })
            {
                FakeL16Codec codec(rate, ptimeMs);
                SendRing ring(1 << 18);
                SendPath path(codec, ring, rate, rate / 1000 * blockMs, ResamplerQuality::fast, 0xfffffff0u);
                int next = 0;
                for (int ms = 0; ms < 600; ms += blockMs)
                {
                    std::vector<float> block(static_cast<size_t>(rate / 1000 * blockMs));
                    for (auto& sample : block)
                        sample = static_cast<float>(next++ % 30000) / 32768.0f;
                    path.push(block, true);
                }
                const auto packets = packetsIn(ring);
                ASSERT_EQ(packets.size(), static_cast<size_t>(600 / ptimeMs));
                int expected = 0;
                auto timestamp = 0xfffffff0u;
                for (size_t i = 0; i < packets.size(); ++i)
                {
                    EXPECT_EQ(packets[i].timestamp, timestamp);
                    EXPECT_EQ(packets[i].marker, i == 0);
                    EXPECT_EQ(packets[i].payloadType, 96);
                    timestamp += static_cast<uint32_t>(rate / 1000 * ptimeMs);
                    ASSERT_EQ(packets[i].payload.size(), static_cast<size_t>(2 * rate / 1000 * ptimeMs));
                    for (size_t at = 0; at < packets[i].payload.size() / 2; ++at)
                        ASSERT_EQ(sampleOf(packets[i], at), expected++ % 30000);
                }
                EXPECT_EQ(path.stats().clippedSamples, 0u);
                EXPECT_EQ(path.stats().packets, packets.size());
            }
}

TEST(SendPath, RoundsToTheNearestAndCountsWhatDoesNotFit)
{
    FakeL16Codec codec(8000, 5);
    SendRing ring(4096);
    SendPath path(codec, ring, 8000, 40, ResamplerQuality::fast, 0);
    std::vector<float> block(40, 0.0f);
    block[0] = 0.4f / 32768.0f;
    block[1] = 0.6f / 32768.0f;
    block[2] = -0.6f / 32768.0f;
    block[3] = 32767.0f / 32768.0f;
    block[4] = -1.0f;
    block[5] = 1.0f;     // one step too many
    block[6] = 17.0f;
    block[7] = -17.0f;
    block[8] = std::numeric_limits<float>::quiet_NaN();
    block[9] = std::numeric_limits<float>::infinity();
    path.push(block, true);
    const auto packets = packetsIn(ring);
    ASSERT_EQ(packets.size(), 1u);
    const std::array<int, 11> expected { 0, 1, -1, 32767, -32768, 32767, 32767, -32768, 0, 32767, 0 };
    for (size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(sampleOf(packets[0], i), expected[i]) << i;
    EXPECT_EQ(path.stats().clippedSamples, 5u);
}

TEST(SendPath, APauseKeepsItsLengthInTimestampsAndIsMarked)
{
    FakeL16Codec codec(16000, 20, 8000);  // a clock rate of its own, as G.722 has
    SendRing ring(1 << 16);
    SendPath path(codec, ring, 16000, 320, ResamplerQuality::fast, 5000);
    const std::vector<float> block(320, 0.25f);
    path.push(block, true);
    path.push(block, true);
    path.push(block, false);
    path.push(block, false);
    path.push(block, false);
    path.push(block, true);
    path.push(block, true);
    const auto packets = packetsIn(ring);
    ASSERT_EQ(packets.size(), 4u);
    EXPECT_EQ(packets[0].timestamp, 5000u);
    EXPECT_EQ(packets[1].timestamp, 5160u);
    EXPECT_EQ(packets[2].timestamp, 5800u);
    EXPECT_EQ(packets[3].timestamp, 5960u);
    EXPECT_TRUE(packets[0].marker);
    EXPECT_FALSE(packets[1].marker);
    EXPECT_TRUE(packets[2].marker);
    EXPECT_FALSE(packets[3].marker);
    EXPECT_EQ(path.stats().heldPackets, 3u);
}

TEST(SendPath, WhatTheCodecDoesNotSendIsCountedAndLeavesAGap)
{
    FakeL16Codec codec(8000, 20);
    codec.silentWhenZero = true;
    SendRing ring(1 << 16);
    SendPath path(codec, ring, 8000, 160, ResamplerQuality::fast, 0);
    const std::vector<float> loud(160, 0.25f), silent(160, 0.0f);
    path.push(loud, true);
    path.push(silent, true);
    path.push(silent, true);
    path.push(loud, true);
    const auto packets = packetsIn(ring);
    ASSERT_EQ(packets.size(), 2u);
    EXPECT_EQ(packets[1].timestamp, 480u);
    EXPECT_TRUE(packets[1].marker);
    EXPECT_EQ(path.stats().silentPackets, 2u);
}

TEST(SendPath, AFullRingIsCountedAndTheRestGoesOn)
{
    FakeL16Codec codec(8000, 20);
    SendRing ring(4096);
    SendPath path(codec, ring, 8000, 160, ResamplerQuality::fast, 0);
    const std::vector<float> block(160, 0.1f);
    for (int i = 0; i < 50; ++i)
        path.push(block, true);
    const auto first = packetsIn(ring);
    EXPECT_EQ(path.stats().packets, first.size());
    EXPECT_EQ(path.stats().ringOverruns, 50 - first.size());
    path.push(block, true);
    const auto next = packetsIn(ring);
    ASSERT_EQ(next.size(), 1u);
    EXPECT_EQ(next[0].timestamp, 50u * 160u);
}

TEST(SendPath, TimeThatWasLostIsAPauseInTheTimestamps)
{
    FakeL16Codec codec(8000, 20);
    SendRing ring(1 << 16);
    SendPath path(codec, ring, 16000, 320, ResamplerQuality::fast, 0xffffff00u);
    const std::vector<float> block(320, 0.25f);
    path.push(block, true);
    path.push(block, true);
    path.skip(10 * 320);
    path.push(block, true);
    const auto packets = packetsIn(ring);
    ASSERT_EQ(packets.size(), 3u);
    EXPECT_EQ(packets[1].timestamp, packets[0].timestamp + 160u);
    EXPECT_EQ(packets[2].timestamp, packets[1].timestamp + 160u + 10 * 160u);
    EXPECT_FALSE(packets[1].marker);
    EXPECT_TRUE(packets[2].marker);
}

} // namespace
} // namespace mw
