// What a stream did on its way: counters over every wrap, faults of sequence, timestamp and marker, times of arrival.
#include "LegTestSupport.h"

#include <Support/RealTimeGuard.h>

#include <cmath>
#include <memory>
#include <numeric>

namespace mw
{
namespace
{

using test::msNs;

/** Packets of PCMU, 20 ms, unless told otherwise. */
struct Sender
{
    Sender()
    {
        format.name = "PCMU";
        format.eventPayloadType = 101;
        packet.ssrc = 77;
        watch = std::make_unique<StreamWatch>(format);
    }

    /** @param number of the packet, counting from 0 @param lateNs how much later than at an even pace it comes */
    void send(int64_t number, int64_t lateNs = 0)
    {
        packet.sequence = static_cast<uint16_t>(firstSequence + number);
        packet.timestamp = static_cast<uint32_t>(firstTimestamp + number * ticks);
        const auto sinceStart = number * ticks;  // whole seconds first: days of nanoseconds times a rate are beyond 64 bits
        packet.arrivalNs = startNs + sinceStart / format.clockRateHz * 1'000'000'000
                           + sinceStart % format.clockRateHz * 1'000'000'000 / format.clockRateHz + lateNs;
        sendAsIs();
    }

    void sendAsIs()
    {
        packet.payload = { payload.data(), octets };
        watch->packetArrived(packet);
    }

    StreamStats stats() const { return watch->stats(); }

