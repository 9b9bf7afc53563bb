#include "LegTestSupport.h"

#include <gtest/gtest.h>

namespace mw
{
namespace
{

using test::FakeL16Codec;
using test::FakePcmuCodec;
using test::msNs;

LegPortConfig configFor(int engineRateHz, int blockMs, int depthMs = 40)
{
    LegPortConfig config;
    config.engineRateHz = engineRateHz;
    config.maxBlockFrames = engineRateHz / 1000 * blockMs;
    config.playout.depthMs = depthMs;
    return config;
}

TEST(LegPort, PcmuOctetsPassUnchangedAtTheEnginesRate)
{
    // Every octet but 0x7f, the second way to write zero, which a decoder cannot tell from 0xff.
    for (const int blockMs : { 5, 10, 20, 30, 40, 60 })
    {
        LegPort port(std::make_shared<FakePcmuCodec>(20), configFor(8000, blockMs, 60));
        std::mt19937 random(42);
        std::vector<uint8_t> sent, heard;
        std::vector<float> block(static_cast<size_t>(8 * blockMs));
        int packet = 0;
        for (int ms = 0; ms < 3000; ms += blockMs)
        {
            for (; packet * 20 <= ms; ++packet)
            {
                std::vector<uint8_t> payload(160);
                for (auto& octet : payload)
                    if (octet = static_cast<uint8_t>(random()); octet == 0x7f)
                        octet = 0xff;
                RtpPacket rtp;
                rtp.arrivalNs = packet * 20 * msNs;
                rtp.sequence = static_cast<uint16_t>(packet);
                rtp.timestamp = static_cast<uint32_t>(packet * 160);
                rtp.payload = payload;
                ASSERT_TRUE(port.receive(rtp));
                sent.insert(sent.end(), payload.begin(), payload.end());
            }
            port.pull(block, ms * msNs);
            port.push(block, ms * msNs);
            port.drainToSend([&](const SendPacket& out) { heard.insert(heard.end(), out.payload.begin(), out.payload.end()); });
        }
        const auto start = std::search(heard.begin(), heard.end(), sent.begin(), sent.begin() + 160);
        ASSERT_NE(start, heard.end()) << blockMs;
        const auto length = heard.end() - start;
        EXPECT_GE(length, 2800 * 8);
        EXPECT_TRUE(std::equal(start, heard.end(), sent.begin())) << blockMs;
        EXPECT_EQ(port.mediaStats().playout.concealedFrames, 0u);
        EXPECT_EQ(port.mediaStats().send.clippedSamples, 0u);
    }
}

TEST(LegPort, EverySixteenBitValuePassesUnchanged)
{
    LegPort port(std::make_shared<FakeL16Codec>(48000, 20), configFor(48000, 20));
    std::vector<int16_t> heard;
    std::vector<float> block(960);
    int next = -32768;
    for (int packet = 0; packet < 80; ++packet)
    {
        std::vector<uint8_t> payload;
        for (int i = 0; i < 960; ++i, next = next == 32767 ? -32768 : next + 1)
        {
            payload.push_back(static_cast<uint8_t>(static_cast<uint16_t>(next) >> 8));
            payload.push_back(static_cast<uint8_t>(next & 0xff));
        }
        RtpPacket rtp;
        rtp.arrivalNs = packet * 20 * msNs;
        rtp.sequence = static_cast<uint16_t>(packet);
        rtp.timestamp = static_cast<uint32_t>(packet * 960);
        rtp.payloadType = 96;
        rtp.payload = payload;
        ASSERT_TRUE(port.receive(rtp));
        port.pull(block, packet * 20 * msNs + msNs);
        port.push(block, packet * 20 * msNs + msNs);
        port.drainToSend([&](const SendPacket& out) {
            for (size_t i = 0; i < out.payload.size(); i += 2)
                heard.push_back(static_cast<int16_t>(static_cast<uint16_t>((out.payload[i] << 8) | out.payload[i + 1])));
        });
    }
    const auto start = std::ranges::find(heard, int16_t { -32768 });
    ASSERT_GT(heard.end() - start, 65536);
    int expected = -32768;
    for (auto at = start; at != heard.end(); ++at, expected = expected == 32767 ? -32768 : expected + 1)
        ASSERT_EQ(*at, expected);
}

TEST(LegPort, ASineSurvivesEveryPairOfRatesBothWays)
{
    for (const int engineRate : { 8000, 16000, 32000, 48000 })
        for (const int codecRate : { 8000, 16000, 48000 })
            for (const int blockMs : { 5, 20, 60 })
            {
                SCOPED_TRACE(testing::Message() << "codec " << codecRate << ", engine " << engineRate << ", blocks of " << blockMs << " ms");
                LegPort port(std::make_shared<FakeL16Codec>(codecRate, 20), configFor(engineRate, blockMs, 80));
                std::vector<float> block(static_cast<size_t>(engineRate / 1000 * blockMs)), pulled;
                std::vector<double> sent;
                int packet = 0;
                int64_t position = 0;
                for (int ms = 0; ms < 1800; ms += blockMs)
                {
                    for (; packet * 20 <= ms; ++packet)
                    {
                        std::vector<uint8_t> payload;
                        for (int i = 0; i < codecRate / 50; ++i, ++position)
                        {
                            const auto value = static_cast<int>(std::lrint(16384.0 * std::sin(2.0 * std::numbers::pi * 1000.0 * static_cast<double>(position) / codecRate)));
                            payload.push_back(static_cast<uint8_t>(static_cast<uint16_t>(value) >> 8));
                            payload.push_back(static_cast<uint8_t>(value & 0xff));
                        }
                        RtpPacket rtp;
                        rtp.arrivalNs = packet * 20 * msNs;
                        rtp.sequence = static_cast<uint16_t>(packet);
                        rtp.timestamp = static_cast<uint32_t>(packet * codecRate / 50);
                        rtp.payloadType = 96;
                        rtp.payload = payload;
                        ASSERT_TRUE(port.receive(rtp));
                    }
                    port.pull(block, ms * msNs);
                    pulled.insert(pulled.end(), block.begin(), block.end());
                    port.push(block, ms * msNs);
                    port.drainToSend([&](const SendPacket& out) {
                        for (size_t i = 0; i < out.payload.size(); i += 2)
                            sent.push_back(static_cast<int16_t>(static_cast<uint16_t>((out.payload[i] << 8) | out.payload[i + 1])) / 32768.0);
                    });
                }
                // Fit a 1 kHz sine to the last half second and see what is left.
                const auto residueDb = [](const auto& samples, int rate) {
                    const auto count = static_cast<size_t>(rate / 2);
                    const auto* from = &samples[samples.size() - count];
                    double inPhase = 0.0, quadrature = 0.0, energy = 0.0;
                    for (size_t i = 0; i < count; ++i)
                    {
                        const auto angle = 2.0 * std::numbers::pi * 1000.0 * static_cast<double>(i) / rate;
                        inPhase += from[i] * std::sin(angle) * 2.0 / static_cast<double>(count);
                        quadrature += from[i] * std::cos(angle) * 2.0 / static_cast<double>(count);
                        energy += static_cast<double>(from[i]) * from[i] / static_cast<double>(count);
                    }
                    const auto amplitude = std::hypot(inPhase, quadrature);
                    EXPECT_NEAR(amplitude, 0.5, 0.005);
                    return 10.0 * std::log10(std::max(1.0e-12, energy - amplitude * amplitude / 2.0) / (amplitude * amplitude / 2.0));
                };
                ASSERT_GE(pulled.size(), static_cast<size_t>(engineRate));
                ASSERT_GE(sent.size(), static_cast<size_t>(codecRate));
                EXPECT_LT(residueDb(pulled, engineRate), -60.0);
                EXPECT_LT(residueDb(sent, codecRate), -60.0);
            }
}

TEST(LegPort, HoldStopsTheDirectionsItNames)
{
    LegPort port(std::make_shared<FakePcmuCodec>(20), configFor(8000, 20));
    std::vector<float> block(160);
    int packet = 0, sentPackets = 0;
    float loudest = 0.0f;
    const auto tick = [&] {
        const std::vector<uint8_t> payload(160, 0x90);
        RtpPacket rtp;
        rtp.arrivalNs = packet * 20 * msNs;
        rtp.sequence = static_cast<uint16_t>(packet);
        rtp.timestamp = static_cast<uint32_t>(packet * 160);
        rtp.payload = payload;
        ASSERT_TRUE(port.receive(rtp));
        port.pull(block, rtp.arrivalNs + msNs);
        port.push(block, rtp.arrivalNs + msNs);
        loudest = *std::ranges::max_element(block);
        sentPackets += port.drainToSend([](const SendPacket&) {});
        ++packet;
    };
    for (int i = 0; i < 10; ++i)
        tick();
    EXPECT_GT(loudest, 0.1f);
    EXPECT_EQ(sentPackets, 10);

    port.setDirection(false, true);  // the peer holds us
    for (int i = 0; i < 10; ++i)
        tick();
    EXPECT_GT(loudest, 0.1f);
    EXPECT_EQ(sentPackets, 10);

    port.setDirection(true, false);  // we hold the peer
    for (int i = 0; i < 10; ++i)
        tick();
    EXPECT_EQ(loudest, 0.0f);
    EXPECT_EQ(sentPackets, 20);
    EXPECT_EQ(port.mediaStats().playout.packets, 30u);  // still counted

    port.setDirection(true, true);
    for (int i = 0; i < 10; ++i)
        tick();
    EXPECT_GT(loudest, 0.1f);
    EXPECT_EQ(port.mediaStats().playout.lost, 0u);
}

TEST(LegPort, Finding06_ADeadPortIsSilentAndTakesNothing)
{
    LegPort port(std::make_shared<FakePcmuCodec>(20), configFor(8000, 20));
    const std::vector<uint8_t> payload(160, 0x90);
    RtpPacket rtp;
    rtp.payload = payload;
    for (int i = 0; i < 5; ++i, ++rtp.sequence, rtp.timestamp += 160)
        EXPECT_TRUE(port.receive(rtp));
    port.markDead();
    EXPECT_FALSE(port.receive(rtp));
    std::vector<float> block(160, 1.0f);
    port.pull(block, 100 * msNs);
    EXPECT_TRUE(std::ranges::all_of(block, [](float sample) { return sample == 0.0f; }));
    port.push(block, 100 * msNs);
    EXPECT_EQ(port.drainToSend([](const SendPacket&) {}), 0);
}

TEST(LegPort, AFullReceiveRingIsCounted)
{
    auto config = configFor(8000, 20);
    config.ringBytes = 4096;
    LegPort port(std::make_shared<FakePcmuCodec>(20), config);
    const std::vector<uint8_t> payload(160, 0x90);
    RtpPacket rtp;
    rtp.payload = payload;
    int refused = 0;
    for (int i = 0; i < 100; ++i, ++rtp.sequence, rtp.timestamp += 160)
        refused += port.receive(rtp) ? 0 : 1;
    EXPECT_GT(refused, 50);
    EXPECT_EQ(port.mediaStats().playout.ringOverruns, static_cast<uint64_t>(refused));
}

TEST(LegPort, TakesBlocksLongerThanItWasPreparedFor)
{
    LegPort port(std::make_shared<FakePcmuCodec>(20), configFor(16000, 5));
    std::vector<float> block(960, 0.1f);
    port.push(block, 0);
    EXPECT_EQ(port.drainToSend([](const SendPacket& packet) { EXPECT_EQ(packet.payload.size(), 160u); }), 3);
    port.pull(block, 0);
    EXPECT_TRUE(std::ranges::all_of(block, [](float sample) { return sample == 0.0f; }));
}

TEST(LegPort, LatencyIsThatOfItsParts)
{
    LegPort same(std::make_shared<FakePcmuCodec>(30), configFor(8000, 20, 50));
    EXPECT_DOUBLE_EQ(same.inputLatencyMs(), 50.0);
    EXPECT_DOUBLE_EQ(same.outputLatencyMs(), 30.0);
    LegPort other(std::make_shared<FakePcmuCodec>(30), configFor(16000, 20, 50));
    EXPECT_GT(other.inputLatencyMs(), 51.0);
    EXPECT_LT(other.inputLatencyMs(), 56.0);
}

TEST(LegPort, Finding17_SettingsAreChecked)
{
    LegPortConfig config;
    EXPECT_TRUE(config.check().ok());
    config.engineRateHz = 44100;
    ASSERT_FALSE(config.check().ok());
    EXPECT_NE(config.check().error().message().find("44100"), std::string::npos);
    config = {};
    config.ringBytes = 100;
    EXPECT_FALSE(config.check().ok());
    config = {};
    config.maxBlockFrames = 0;
    EXPECT_FALSE(config.check().ok());
    config = {};
    config.playout.depthMs = -1;
    EXPECT_FALSE(config.check().ok());
}

} // namespace
} // namespace mw
