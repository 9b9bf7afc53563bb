#include "RawCall.h"
#include "StackUnderTest.h"

#include <Support/ProcessMemory.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <numbers>
#include <thread>

namespace mw::test
{

using Kind = LegEvent::Kind;

namespace
{

/** Both ends of one call of the stack to itself, with the test's thread as the media thread. Time is the real clock's, but
    nothing here depends on its pace: the loop goes on until what it waits for has arrived. */
class Conversation
{
public:
    Conversation(StackUnderTest& stackToUse, StackUnderTest::Pair ports, int engineRateHz)
        : stack(stackToUse), pair(std::move(ports)), rateHz(engineRateHz), block(static_cast<size_t>(engineRateHz / 50))
    {
    }

    /** One block: the caller says a tone (or nothing), the callee listens. @returns the callee's block */
    const std::vector<float>& tick(double amplitude, double hz)
    {
        for (auto& sample : block)
            sample = static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(at++) / rateHz));
        const auto now = clock.nowNs();
        pair.callerPort->push(block, now);
        stack.legs().tickDone(0);
        next += 20'000'000;
        if (next < now)
            next = now + 5'000'000;
        clock.sleepUntilNs(next);
        pair.calleePort->pull(block, clock.nowNs());
        return block;
    }

    StackUnderTest& stack;
    StackUnderTest::Pair pair;

private:
    int rateHz;
    std::vector<float> block;
    uint64_t at = 0;
    RealClock clock;
    int64_t next = 0;
};

double rmsOf(const std::vector<float>& block)
{
    double sum = 0.0;
    for (const auto sample : block)
        sum += static_cast<double>(sample) * sample;
    return std::sqrt(sum / static_cast<double>(block.size()));
}

/** Talks until the callee has heard 10 blocks running at the caller's level. @returns whether that came to pass */
bool heardAtLevel(Conversation& talk, double amplitude, double hz, double toleranceDb)
{
    const auto wanted = amplitude / std::sqrt(2.0);
    int good = 0;
    for (int tick = 0; tick < 2000 && good < 10; ++tick)
    {
        const auto heard = rmsOf(talk.tick(amplitude, hz));
        good = heard > 0.0 && std::abs(20.0 * std::log10(heard / wanted)) < toleranceDb ? good + 1 : 0;
    }
    return good == 10;
}

} // namespace

class SipCodecs : public ::testing::TestWithParam<const char*>
{
};

TEST_P(SipCodecs, SoundArrivesAtItsLevel)
{
    auto config = StackUnderTest::defaultConfig();
    config.codecs = { GetParam() };
    config.port.engineRateHz = 48000;
    StackUnderTest stack(config);
    stack.start();
    const auto pair = stack.callItself();
    ASSERT_TRUE(pair.callerPort && pair.calleePort);
    EXPECT_EQ(pair.callerPort->format().name, GetParam());
    Conversation talk(stack, pair, 48000);
    EXPECT_TRUE(heardAtLevel(talk, 0.25, 1000.0, 1.0)) << pair.calleePort->format().sampleRateHz << " Hz";
}

/** Every output is the same tone. */
class ToneCallback final : public juce::AudioIODeviceCallback
{
public:
    void audioDeviceIOCallbackWithContext(const float* const*, int, float* const* out, int numOut, int numSamples,
                                          const juce::AudioIODeviceCallbackContext&) override
    {
        for (int i = 0; i < numSamples; ++i, ++at)
            for (int channel = 0; channel < numOut; ++channel)
                out[channel][i] = static_cast<float>(0.25 * std::sin(2.0 * std::numbers::pi * 1000.0 * static_cast<double>(at) / 16000.0));
    }
    void audioDeviceAboutToStart(juce::AudioIODevice*) override {}
    void audioDeviceStopped() override {}

private:
    uint64_t at = 0;
};

