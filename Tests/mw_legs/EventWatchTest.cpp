// Telephone-events by the packets that told of them: what is whole, what is missing, what a sender does wrong.
#include "LegTestSupport.h"

#include <Support/RealTimeGuard.h>

#include <array>
#include <memory>

namespace mw
{
namespace
{

/** A stream of PCMU and telephone-events, 20 ms a packet. */
struct EventSender
{
    EventSender()
    {
        format.eventPayloadType = 101;
        stream = std::make_unique<StreamWatch>(format);
        watch = std::make_unique<EventWatch>(format);
    }

    /** The next packet of the stream. */
    RtpPacket next(int payloadType, uint32_t start, bool marker)
    {
        RtpPacket packet;
        packet.ssrc = 5;
        packet.sequence = sequence++;
        packet.timestamp = start;
        packet.payloadType = static_cast<uint8_t>(payloadType);
        packet.marker = marker;
        packet.arrivalNs = nowNs += 20 * test::msNs;
        return packet;
    }

    void arrive(const RtpPacket& header, std::span<const uint8_t> payload)
    {
        auto packet = header;
        packet.payload = payload;
        const auto passage = stream->packetArrived(packet);
        watch->packetArrived(packet, passage, stream->lost());
    }

    void sound(int packets = 1)
    {
        const std::array<uint8_t, 160> silence {};
        for (int i = 0; i < packets; ++i, timestamp += 160)
            arrive(next(0, timestamp, false), silence);
    }

    void arriveEvent(const RtpPacket& header, int code, int durationTicks, bool end, int volume = 10)
    {
        const std::array payload { static_cast<uint8_t>(code), static_cast<uint8_t>((end ? 0x80 : 0) | volume),
                                   static_cast<uint8_t>(durationTicks >> 8), static_cast<uint8_t>(durationTicks & 0xff) };
        arrive(header, payload);
    }

    void event(int code, uint32_t start, int durationTicks, bool marker, bool end, int volume = 10)
    {
        arriveEvent(next(101, start, marker), code, durationTicks, end, volume);
    }

    /** A whole event: updates each 20 ms, three end packets. The sound goes on behind it. */
    void digit(int code, int updates = 4, int volume = 10)
    {
        for (int i = 1; i <= updates; ++i)
            event(code, timestamp, 160 * i, i == 1, false, volume);
        for (int i = 0; i < 3; ++i)
            event(code, timestamp, 160 * (updates + 1), false, true, volume);
        timestamp += static_cast<uint32_t>(160 * (updates + 1));
    }

    /** The network loses the next ones. */
    void lose(int packets = 1) { sequence = static_cast<uint16_t>(sequence + packets); }

