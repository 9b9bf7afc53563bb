#include "LegTestSupport.h"

#include <gtest/gtest.h>

#include <thread>

namespace mw
{
namespace
{

using test::FakePcmuCodec;
using test::msNs;

constexpr int blockFrames = 160;

LegPortConfig countingConfig()
{
    LegPortConfig config;
    config.engineRateHz = 8000;
    config.maxBlockFrames = blockFrames;
    config.playout.depthMs = 0;  // packets are counted: 6 before it begins, 3 after an underrun
    return config;
}

bool receivePacket(LegPort& port, uint32_t number)
{
    const std::vector<uint8_t> payload(blockFrames, static_cast<uint8_t>(0x80 + number % 100));
    RtpPacket packet;
    packet.arrivalNs = number * 20 * msNs;
    packet.ssrc = 7;
    packet.sequence = static_cast<uint16_t>(number);
    packet.timestamp = number * blockFrames;
    packet.payload = payload;
    return port.receive(packet);
}

/** What the media thread had and gave in one tick. */
struct Tick
{
    uint64_t packets = 0, underruns = 0;
    std::vector<float> block = std::vector<float>(blockFrames);
};

Tick tickOf(LegPort& port, int64_t number)
{
    Tick tick;
    port.pull(tick.block, number * 20 * msNs);
    const auto stats = port.mediaStats().playout;
    tick.packets = stats.packets;
    tick.underruns = stats.underruns;
    return tick;
}

} // namespace

TEST(LegPort, Finding20_PrimingFollowsFromTheTicksAloneHoweverTheSipThreadDelivers)
{
    // One thread delivers in waves with droughts between them while another pulls, so that the stream runs dry and is primed
    // anew again and again. Then one thread alone gives each tick the packets that it had: it must hear the same, to the bit.
    // Priming that both threads could touch would depend on more than that.
    constexpr uint32_t waves = 40, packetsAWave = 24;
    std::vector<Tick> heard;
    {
        LegPort port(std::make_shared<FakePcmuCodec>(20), countingConfig());
        std::atomic<bool> delivered { false };
        std::atomic<int64_t> ticks { 0 };
        std::thread sip([&] {
            std::mt19937 random(20);
            const auto await = [&ticks](int64_t more) {
                for (const auto until = ticks.load() + more; ticks.load() < until;)
                    std::this_thread::yield();
            };
            for (uint32_t number = 0; number < waves * packetsAWave; ++number)
            {
                while (! receivePacket(port, number))
                    await(1);
                if (number % packetsAWave == packetsAWave - 1)
                    await(packetsAWave + 10);  // it runs dry
                else if (random() % 4 == 0)
                    await(1);
            }
            delivered.store(true);
        });
        for (int64_t tick = 0; ! delivered.load(); ++tick)
        {
            heard.push_back(tickOf(port, tick));
            ticks.fetch_add(1);
            std::this_thread::yield();
        }
        sip.join();
    }
    EXPECT_GE(heard.back().underruns, waves / 2) << "it was to run dry";
    size_t inTheWave = 0;
    for (size_t i = 1; i < heard.size(); ++i)
        inTheWave += heard[i].packets > heard[i - 1].packets && heard[i].packets % packetsAWave != 0 ? 1 : 0;
    EXPECT_GE(inTheWave, waves) << "the two were to meet in the middle of a wave";

    LegPort replay(std::make_shared<FakePcmuCodec>(20), countingConfig());
    uint32_t number = 0;
    for (size_t i = 0; i < heard.size(); ++i)
    {
        for (; number < heard[i].packets; ++number)
            ASSERT_TRUE(receivePacket(replay, number));
        const auto tick = tickOf(replay, static_cast<int64_t>(i));
        ASSERT_EQ(tick.packets, heard[i].packets);
        ASSERT_EQ(tick.underruns, heard[i].underruns) << "tick " << i;
        ASSERT_EQ(tick.block, heard[i].block) << "tick " << i;
    }
}

} // namespace mw