    CodecFormat format;
    std::unique_ptr<StreamWatch> watch;
    std::vector<uint8_t> payload = std::vector<uint8_t>(2000, 0xff);
    size_t octets = 160;
    int64_t ticks = 160, firstSequence = 65530, firstTimestamp = 0xffffff00, startNs = 5'000'000'000;
    RtpPacket packet;
};

TEST(StreamWatch, NothingIsKnownBeforeTheFirstPacket)
{
    const Sender sender;
    EXPECT_EQ(sender.stats().packets, 0u);
    EXPECT_EQ(sender.stats().lost(), 0u);
    EXPECT_EQ(sender.watch->packetTicks().mostFrequent(), nullptr);
    EXPECT_TRUE(std::isnan(sender.watch->arrivalGaps().percentileMs(0.5)));
}

TEST(StreamWatch, AnEvenStreamHasNoFaultsAcrossTheWrapsOfBothNumbers)
{
    Sender sender;
    for (int i = 0; i < 1000; ++i)
        sender.send(i);
    const auto stats = sender.stats();
    EXPECT_EQ(stats.packets, 1000u);
    EXPECT_EQ(stats.octets, 160000u);
    EXPECT_EQ(stats.expected, 1000u);
    EXPECT_EQ(stats.unique, 1000u);
    EXPECT_EQ(stats.mediaTicks, 999 * 160);
    EXPECT_EQ(stats.duplicate + stats.reordered + stats.strays + stats.sequenceJumps + stats.pauses + stats.needlessMarkers
                  + stats.timestampRepeats + stats.timestampOverlaps + stats.timestampJumps + stats.payloadTypeChanges + stats.ssrcChanges,
              0u);
    EXPECT_EQ(stats.jitterMs, 0.0);
    EXPECT_DOUBLE_EQ(stats.longestGapMs, 20.0);
    ASSERT_NE(sender.watch->packetTicks().mostFrequent(), nullptr);
    EXPECT_EQ(sender.watch->packetTicks().mostFrequent()->value, 160);
    EXPECT_EQ(sender.watch->packetTicks().mostFrequent()->packets, 1000u);
    EXPECT_NEAR(sender.watch->arrivalGaps().percentileMs(0.5), 20.0, 1.3);
}

TEST(StreamWatch, ThreeDaysOfOpusPassEveryWrapWithoutAMiscount)
{
    // 48 kHz: the timestamp wraps each 24.8 h; 20 ms packets: the sequence wraps each 21.8 min, 198 times here; with 1000 octets a
    // packet the octets pass 2^32. One packet in 1000 is lost.
    Sender sender;
    sender.format.name = "opus";
    sender.format.sampleRateHz = sender.format.clockRateHz = 48000;
    sender.format.receivePayloadType = 96;
    sender.packet.payloadType = 96;
    sender.payload[0] = 0x0f << 3;  // one frame of 20 ms
    sender.ticks = 960;
    sender.octets = 1000;
    constexpr int64_t packets = int64_t { 3 } * 24 * 3600 * 50;
    uint64_t sent = 0;
    for (int64_t i = 0; i < packets; ++i)
        if (i % 1000 != 500)
        {
            sender.send(i);
            ++sent;
        }
    const auto stats = sender.stats();
    EXPECT_EQ(stats.packets, sent);
    EXPECT_EQ(stats.expected, static_cast<uint64_t>(packets));
    EXPECT_EQ(stats.lost(), static_cast<uint64_t>(packets / 1000));
    EXPECT_EQ(stats.octets, sent * 1000);
    EXPECT_GT(stats.octets, uint64_t { 1 } << 32);
    EXPECT_EQ(stats.mediaTicks, (packets - 1) * 960);
    EXPECT_GT(stats.mediaTicks, int64_t { 2 } << 32);
    EXPECT_EQ(stats.jitterMaxMs, 0.0);
    EXPECT_EQ(stats.timestampJumps + stats.sequenceJumps + stats.pauses + stats.duplicate + stats.reordered, 0u);
}

TEST(StreamWatch, LossReorderingAndDoublingAreCountedApart)
{
    Sender sender;
    for (int i = 0; i < 100; ++i)
    {
        if (i == 10 || (i >= 20 && i < 23))
            continue;
        if (i == 40 || i == 60)
            continue;
        sender.send(i);
        if (i == 30)
            sender.send(i, msNs);
        if (i == 41)
            sender.send(40, 30 * msNs);
        if (i == 65)
            sender.send(60, 101 * msNs);
    }
    const auto stats = sender.stats();
    EXPECT_EQ(stats.packets, 97u);
    EXPECT_EQ(stats.expected, 100u);
    EXPECT_EQ(stats.unique, 96u);
    EXPECT_EQ(stats.lost(), 4u);
    EXPECT_EQ(stats.duplicate, 1u);
    EXPECT_EQ(stats.reordered, 2u);
    EXPECT_EQ(stats.farthestReorder, 5u);
    EXPECT_EQ(stats.pauses + stats.timestampJumps + stats.strays, 0u);
}

TEST(StreamWatch, AStreamWhoseFirstPacketWasOvertakenExpectsItToo)
{
    Sender sender;
    for (const int number : { 1, 0, 2, 3 })
        sender.send(number);
    EXPECT_EQ(sender.stats().expected, 4u);
    EXPECT_EQ(sender.stats().lost(), 0u);
    EXPECT_EQ(sender.stats().reordered, 1u);
}

TEST(StreamWatch, JitterFollowsRfc3550WithItsHighestAndItsMean)
{
    Sender sender;
    double jitter = 0.0, highest = 0.0, sum = 0.0;
    for (int i = 0; i < 400; ++i)
    {
        const auto late = i >= 100 && i < 200 ? (i % 2) * 8 * msNs : 0;
        sender.send(i, late);
        if (i == 0)
            continue;
        const auto before = i - 1 >= 100 && i - 1 < 200 ? ((i - 1) % 2) * 8.0 : 0.0;
        jitter += (std::abs(static_cast<double>(late) * 1.0e-6 - before) - jitter) / 16.0;
        highest = std::max(highest, jitter);
        sum += jitter;
    }
    EXPECT_NEAR(sender.stats().jitterMs, jitter, 1e-9);
    EXPECT_NEAR(sender.stats().jitterMaxMs, highest, 1e-9);
    EXPECT_NEAR(sender.stats().jitterMeanMs, sum / 399.0, 1e-9);
    EXPECT_GT(highest, 7.9);
    EXPECT_LT(sender.watch->spacingChanges().percentileMs(0.5), 0.01);
    EXPECT_NEAR(sender.watch->spacingChanges().percentileMs(0.9), 8.0, 0.51);
    EXPECT_NEAR(sender.watch->arrivalGaps().percentileMs(0.99), 28.0, 1.8);
}

TEST(StreamWatch, PausesAreToldWithAndWithoutTheMarkerThatBelongsThere)
{
    Sender sender;
    for (int i = 0; i < 10; ++i)
        sender.send(i);
    sender.firstTimestamp += 1600;  // 200 ms of silence
    sender.startNs += 200 * msNs;
    sender.packet.marker = true;
    sender.send(10);
    sender.packet.marker = false;
    sender.send(11);
    EXPECT_EQ(sender.stats().pauses, 1u);
    EXPECT_EQ(sender.stats().unmarkedPauses, 0u);
    sender.firstTimestamp += 1600;
    sender.startNs += 200 * msNs;
    sender.send(12);
    EXPECT_EQ(sender.stats().pauses, 2u);
    EXPECT_EQ(sender.stats().unmarkedPauses, 1u);
    sender.packet.marker = true;
    sender.send(13);
    EXPECT_EQ(sender.stats().needlessMarkers, 1u);
    EXPECT_EQ(sender.stats().timestampJumps, 0u);
    EXPECT_DOUBLE_EQ(sender.stats().jitterMs, 0.0);
}

TEST(StreamWatch, TimestampsThatRepeatOverlapOrJumpAreFaults)
{
    Sender sender;
    for (int i = 0; i < 5; ++i)
        sender.send(i);
    sender.firstTimestamp -= 160;
    sender.send(5);
    EXPECT_EQ(sender.stats().timestampRepeats, 1u);
    sender.firstTimestamp -= 80;
    sender.send(6);
    EXPECT_EQ(sender.stats().timestampOverlaps, 1u);
    sender.firstTimestamp -= 8000;
    sender.send(7);
    EXPECT_EQ(sender.stats().timestampJumps, 1u);
    sender.firstTimestamp += 80000;
    sender.send(8);
    EXPECT_EQ(sender.stats().timestampJumps, 2u);
    EXPECT_EQ(sender.stats().pauses + sender.stats().sequenceJumps, 0u);
}

TEST(StreamWatch, ASequenceThatJumpsIsFollowedByItsSecondPacketAndALonelyOneIsAStray)
{
    Sender sender;
    for (int i = 0; i < 50; ++i)
        sender.send(i);
    sender.send(20000);
    sender.send(50);
    EXPECT_EQ(sender.stats().strays, 1u);
    EXPECT_EQ(sender.stats().sequenceJumps, 0u);
    for (int i = 51; i < 100; ++i)
        sender.send(i);
    sender.firstSequence += 10000;
    for (int i = 100; i < 150; ++i)
        sender.send(i);
    const auto stats = sender.stats();
    EXPECT_EQ(stats.sequenceJumps, 1u);
    EXPECT_EQ(stats.packets, 150u);
    EXPECT_EQ(stats.expected, 150u) << "a jump is no loss of 10000";
    EXPECT_EQ(stats.lost(), 0u);
}

TEST(StreamWatch, AnotherSourceTakesOverWithItsSecondPacketOrAfterSilenceAtOnce)
{
    Sender sender;
    for (int i = 0; i < 50; ++i)
        sender.send(i);
    sender.packet.ssrc = 78;
    sender.send(50);
    sender.packet.ssrc = 77;
    sender.send(50);
    EXPECT_EQ(sender.stats().ssrcChanges, 0u);
    EXPECT_EQ(sender.stats().strays, 1u);
    sender.packet.ssrc = 79;
    sender.send(51);
    sender.send(52);
    EXPECT_EQ(sender.stats().ssrcChanges, 1u);
    EXPECT_EQ(sender.stats().ssrc, 79u);
    EXPECT_EQ(sender.stats().packets, 53u);
    sender.packet.ssrc = 80;
    sender.send(63);
    EXPECT_EQ(sender.stats().ssrcChanges, 2u);
    EXPECT_EQ(sender.stats().lost(), 0u);
}

TEST(StreamWatch, EventsAndOtherPayloadTypesAreCountedByTheirNumber)
{
    Sender sender;
    for (int i = 0; i < 20; ++i)
    {
        sender.packet.payloadType = i >= 5 && i < 8 ? 101 : i >= 15 ? 8 : 0;
        sender.send(i);
    }
    const auto& types = sender.watch->payloadTypes();
    const auto countOf = [&](int64_t type) {
        uint64_t sum = 0;
        for (const auto& entry : types.entries)
            sum += entry.value == type ? entry.packets : 0;
        return sum;
    };
    EXPECT_EQ(countOf(0), 12u);
    EXPECT_EQ(countOf(101), 3u);
    EXPECT_EQ(countOf(8), 5u);
    EXPECT_EQ(types.others, 0u);
    EXPECT_EQ(sender.stats().payloadTypeChanges, 1u) << "an event is no change of the codec";
    EXPECT_EQ(sender.stats().payloadType, 8);
    EXPECT_EQ(sender.stats().lost(), 0u);
}

TEST(StreamWatch, MoreValuesThanPlacesAreCountedTogether)
{
    ValueCounts counts;
    for (int value = 0; value < 12; ++value)
        counts.add(value);
    counts.add(3);
    EXPECT_EQ(counts.others, 4u);
    EXPECT_EQ(counts.mostFrequent()->value, 3);
    EXPECT_EQ(counts.mostFrequent()->packets, 2u);
}

TEST(StreamWatch, PacketsOfChangingLengthAreSortedByIt)
{
    Sender sender;
    sender.packet.ssrc = 5;
    uint32_t timestamp = 1000;
    for (int i = 0; i < 30; ++i)
    {
        sender.octets = i < 10 ? 160 : 240;
        sender.packet.sequence = static_cast<uint16_t>(i);
        sender.packet.timestamp = timestamp;
        sender.packet.arrivalNs = int64_t { timestamp } * 125'000;
        timestamp += static_cast<uint32_t>(sender.octets);
        sender.sendAsIs();
    }
    const auto& lengths = sender.watch->packetTicks();
    EXPECT_EQ(lengths.mostFrequent()->value, 240);
    EXPECT_EQ(lengths.mostFrequent()->packets, 20u);
    EXPECT_EQ(lengths.entries[0].value, 160);
    EXPECT_EQ(lengths.entries[0].packets, 10u);
    EXPECT_EQ(sender.stats().pauses + sender.stats().timestampOverlaps, 0u);
}

TEST(StreamWatch, ACodecWhosePayloadsTellNoLengthIsTimedByItsTimestamps)
{
    Sender sender;
    sender.format.name = "speex";
    for (int i = 0; i < 30; ++i)
        sender.send(i);
    EXPECT_EQ(sender.watch->packetTicks().mostFrequent()->value, 160);
    EXPECT_EQ(sender.watch->packetTicks().mostFrequent()->packets, 29u);
    EXPECT_EQ(sender.stats().pauses, 0u);
}

TEST(StreamWatch, FollowsWithoutMemoryOrLocksWhateverComes)
{
    Sender sender;
    std::mt19937 random(11);
    const ScopedThreadRole region(ThreadRole::audioRegion);  // under the real-time guard
    for (int i = 0; i < 20000; ++i)
    {
        sender.packet.ssrc = random() % 50 == 0 ? random() % 3 : 77;
        sender.packet.marker = random() % 9 == 0;
        sender.packet.payloadType = static_cast<uint8_t>(random() % 4 == 0 ? random() % 128 : 0);
        sender.octets = random() % 400;
        sender.send(static_cast<int64_t>(random() % 7000) + i, static_cast<int64_t>(random() % 100) * msNs);
    }
    EXPECT_EQ(test::RealTimeGuard::count(), 0) << test::RealTimeGuard::first();
    const auto stats = sender.stats();
    EXPECT_GE(stats.expected, stats.unique);
    EXPECT_EQ(stats.packets, stats.unique + stats.duplicate);
}

TEST(PacketDuration, IsReadFromTheOctetsOfEachCodec)
{
    const auto ticks = [](const char* name, int clockRateHz, int channels, std::vector<uint8_t> octets) {
        CodecFormat format;
        format.name = name;
        format.clockRateHz = clockRateHz;
        format.channels = channels;
        return packetDurationTicks(format, octets);
    };
    EXPECT_EQ(ticks("PCMU", 8000, 1, std::vector<uint8_t>(160)), 160);
    EXPECT_EQ(ticks("PCMA", 8000, 1, std::vector<uint8_t>(240)), 240);
    EXPECT_EQ(ticks("G722", 8000, 1, std::vector<uint8_t>(160)), 160);
    EXPECT_EQ(ticks("L16", 44100, 2, std::vector<uint8_t>(1764)), 441);
    EXPECT_EQ(ticks("PCMU", 8000, 1, {}), 0);
    EXPECT_EQ(ticks("G729", 8000, 1, std::vector<uint8_t>(20)), 0);
    // RFC 6716, table 2: configuration 1 is SILK of 20 ms, 13 hybrid of 20 ms, 16 CELT of 2.5 ms, 31 CELT of 20 ms.
    EXPECT_EQ(ticks("opus", 48000, 2, { 1 << 3 }), 960);
    EXPECT_EQ(ticks("opus", 48000, 2, { 3 << 3 }), 2880);
    EXPECT_EQ(ticks("opus", 48000, 2, { 13 << 3 }), 960);
    EXPECT_EQ(ticks("opus", 48000, 2, { 16 << 3 }), 120);
    EXPECT_EQ(ticks("opus", 48000, 2, { (31 << 3) | 1, 0 }), 1920);
    EXPECT_EQ(ticks("opus", 48000, 2, { (31 << 3) | 3, 3 }), 2880);
    EXPECT_EQ(ticks("opus", 48000, 2, { (31 << 3) | 3 }), 0);
}

TEST(DurationHistogram, PercentilesAreWithinAStepOfTheTruth)
{
    std::mt19937 random(5);
    std::uniform_real_distribution<double> exponent(4.0, 9.3);
    std::vector<int64_t> truth;
    DurationHistogram histogram;
    EXPECT_TRUE(std::isnan(histogram.percentileMs(0.5)));
    for (int i = 0; i < 20000; ++i)
    {
        truth.push_back(static_cast<int64_t>(std::pow(10.0, exponent(random))));
        histogram.add(truth.back());
    }
    std::sort(truth.begin(), truth.end());
    for (const double share : { 0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 1.0 })
    {
        const auto at = static_cast<size_t>(std::ceil(share * 20000.0)) - 1;
        const auto wanted = static_cast<double>(truth[at]) * 1.0e-6;
        EXPECT_NEAR(histogram.percentileMs(share), wanted, 0.063 * wanted + 0.0051) << share;
    }
    histogram.add(-5);
    histogram.add(100'000'000'000);
    EXPECT_EQ(histogram.count(), 20002u);
    EXPECT_LT(histogram.percentileMs(0.0), 0.011);
    EXPECT_NEAR(histogram.percentileMs(1.0), 2540.0, 90.0);
}

} // namespace
} // namespace mw