    CodecFormat format;
    std::unique_ptr<StreamWatch> stream;
    std::unique_ptr<EventWatch> watch;
    uint16_t sequence = 65533;
    uint32_t timestamp = 0xffffff00;
    int64_t nowNs = 1'000'000'000;
};

TEST(EventWatch, AWholeEventIsToldWhole)
{
    EventSender sender;
    sender.sound(3);
    const auto start = sender.timestamp;
    const auto firstNs = sender.nowNs + 20 * test::msNs;
    sender.digit(11, 4, 17);
    sender.sound(3);
    const auto all = sender.watch->events();
    ASSERT_EQ(all.size(), 1u);
    const auto& event = all[0];
    EXPECT_EQ(event.digit(), '#');
    EXPECT_EQ(event.volume, 17);
    EXPECT_EQ(event.timestamp, start);
    EXPECT_EQ(event.durationTicks, 800u);
    EXPECT_EQ(event.firstDurationTicks, 160u);
    EXPECT_EQ(event.packets, 7u);
    EXPECT_EQ(event.endPackets, 3u);
    EXPECT_TRUE(event.marked);
    EXPECT_FALSE(event.doubled);
    EXPECT_FALSE(event.hasPause);
    EXPECT_EQ(event.lost + event.notGrowing + event.afterEnd, 0u);
    EXPECT_EQ(event.segments, 1u);
    EXPECT_EQ(event.firstArrivalNs, firstNs);
    EXPECT_EQ(event.lastArrivalNs, firstNs + 6 * 20 * test::msNs);
}

TEST(EventWatch, PausesAreCountedOverTheWrapOfTimestamps)
{
    EventSender sender;
    sender.digit(1);
    sender.sound(5);
    sender.digit(2);
    const auto all = sender.watch->events();
    ASSERT_EQ(all.size(), 2u);
    ASSERT_TRUE(all[1].hasPause);
    EXPECT_EQ(all[1].pauseTicks, 800);
    EXPECT_FALSE(all[1].doubled);
}

TEST(EventWatch, LostEndPacketsCountAsTheEvents)
{
    EventSender sender;
    sender.sound();
    sender.event(5, sender.timestamp, 160, true, false);
    sender.event(5, sender.timestamp, 320, false, false);
    sender.lose(3);
    sender.timestamp += 480;
    EXPECT_EQ(sender.watch->events().at(0).lost, 0u) << "nothing tells yet";
    sender.sound(2);
    sender.lose(2);
    sender.sound(2);
    EXPECT_EQ(sender.watch->events().at(0).lost, 3u) << "what is lost between sound is not the event's";
    EXPECT_EQ(sender.watch->events().at(0).endPackets, 0u);

    sender.digit(6);
    sender.lose(4);
    sender.sound();
    EXPECT_EQ(sender.watch->events().at(0).lost, 3u);
    EXPECT_EQ(sender.watch->events().at(1).lost, 0u) << "an event whose three end packets came lacks none";
}

TEST(EventWatch, AMissingStartIsSeenByTheMarkerAndTheNumbers)
{
    EventSender sender;
    sender.sound(2);
    sender.lose(2);
    sender.event(7, sender.timestamp, 480, false, false);
    sender.event(7, sender.timestamp, 640, false, true);
    const auto event = sender.watch->events().at(0);
    EXPECT_FALSE(event.marked);
    EXPECT_EQ(event.lost, 2u);
    EXPECT_EQ(event.firstDurationTicks, 480u);
    EXPECT_EQ(event.endPackets, 1u);
}

TEST(EventWatch, BetweenTwoEventsTheMarkerSaysWhoseTheMissingPacketsAre)
{
    EventSender sender;
    sender.event(1, 1000, 160, true, false);
    sender.lose(2);
    sender.event(2, 3000, 160, true, false);   // whole from its start: the first one lost its end
    sender.lose(1);
    sender.event(3, 6000, 320, false, true);   // no marker: it lost its start
    const auto all = sender.watch->events();
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0].lost, 2u);
    EXPECT_EQ(all[1].lost, 0u);
    EXPECT_EQ(all[2].lost, 1u);
}

TEST(EventWatch, SoundBetweenAnEventsPacketsDoesNotPartIt)
{
    EventSender sender;
    const auto start = sender.timestamp;
    sender.sound();
    for (int i = 1; i <= 4; ++i)
    {
        sender.event(9, start, 160 * i, i == 1, false);
        sender.sound();
    }
    sender.lose();
    sender.sound();
    for (int i = 0; i < 3; ++i)
    {
        sender.event(9, start, 800, false, true);
        sender.sound();
    }
    const auto all = sender.watch->events();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].packets, 7u);
    EXPECT_EQ(all[0].lost, 1u);
    EXPECT_EQ(all[0].notGrowing, 0u);
}

TEST(EventWatch, TheNetworksDoubledAndOvertakenPacketsAreNoFaultOfTheSender)
{
    EventSender sender;
    sender.sound();
    const auto start = sender.timestamp;
    std::vector<RtpPacket> packets;
    for (int i = 0; i < 6; ++i)
        packets.push_back(sender.next(101, start, i == 0));
    const auto come = [&](size_t i) { sender.arriveEvent(packets[i], 4, 160 * static_cast<int>(std::min<size_t>(i + 1, 4)), i >= 3); };
    come(1);  // the first is overtaken
    EXPECT_EQ(sender.watch->events().at(0).lost, 1u);
    come(0);
    come(0);
    come(3);  // an update is overtaken by the end
    come(2);
    come(3);
    come(4);
    come(5);
    const auto event = sender.watch->events().at(0);
    EXPECT_TRUE(event.marked);
    EXPECT_EQ(event.packets, 6u);
    EXPECT_EQ(event.endPackets, 3u);
    EXPECT_EQ(event.lost, 0u);
    EXPECT_EQ(event.notGrowing + event.afterEnd, 0u);
    EXPECT_FALSE(event.doubled);
}

