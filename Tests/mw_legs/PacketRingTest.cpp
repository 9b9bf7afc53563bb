#include "LegTestSupport.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

namespace mw
{
namespace
{

std::vector<uint8_t> ringPayload(uint32_t number, size_t size)
{
    std::vector<uint8_t> payload(size);
    for (size_t i = 0; i < size; ++i)
        payload[i] = static_cast<uint8_t>(number * 31 + i);
    return payload;
}

TEST(PacketRing, HandsPacketsOverWholeAndInOrder)
{
    ReceiveRing ring(4096);
    uint32_t sent = 0, taken = 0;
    for (int round = 0; round < 500; ++round)  // many times around, every length at every place
    {
        for (int i = 0; i < 3; ++i, ++sent)
        {
            const auto payload = ringPayload(sent, (sent * 37) % 900);
            RtpPacket packet { static_cast<int64_t>(sent) * 7, sent ^ 0x55u, sent * 160, static_cast<uint16_t>(sent), static_cast<uint8_t>(sent & 127), (sent & 1) != 0, payload };
            ASSERT_TRUE(ring.push(packet));
        }
        ASSERT_EQ(ring.drain([&](const RtpPacket& packet) {
            EXPECT_EQ(packet.arrivalNs, static_cast<int64_t>(taken) * 7);
            EXPECT_EQ(packet.ssrc, taken ^ 0x55u);
            EXPECT_EQ(packet.timestamp, taken * 160);
            EXPECT_EQ(packet.sequence, static_cast<uint16_t>(taken));
            EXPECT_EQ(packet.payloadType, taken & 127);
            EXPECT_EQ(packet.marker, (taken & 1) != 0);
            const auto expected = ringPayload(taken, (taken * 37) % 900);
            EXPECT_TRUE(std::ranges::equal(packet.payload, expected));
            ++taken;
        }), 3);
    }
    EXPECT_EQ(ring.refused(), 0u);
    EXPECT_TRUE(ring.isEmpty());
}

TEST(PacketRing, GoesAllTheWayAroundWhileItIsNeverEmpty)
{
    SendRing ring(4096);
    uint32_t sent = 0, taken = 0;
    const auto pushNext = [&] {
        ASSERT_TRUE(ring.push({ sent, 0, false, ringPayload(sent, (sent * 37) % 900) }));
        ++sent;
    };
    pushNext();
    pushNext();
    std::set<const uint8_t*> places;
    for (int round = 0; round < 1000; ++round)
        ASSERT_EQ(ring.drain([&](const SendPacket& packet) {
            EXPECT_EQ(packet.timestamp, taken);
            EXPECT_TRUE(std::ranges::equal(packet.payload, ringPayload(taken, (taken * 37) % 900)));
            places.insert(packet.payload.data());
            ++taken;
            pushNext();
        }), 2);
    EXPECT_EQ(ring.refused(), 0u);
    EXPECT_GT(*places.rbegin() - *places.begin(), 3000) << "to its end";
}

TEST(PacketRing, StaysAtItsFrontWhileItIsEmptiedInTime)
{
    SendRing ring(65536);
    std::set<const uint8_t*> places;
    const auto payload = ringPayload(1, 160);
    for (uint32_t turn = 0; turn < 5000; ++turn)
    {
        for (uint32_t i = 0; i <= turn % 3; ++i)
            ASSERT_TRUE(ring.push({ turn, 0, false, payload }));
        ring.drain([&](const SendPacket& packet) {
            EXPECT_EQ(packet.timestamp, turn);
            EXPECT_TRUE(std::ranges::equal(packet.payload, payload));
            places.insert(packet.payload.data());
        });
    }
    EXPECT_LT(*places.rbegin() - *places.begin(), 4096);
    uint32_t accepted = 0;
    while (ring.push({ accepted, 0, false, payload }))
        ++accepted;
    EXPECT_GT(accepted, 300u) << "and has all of its room when it is needed";
}

TEST(PacketRing, RefusesAndCountsWhenFullAndOverwritesNothing)
{
    SendRing ring(4096);
    uint32_t accepted = 0;
    while (ring.push({ accepted, 0, false, ringPayload(accepted, 160) }))
        ++accepted;
    EXPECT_GT(accepted, 15u);
    EXPECT_EQ(ring.refused(), 1u);
    EXPECT_FALSE(ring.push({ 99, 0, false, ringPayload(99, 160) }));
    EXPECT_EQ(ring.refused(), 2u);

    uint32_t taken = 0;
    ring.drain([&](const SendPacket& packet) {
        EXPECT_EQ(packet.timestamp, taken);
        EXPECT_TRUE(std::ranges::equal(packet.payload, ringPayload(taken, 160)));
        ++taken;
    });
    EXPECT_EQ(taken, accepted);
    EXPECT_TRUE(ring.push({ 100, 0, false, ringPayload(100, 160) }));
}

TEST(PacketRing, RefusesAPayloadThatCanNeverFit)
{
    SendRing ring(4096);
    EXPECT_GE(ring.maxPayload(), 1500u);
    EXPECT_TRUE(ring.push({ 0, 0, false, ringPayload(1, ring.maxPayload()) }));
    ring.drain([&](const SendPacket& packet) { EXPECT_EQ(packet.payload.size(), ring.maxPayload()); });
    EXPECT_FALSE(ring.push({ 0, 0, false, ringPayload(1, ring.maxPayload() + 1) }));
    EXPECT_EQ(ring.refused(), 1u);
}

TEST(PacketRing, CarriesEverythingBetweenTwoThreads)
{
    constexpr uint32_t count = 20000;
    ReceiveRing ring(4096);
    std::thread producer([&ring] {
        for (uint32_t i = 0; i < count;)
        {
            const auto payload = ringPayload(i, i % 300);
            RtpPacket packet;
            packet.timestamp = i;
            packet.payload = payload;
            if (ring.push(packet))
                ++i;
            else
                std::this_thread::yield();
        }
    });
    uint32_t taken = 0;
    bool whole = true;
    while (taken < count)
    {
        const auto got = ring.drain([&](const RtpPacket& packet) {
            whole = whole && packet.timestamp == taken && std::ranges::equal(packet.payload, ringPayload(taken, taken % 300));
            ++taken;
        });
        if (got == 0)
            std::this_thread::yield();
    }
    producer.join();
    EXPECT_TRUE(whole);
    EXPECT_TRUE(ring.isEmpty());
}

} // namespace
} // namespace mw