// With workers on in every tick, so that ThreadSanitizer sees codecs of libre and baresip change hands between threads.
TEST_P(SipCodecs, WorkersMayDecodeAndEncode)
{
    auto config = StackUnderTest::defaultConfig();
    config.codecs = { GetParam() };
    config.port.engineRateHz = 16000;
    StackUnderTest stack(config);
    stack.start();

    LegDevice::Config devices;
    devices.maxLegs = 8;
    devices.workers = 2;
    devices.workersFromShare = 0.0;
    devices.realtimePriority = false;
    devices.tickDone = [&stack](int64_t nextTickNs) { stack.legs().tickDone(nextTickNs); };
    LegDevice device(devices);
    juce::BigInteger channels;
    channels.setRange(0, devices.maxLegs, true);
    ASSERT_EQ(device.open(channels, channels, 16000, 320), juce::String());
    ToneCallback callback;
    device.start(&callback);
    ASSERT_TRUE(device.isPlaying()) << device.getLastError();

    std::vector<std::shared_ptr<LegPort>> ports;
    for (int call = 0; call < 4; ++call)
    {
        const auto pair = stack.callItself();
        ASSERT_TRUE(pair.callerPort && pair.calleePort) << call;
        for (const auto& port : { pair.callerPort, pair.calleePort })
        {
            ASSERT_TRUE(device.setPort(static_cast<int>(ports.size()), port));
            ports.push_back(port);
        }
    }

    TickStats ticks;
    std::vector<LegRow> rows;
    const auto allHear = [&] {
        device.readSnapshot(ticks, rows);
        return rows.size() == ports.size() && std::all_of(rows.begin(), rows.end(), [](const LegRow& row) { return row.media.playout.packets >= 50; });
    };
    for (const auto end = std::chrono::steady_clock::now() + StackUnderTest::deadline; ! allHear() && std::chrono::steady_clock::now() < end;)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));  // sleeps: a snapshot wakes nobody
    EXPECT_TRUE(allHear());
    EXPECT_EQ(ticks.workers, 2);
    for (const auto& row : rows)
    {
        EXPECT_EQ(row.media.playout.undecodable, 0u) << row.channel;
        EXPECT_EQ(row.media.send.encodeFailures, 0u) << row.channel;
    }
    device.stop();
}

INSTANTIATE_TEST_SUITE_P(All, SipCodecs, ::testing::Values("PCMU", "PCMA", "G722", "opus", "L16"));

TEST(SipMedia, PreferredCodecIsTaken)
{
    auto config = StackUnderTest::defaultConfig();
    config.codecs = { "PCMA", "PCMU" };
    StackUnderTest stack(config);
    stack.start();
    EXPECT_EQ(stack.callItself().calleePort->format().name, "PCMA");
}

TEST(SipMedia, EveryPacketTimeIsHonoured)
{
    for (const auto ptimeMs : { 5, 10, 30, 40, 60 })
    {
        auto config = StackUnderTest::defaultConfig();
        config.codecs = { "PCMU" };
        config.ptimeMs = ptimeMs;
        StackUnderTest stack(config);
        stack.start();
        const auto pair = stack.callItself();
        EXPECT_EQ(pair.callerPort->format().ptimeMs, ptimeMs);
        Conversation talk(stack, pair, 8000);
        EXPECT_TRUE(heardAtLevel(talk, 0.25, 1000.0, 1.0)) << ptimeMs << " ms";
    }
}

TEST(SipMedia, HeldLegSendsNothing)
{
    auto config = StackUnderTest::defaultConfig();
    config.codecs = { "PCMU" };
    StackUnderTest stack(config);
    stack.start();
    const auto pair = stack.callItself();
    Conversation talk(stack, pair, 8000);
    ASSERT_TRUE(heardAtLevel(talk, 0.25, 1000.0, 1.0));
    stack.legs().hold(pair.caller, true);
    stack.waitFor(Kind::held, pair.callee, "held");
    const auto before = pair.callerPort->mediaStats().send.packets;
    for (int tick = 0; tick < 10; ++tick)
        talk.tick(0.25, 1000.0);
    EXPECT_EQ(pair.callerPort->mediaStats().send.packets, before);
    stack.legs().hold(pair.caller, false);
    stack.waitFor(Kind::resumed, pair.callee, "resumed");
    EXPECT_TRUE(heardAtLevel(talk, 0.25, 1000.0, 1.0));
}