TEST(EventWatch, EventsGoOnWhereTimestampsBeginAnewWithinOneSource)
{
    EventSender sender;
    sender.timestamp = 500'000;
    sender.digit(1);
    sender.sound(2);
    sender.timestamp = 1000;  // a minute behind
    sender.sound(2);
    sender.digit(2);
    sender.sound(2);
    sender.timestamp = 0xf0000000;  // as far behind as it can be told
    sender.digit(2);
    sender.sound(5);
    sender.digit(3);
    const auto all = sender.watch->events();
    ASSERT_EQ(all.size(), 4u);
    for (const auto& event : all)
        EXPECT_EQ(event.packets, 7u);
    EXPECT_EQ(all[0].digit(), '1');
    EXPECT_EQ(all[1].digit(), '2');
    EXPECT_EQ(all[2].digit(), '2');
    EXPECT_EQ(all[3].digit(), '3');
    EXPECT_FALSE(all[1].hasPause) << "between two clocks there is none";
    EXPECT_FALSE(all[2].hasPause || all[2].doubled);
    EXPECT_TRUE(all[3].hasPause);
}

TEST(EventWatch, TheSameDigitAtOnceAgainIsDoubled)
{
    EventSender sender;
    sender.digit(3);
    sender.timestamp += 80;  // 10 ms
    sender.digit(3);
    sender.timestamp += 80;
    sender.digit(4);         // another digit is none
    sender.sound(2);         // 40 ms
    sender.digit(4);
    const auto all = sender.watch->events();
    ASSERT_EQ(all.size(), 4u);
    EXPECT_FALSE(all[0].doubled);
    EXPECT_TRUE(all[1].doubled);
    EXPECT_FALSE(all[2].doubled);
    EXPECT_FALSE(all[3].doubled);
}

TEST(EventWatch, UpdatesBehindTheEndAndDurationsThatDoNotGrowAreCounted)
{
    EventSender sender;
    const auto start = sender.timestamp;
    sender.event(8, start, 160, true, false);
    sender.event(8, start, 160, false, false);
    sender.event(8, start, 320, false, false);
    sender.event(8, start, 480, false, true);
    sender.event(8, start, 480, false, true);
    sender.event(8, start, 640, false, false);
    const auto event = sender.watch->events().at(0);
    EXPECT_EQ(event.notGrowing, 1u);
    EXPECT_EQ(event.afterEnd, 1u);
    EXPECT_TRUE(event.doubled);
    EXPECT_EQ(event.endPackets, 2u);
}

TEST(EventWatch, AnEventBeyondSixteenBitsGoesOnInSegments)
{
    EventSender sender;
    const auto start = sender.timestamp;
    sender.event(2, start, 65000, true, false);
    sender.event(2, start, 0xffff, false, false);
    sender.event(2, start + 0xffff, 160, false, false);
    sender.event(2, start + 0xffff, 320, false, true);
    sender.timestamp = start + 0xffff + 320 + 800;
    sender.digit(2);
    const auto all = sender.watch->events();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].segments, 2u);
    EXPECT_EQ(all[0].durationTicks, 0xffffu + 320u);
    EXPECT_EQ(all[0].notGrowing, 0u);
    EXPECT_EQ(all[1].pauseTicks, 800);
}

TEST(EventWatch, WhatIsNoEventIsNone)
{
    EventSender sender;
    const std::array<uint8_t, 3> stub { 1, 10, 0 };
    sender.arrive(sender.next(101, 0, true), stub);
    sender.event(16, 5000, 160, true, true);
    EXPECT_EQ(sender.watch->malformed(), 1u);
    ASSERT_EQ(sender.watch->events().size(), 1u);
    EXPECT_EQ(sender.watch->events().at(0).digit(), '\0') << "flash";

    EventSender without;
    without.format.eventPayloadType = -1;
    without.watch = std::make_unique<EventWatch>(without.format);
    without.digit(1);
    EXPECT_TRUE(without.watch->events().empty()) << "nobody agreed on events";
}

TEST(EventWatch, KeepsSoManyEventsAndCountsTheRestWithoutTakingMemory)
{
    EventSender sender;
    {
        const ScopedThreadRole region(ThreadRole::audioRegion);  // under the real-time guard
        for (size_t i = 0; i < EventWatch::mostEvents + 7; ++i)
        {
            sender.timestamp += 1600;
            sender.digit(static_cast<int>(i % 16), 1);
        }
    }
    EXPECT_EQ(test::RealTimeGuard::count(), 0) << test::RealTimeGuard::first();
    EXPECT_EQ(sender.watch->events().size(), EventWatch::mostEvents);
    EXPECT_EQ(sender.watch->leftOut(), 7u);
    EXPECT_EQ(sender.watch->events().back().packets, 4u);
}

} // namespace
} // namespace mw
