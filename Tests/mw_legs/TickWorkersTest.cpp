#include "LegTestSupport.h"

#include <Support/PostConditions.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <thread>

namespace mw
{
namespace
{

using namespace std::chrono_literals;

TickWorkers::Config always(int threads)
{
    TickWorkers::Config config;
    config.threads = threads;
    config.shareFrom = 0.0;
    config.realtimePriority = false;
    return config;
}

/** Waits until so many threads are here at once, or gives up. */
class Meeting
{
public:
    explicit Meeting(int wanted) : expected(wanted) {}

    bool come()
    {
        const auto end = std::chrono::steady_clock::now() + 20s;
        present.fetch_add(1);
        while (present.load() < expected)
        {
            if (std::chrono::steady_clock::now() > end)
                return false;
            std::this_thread::yield();
        }
        return true;
    }

private:
    const int expected;
    std::atomic<int> present { 0 };
};

TEST(TickWorkers, EachPieceIsDoneOnceWhateverTheNumberOfThreads)
{
    const ManualClock clock;
    for (const int threads : { 0, 1, 3, 7 })
    {
        TickWorkers workers(always(threads), clock);
        ASSERT_TRUE(workers.start());
        EXPECT_EQ(workers.helpers(), threads);
        for (const size_t pieces : { size_t { 0 }, size_t { 1 }, size_t { 2 }, size_t { 5 }, size_t { 2048 } })
            for (int round = 0; round < 100; ++round)
            {
                std::vector<int> times(pieces, 0);  // no atomics: no two threads are at the same piece, and all is seen here
                workers.forEach(pieces, [&](size_t piece) { ++times[piece]; });
                ASSERT_TRUE(std::all_of(times.begin(), times.end(), [](int count) { return count == 1; }))
                    << threads << " threads, " << pieces << " pieces";
            }
    }
}

TEST(TickWorkers, AllOfThemWorkAtTheSameTime)
{
    const ManualClock clock;
    TickWorkers workers(always(3), clock);
    ASSERT_TRUE(workers.start());
    for (int round = 0; round < 20; ++round)
    {
        Meeting meeting(4);
        std::atomic<int> met { 0 }, asWorker { 0 };
        workers.forEach(4, [&](size_t) {
            met += meeting.come() ? 1 : 0;
            asWorker += currentThreadRole() == ThreadRole::mediaWorker ? 1 : 0;
        });
        ASSERT_EQ(met.load(), 4) << "four pieces that wait for each other need four threads";
        EXPECT_EQ(asWorker.load(), 3);
    }
}

TEST(TickWorkers, SleepUntilTheWorkIsMuchAndRestWhenItIsNoMore)
{
    ManualClock clock;
    auto config = always(3);
    config.shareFrom = 0.25;
    TickWorkers workers(config, clock);
    ASSERT_TRUE(workers.start());
    constexpr int64_t blockNs = 20'000'000;
    const auto tick = [&](int64_t workNs) {
        workers.forEach(1, [&](size_t) { clock.advanceNs(workNs); });  // one piece: in this thread
        workers.tickDone(blockNs);
    };
    EXPECT_EQ(workers.helpers(), 0);
    tick(blockNs / 4);
    EXPECT_EQ(workers.helpers(), 0) << "just the share that one thread may take";
    tick(blockNs / 4 + 1);
    EXPECT_EQ(workers.helpers(), 1);
    tick(blockNs * 6 / 10);
    EXPECT_EQ(workers.helpers(), 2);
    tick(blockNs * 3);
    EXPECT_EQ(workers.helpers(), 3) << "there are no more";
    for (int i = 0; i < 49; ++i)
        tick(blockNs / 10);
    EXPECT_EQ(workers.helpers(), 3) << "not after one calm moment";
    tick(blockNs / 10);
    EXPECT_EQ(workers.helpers(), 0);
}

TEST(TickWorkers, AThreadThatCannotStartLeavesNone)
{
    const auto before = test::ProcessState::now();
    {
        const ManualClock clock;
        TickWorkers workers(always(3), clock);
        int made = 0;
        const auto started = workers.start([&made](OwnedThread& thread, const std::string& name, ThreadRole role, std::function<void()> run) -> Result<void> {
            if (++made == 3)
                return Error { ExitCode::environment, "start the thread '" + name + "'", "Resource temporarily unavailable", {} };
            return thread.start(name, role, std::move(run));
        });
        ASSERT_FALSE(started);
        EXPECT_NE(started.error().message().find("media-3"), std::string::npos) << started.error().message();
        EXPECT_EQ(workers.helpers(), 0);
        EXPECT_EQ(test::describeLeftovers(before, test::ProcessState::now()), "");

        int done = 0;
        workers.forEach(4, [&](size_t) { ++done; });
        EXPECT_EQ(done, 4) << "all by the one thread that there is";
        ASSERT_TRUE(workers.start()) << "and it can be tried again";
        EXPECT_EQ(workers.helpers(), 3);
    }
    EXPECT_EQ(test::describeLeftovers(before, test::ProcessState::now()), "");
}

TEST(TickWorkers, StopAndStartAtOnceManyTimes)
{
    const ManualClock clock;
    TickWorkers workers(always(2), clock);
    for (int cycle = 0; cycle < 100; ++cycle)
    {
        ASSERT_TRUE(workers.start());
        std::atomic<int> done { 0 };
        if (cycle % 2 == 0)
            workers.forEach(8, [&](size_t) { ++done; });
        workers.stop();
        EXPECT_EQ(done.load(), cycle % 2 == 0 ? 8 : 0);
    }
}

// ---- in the device --------------------------------------------------------------------------------------------------------

/** Each output is the sum of all inputs, so that a leg done late or twice would be heard by all. */
class SumCallback final : public juce::AudioIODeviceCallback
{
public:
    void audioDeviceIOCallbackWithContext(const float* const* in, int numIn, float* const* out, int numOut, int numSamples,
                                          const juce::AudioIODeviceCallbackContext&) override
    {
        for (int i = 0; i < numSamples; ++i)
        {
            auto sum = 0.0f;
            for (int leg = 0; leg < numIn; ++leg)
                sum += in[leg][i];
            for (int leg = 0; leg < numOut; ++leg)
                out[leg][i] = sum / 32.0f;
        }
    }
    void audioDeviceAboutToStart(juce::AudioIODevice*) override {}
    void audioDeviceStopped() override {}
};

/** What twelve legs of three rates send in 40 ticks, and their figures. */
std::string sentWith(int workers)
{
    constexpr int legs = 12;
    LegDevice::Config config;
    config.maxLegs = legs;
    config.clock = std::make_shared<ManualClock>();
    config.workers = workers;
    config.workersFromShare = 0.0;
    config.realtimePriority = false;
    LegDevice device(config);
    device.setRunsOwnThread(false);
    juce::BigInteger channels;
    channels.setRange(0, legs, true);
    EXPECT_EQ(device.open(channels, channels, 16000, 320), juce::String());
    SumCallback callback;
    device.start(&callback);
    EXPECT_TRUE(device.isPlaying()) << device.getLastError();

    std::vector<std::shared_ptr<LegPort>> ports;
    for (int leg = 0; leg < legs; ++leg)
    {
        LegPortConfig port;
        port.engineRateHz = 16000;
        port.firstTimestamp = 0;
        const auto rateHz = std::array { 8000, 16000, 48000 }[static_cast<size_t>(leg % 3)];
        ports.push_back(std::make_shared<LegPort>(std::make_shared<test::FakeL16Codec>(rateHz, 20), port));
        EXPECT_TRUE(device.setPort(leg, ports.back()));
    }

    std::string sent;
    for (int tick = 0; tick < 40; ++tick)
    {
        for (size_t leg = 0; leg < ports.size(); ++leg)
        {
            const auto frames = static_cast<size_t>(ports[leg]->format().sampleRateHz / 50);
            std::vector<uint8_t> payload(2 * frames);
            for (size_t i = 0; i < payload.size(); ++i)
                payload[i] = static_cast<uint8_t>((leg * 31 + i * (leg + 1) + static_cast<size_t>(tick) * 7) % 61);
            RtpPacket packet;
            packet.arrivalNs = config.clock->nowNs();
            packet.sequence = static_cast<uint16_t>(tick);
            packet.timestamp = static_cast<uint32_t>(static_cast<size_t>(tick) * frames);
            packet.payloadType = static_cast<uint8_t>(ports[leg]->format().receivePayloadType);
            packet.payload = payload;
            EXPECT_TRUE(ports[leg]->receive(packet));
        }
        device.runTick();
        static_cast<ManualClock&>(*config.clock).advanceNs(20'000'000);
        for (auto& port : ports)
            port->drainToSend([&sent](const SendPacket& packet) {
                sent.append(reinterpret_cast<const char*>(packet.payload.data()), packet.payload.size());
            });
    }
    TickStats ticks;
    std::vector<LegRow> rows;
    device.readSnapshot(ticks, rows);
    EXPECT_EQ(ticks.workers, workers);
    EXPECT_EQ(rows.size(), ports.size());
    for (size_t row = 0; row < rows.size(); ++row)
    {
        EXPECT_EQ(rows[row].channel, static_cast<int>(row));
        EXPECT_EQ(rows[row].port, ports[row].get());
        EXPECT_EQ(rows[row].media.send.packets, 40u);
        EXPECT_EQ(rows[row].media.playout.packets, 40u);
    }
    device.stop();
    return sent;
}

TEST(TickWorkers, ADeviceWithThemSendsTheSameOctetsAsOneWithout)
{
    const auto alone = sentWith(0);
    ASSERT_GT(alone.size(), 100000u);
    EXPECT_TRUE(std::any_of(alone.begin(), alone.end(), [](char octet) { return octet != 0; }));
    for (const int workers : { 1, 3 })
        EXPECT_TRUE(sentWith(workers) == alone) << workers << " workers";
}

} // namespace
} // namespace mw