TEST(SipMedia, Finding06_HangUpStormWhilePacketsFlow)
{
    auto config = StackUnderTest::defaultConfig();
    config.codecs = { "PCMU" };
    config.maxLegs = 64;
    StackUnderTest stack(config);
    stack.start();
    stack.answerAll();

    // Media thread and control thread in earnest: one pulls and pushes what is in its table, the other changes it.
    struct Slot
    {
        std::atomic<LegPort*> port { nullptr };
    };
    std::array<Slot, 16> slots;
    std::atomic<bool> running { true };
    std::atomic<uint64_t> ticks { 0 };
    std::thread media([&] {
        RealClock clock;
        std::array<float, 160> block {};
        auto next = clock.nowNs();
        while (running.load())
        {
            for (auto& slot : slots)
                if (auto* port = slot.port.load())
                {
                    port->pull(block, clock.nowNs());
                    port->push(block, clock.nowNs());
                }
            stack.legs().tickDone(0);
            ticks.fetch_add(1);
            ticks.notify_all();
            clock.sleepUntilNs(next += 2'000'000);
        }
    });

    for (int round = 0; round < 10; ++round)
    {
        stack.forget();
        std::vector<LegId> dialled;
        for (int i = 0; i < 8; ++i)
            dialled.push_back(stack.legs().dial(stack.uri()).value());
        std::vector<std::shared_ptr<LegPort>> ports;
        for (const auto leg : dialled)
            ports.push_back(stack.waitFor(Kind::mediaReady, leg, "media").port);
        stack.waitFor([](const LegEvent& event) { return event.kind == Kind::mediaReady; }, "all media", 16);
        for (const auto& event : stack.all())
            if (event.kind == Kind::mediaReady && ! event.outgoing)
                ports.push_back(event.port);
        for (size_t i = 0; i < slots.size() && i < ports.size(); ++i)
            slots[i].port.store(ports[i].get());

        const auto begun = ticks.load();
        while (ticks.load() < begun + 5)
            ticks.wait(ticks.load());
        for (const auto leg : dialled)
            stack.legs().hangUp(leg);
        for (const auto leg : dialled)
            stack.waitFor(Kind::closed, leg, "end");

        // The media thread lets go before the ports are freed, as LegDevice sees to it: a whole tick after the table changed.
        for (auto& slot : slots)
            slot.port.store(nullptr);
        const auto changed = ticks.load();
        while (ticks.load() < changed + 2)
            ticks.wait(ticks.load());
        ports.clear();
    }
    running = false;
    media.join();
    stack.stop();
}

#ifndef MW_TEST_OWN_HEAP
// What it was written for, frames that wait for a player, only baresip 4.10 makes (MILLIWATT_SIP_STACK=system): see adapter::keepFromDecoder().
TEST(SipMedia, ACallsMemoryDoesNotGrowWithItsPackets)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0");
    ASSERT_TRUE(call.port);
    const std::vector<uint8_t> sound(160, 0xff);
    constexpr uint16_t together = 20;  // what the socket's buffer holds for certain
    const auto sendUpTo = [&](uint16_t packets) {
        for (auto sent = static_cast<uint16_t>(call.port->mediaStats().playout.packets); sent < packets; sent = static_cast<uint16_t>(sent + together))
        {
            for (uint16_t i = 0; i < together; ++i)
                call.send(call.peer.rtp, static_cast<uint16_t>(sent + i), sound);
            ASSERT_TRUE(call.reaches(sent + together)) << sent;
        }
    };
    sendUpTo(500);  // from here on everything has its memory
    const auto before = heapInUse();
    sendUpTo(2500);
    const auto grown = static_cast<double>(heapInUse()) - static_cast<double>(before);
    EXPECT_LT(grown, 32.0 * 1024.0) << "a packet kept " << grown / 2000.0 << " octets";
}
#endif

} // namespace mw::test
