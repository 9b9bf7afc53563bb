#include "LegTestSupport.h"

#include <Support/RealTimeGuard.h>
#include <Support/PostConditions.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <thread>

namespace mw
{
namespace
{

using test::FakeL16Codec;
using test::FakePcmuCodec;
using test::msNs;

/** Copies input i to output i and keeps a diary. */
class EchoCallback final : public juce::AudioIODeviceCallback
{
public:
    std::atomic<int> blocks { 0 }, starts { 0 }, stops { 0 }, faults { 0 };
    std::atomic<int> inputs { 0 }, outputs { 0 }, frames { 0 };
    int64_t timeNs = -1;                                       ///< of the last block; only read while stopped or by hand
    std::vector<float> firstSamples = std::vector<float>(64);  ///< of the last block, by channel; only read while stopped or by hand

    void audioDeviceIOCallbackWithContext(const float* const* in, int numIn, float* const* out, int numOut, int numSamples,
                                          const juce::AudioIODeviceCallbackContext& context) override
    {
        timeNs = context.hostTimeNs == nullptr ? -1 : static_cast<int64_t>(*context.hostTimeNs);
        if (starts.load() != stops.load() + 1 || currentThreadRole() != ThreadRole::audioRegion)
            faults.fetch_add(1);
        inputs = numIn;
        outputs = numOut;
        frames = numSamples;
        for (int i = 0; i < numIn && i < static_cast<int>(firstSamples.size()); ++i)
            firstSamples[static_cast<size_t>(i)] = in[i][0];
        for (int i = 0; i < numOut; ++i)
            if (i < numIn)
                std::copy_n(in[i], numSamples, out[i]);
            else
                std::fill_n(out[i], numSamples, 0.0f);
        blocks.fetch_add(1);
        const ScopedThreadRole theTest(ThreadRole::media);  // waking the test is none of the region's work
        blocks.notify_all();
    }
    void audioDeviceAboutToStart(juce::AudioIODevice*) override
    {
        if (starts.fetch_add(1) != stops.load())
            faults.fetch_add(1);
    }
    void audioDeviceStopped() override
    {
        if (stops.fetch_add(1) + 1 != starts.load())
            faults.fetch_add(1);
    }

    void waitForBlocks(int count)
    {
        for (auto seen = blocks.load(); seen < count; seen = blocks.load())
            blocks.wait(seen);
    }
};

juce::BigInteger firstChannels(int count)
{
    juce::BigInteger bits;
    bits.setRange(0, count, true);
    return bits;
}

LegPortConfig portConfig(int rateHz = 8000)
{
    LegPortConfig config;
    config.engineRateHz = rateHz;
    return config;
}

std::shared_ptr<LegPort> makePort(int rateHz = 8000) { return std::make_shared<LegPort>(std::make_shared<FakePcmuCodec>(20), portConfig(rateHz)); }

/** A device under a manual clock, ticked by hand. */
struct HandDevice
{
    explicit HandDevice(int maxLegs = 4)
    {
        LegDevice::Config config;
        config.maxLegs = maxLegs;
        config.clock = clock;
        config.tickDone = [this](int64_t) { ++ticksDone; };
        device = std::make_unique<LegDevice>(config);
        device->setRunsOwnThread(false);
        EXPECT_EQ(device->open(firstChannels(maxLegs), firstChannels(maxLegs), 8000, 160), juce::String());
        device->start(&callback);
        EXPECT_TRUE(device->isPlaying());
    }
    ~HandDevice() { device->stop(); }

    /** A packet of one constant octet to each port, then one tick. */
    void tick(std::initializer_list<LegPort*> ports = {})
    {
        for (auto* port : ports)
        {
            const std::vector<uint8_t> payload(160, 0x90);
            RtpPacket packet;
            packet.arrivalNs = clock->nowNs();
            packet.sequence = static_cast<uint16_t>(packets);
            packet.timestamp = static_cast<uint32_t>(packets * 160);
            packet.payload = payload;
            [[maybe_unused]] const auto taken = port->receive(packet);
        }
        ++packets;
        device->runTick();
        clock->advanceNs(20 * msNs);
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    EchoCallback callback;
    int ticksDone = 0, packets = 0;
    std::unique_ptr<LegDevice> device;
};

TEST(LegDevice, OffersItsRatesAndBlocksAndOpensWithEachOfThem)
{
    LegDevice device({});
    EXPECT_EQ(device.getAvailableSampleRates().size(), 4);
    for (const int rate : { 8000, 16000, 32000, 48000 })
        for (const int ms : { 5, 10, 20, 30, 40, 60 })
        {
            EXPECT_TRUE(device.getAvailableBufferSizes().contains(rate / 1000 * ms));
            EXPECT_EQ(device.open(firstChannels(64), firstChannels(64), rate, rate / 1000 * ms), juce::String());
            EXPECT_TRUE(device.isOpen());
            EXPECT_EQ(device.getCurrentBufferSizeSamples(), rate / 1000 * ms);
            EXPECT_EQ(device.getCurrentSampleRate(), rate);
            EXPECT_EQ(device.getDefaultBufferSize(), rate / 50);
            device.close();
            EXPECT_FALSE(device.isOpen());
        }
    EXPECT_EQ(device.getInputChannelNames().size(), 64);
    EXPECT_EQ(device.getOutputChannelNames().size(), 64);
    EXPECT_EQ(device.getXRunCount(), -1);
}

TEST(LegDevice, Finding15_WhatItCannotDoIsSaidAndLeavesItClosed)
{
    LegDevice device({});
    for (const auto& [rate, size] : std::vector<std::pair<double, int>> { { 44100, 882 }, { 16000, 321 }, { 16000, 0 }, { 16000, -5 }, { 0, 320 }, { 8000, 480 + 1 } })
    {
        const auto text = device.open(firstChannels(2), firstChannels(2), rate, size);
        EXPECT_TRUE(text.isNotEmpty()) << rate << " " << size;
        EXPECT_EQ(device.getLastError(), text);
        EXPECT_FALSE(device.isOpen());
    }
    EXPECT_TRUE(device.open(firstChannels(65), firstChannels(2), 16000, 320).isNotEmpty());
    EchoCallback callback;
    device.start(&callback);
    EXPECT_FALSE(device.isPlaying());
    EXPECT_TRUE(device.getLastError().contains("not open"));
    EXPECT_EQ(callback.starts.load(), 0);

    LegDevice::Config tooMany;
    tooMany.maxLegs = 2049;
    EXPECT_TRUE(LegDevice(tooMany).open(firstChannels(2), firstChannels(2), 16000, 320).contains("2049"));
}

TEST(LegDevice, TicksByHandCarrySoundThrough)
{
    HandDevice bench;
    const auto port = makePort();
    ASSERT_TRUE(bench.device->setPort(2, port).ok());
    for (int i = 0; i < 10; ++i)
        bench.tick({ port.get() });
    EXPECT_EQ(bench.callback.blocks.load(), 10);
    EXPECT_EQ(bench.callback.faults.load(), 0);
    EXPECT_EQ(bench.ticksDone, 10);
    EXPECT_GT(bench.callback.firstSamples[2], 0.1f);
    EXPECT_EQ(bench.callback.firstSamples[1], 0.0f);
    int octets = 0;
    port->drainToSend([&](const SendPacket& packet) { octets += static_cast<int>(std::ranges::count(packet.payload, 0x90)); });
    EXPECT_GE(octets, 8 * 160);

    TickStats ticks;
    std::vector<LegRow> legs;
    EXPECT_EQ(bench.device->readSnapshot(ticks, legs), 10u);
    EXPECT_EQ(ticks.ticks, 10u);
    ASSERT_EQ(legs.size(), 1u);
    EXPECT_EQ(legs[0].channel, 2);
    EXPECT_EQ(legs[0].media.playout.packets, 10u);
    EXPECT_EQ(legs[0].media.send.packets, 10u);
    EXPECT_EQ(bench.device->getOutputLatencyInSamples(), 160);
    EXPECT_EQ(bench.device->getInputLatencyInSamples(), 320);
}

TEST(LegDevice, TheCallbackIsToldTheTicksDeadlineAlsoWhenItIsLate)
{
    HandDevice bench;
    for (int i = 0; i < 3; ++i)
    {
        bench.tick();
        EXPECT_EQ(bench.callback.timeNs, i * 20 * msNs);
    }
    LegDevice::Config config;
    config.maxLegs = 1;
    const auto clock = std::make_shared<ManualClock>(7 * msNs);
    config.clock = clock;
    LegDevice device(config);
    ASSERT_EQ(device.open(firstChannels(1), firstChannels(1), 8000, 160), juce::String());
    EchoCallback callback;
    device.start(&callback);
    clock->advanceNs(35 * msNs);  // the tick that was due at 27 ms comes 15 ms late
    callback.waitForBlocks(1);
    clock->advanceNs(10 * msNs);
    callback.waitForBlocks(2);
    device.stop();
    EXPECT_EQ(callback.timeNs, 47 * msNs);
}

TEST(LegDevice, OnlyTheChannelsAskedForReachTheCallback)
{
    LegDevice::Config config;
    config.maxLegs = 8;
    config.clock = std::make_shared<ManualClock>();
    LegDevice device(config);
    device.setRunsOwnThread(false);
    juce::BigInteger inputs, outputs;
    inputs.setBit(1);
    inputs.setBit(5);
    outputs.setBit(0);
    ASSERT_EQ(device.open(inputs, outputs, 16000, 320), juce::String());
    EXPECT_EQ(device.getActiveInputChannels(), inputs);
    EXPECT_EQ(device.getActiveOutputChannels(), outputs);
    EchoCallback callback;
    device.start(&callback);
    device.runTick();
    EXPECT_EQ(callback.inputs.load(), 2);
    EXPECT_EQ(callback.outputs.load(), 1);
    EXPECT_EQ(callback.frames.load(), 320);
    device.stop();  // the callback goes first
}

TEST(LegDevice, Finding06_ADeadPortIsSilentAndAnEmptiedChannelToo)
{
    HandDevice bench;
    const auto port = makePort(), other = makePort();
    ASSERT_TRUE(bench.device->setPorts({ { 0, port }, { 1, other } }).ok());
    for (int i = 0; i < 5; ++i)
        bench.tick({ port.get(), other.get() });
    EXPECT_GT(bench.callback.firstSamples[0], 0.1f);

    port->markDead();
    bench.tick({ port.get(), other.get() });
    EXPECT_EQ(bench.callback.firstSamples[0], 0.0f);
    EXPECT_GT(bench.callback.firstSamples[1], 0.1f);

    ASSERT_TRUE(bench.device->setPort(1, nullptr).ok());
    EXPECT_EQ(other.use_count(), 1);  // nobody else holds it any more
    bench.tick();
    EXPECT_EQ(bench.callback.firstSamples[1], 0.0f);
}

TEST(LegDevice, AChannelOutOfRangeIsAnErrorAndChangesNothing)
{
    HandDevice bench;
    const auto port = makePort();
    EXPECT_FALSE(bench.device->setPort(-1, port).ok());
    EXPECT_FALSE(bench.device->setPort(4, port).ok());
    const auto changed = bench.device->setPorts({ { 0, port }, { 17, port } });
    ASSERT_FALSE(changed.ok());
    EXPECT_NE(changed.error().message().find("17"), std::string::npos);
    EXPECT_EQ(port.use_count(), 1);
}

TEST(LegDevice, PullAndPushNeitherAllocateNorLock)
{
    // The guard watches the audio region only, so pull and push are run inside it here.
    LegPortConfig config;
    config.engineRateHz = 8000;
    config.playout.mode = PlayoutMode::adaptive;
    std::vector<std::shared_ptr<LegPort>> ports { makePort(), std::make_shared<LegPort>(std::make_shared<FakeL16Codec>(16000, 30), config),
                                                  std::make_shared<LegPort>(std::make_shared<FakeL16Codec>(48000, 5), config) };
    std::vector<float> block(160);
    std::vector<uint8_t> payload(2000, 0x20);
    {
        const ScopedThreadRole audio(ThreadRole::audioRegion);
        uint16_t sequence = 0;
        for (int tick = 0; tick < 400; ++tick)
        {
            // Loss, reordering, other payload types, odd lengths, another SSRC, a burst.
            for (auto& port : ports)
                for (int i = 0; i < (tick == 200 ? 40 : 1); ++i)
                {
                    RtpPacket packet;
                    packet.arrivalNs = tick * 20 * msNs;
                    packet.ssrc = tick < 300 ? 1 : 2;
                    packet.sequence = static_cast<uint16_t>(sequence + (tick % 7 == 0 ? 2 : 0) + i);
                    packet.timestamp = static_cast<uint32_t>(packet.sequence) * 160u;
                    packet.payloadType = tick % 11 == 0 ? 101 : static_cast<uint8_t>(port->format().receivePayloadType);
                    packet.payload = std::span(payload).first(tick % 13 == 0 ? 33 : 320);
                    if (tick % 5 != 3)
                        [[maybe_unused]] const auto taken = port->receive(packet);
                    port->pull(block, tick * 20 * msNs + msNs);
                    port->push(block, tick * 20 * msNs + msNs);
                    port->drainToSend([](const SendPacket&) {});
                }
            ++sequence;
        }
    }
    EXPECT_EQ(test::RealTimeGuard::count(), 0) << test::RealTimeGuard::first();
}

TEST(LegDevice, Finding07_FiftyCyclesLeaveNoThreadAndNoDescriptor)
{
    const auto before = test::ProcessState::now();
    {
        LegDevice::Config config;
        config.maxLegs = 4;
        LegDevice device(config);
        EchoCallback callback;
        const auto port = makePort(16000);
        for (int cycle = 0; cycle < 50; ++cycle)
        {
            ASSERT_EQ(device.open(firstChannels(4), firstChannels(4), 16000, 80), juce::String());
            ASSERT_TRUE(device.setPort(cycle % 4, cycle % 3 == 0 ? nullptr : port).ok());
            const auto wanted = callback.blocks.load() + 1;
            device.start(&callback);
            ASSERT_TRUE(device.isPlaying()) << device.getLastError();
            if (cycle % 2 == 0)
                callback.waitForBlocks(wanted);
            device.stop();
            EXPECT_FALSE(device.isPlaying());
            device.stop();  // harmless
            device.close();
        }
        EXPECT_EQ(callback.starts.load(), 50);
        EXPECT_EQ(callback.stops.load(), 50);
        EXPECT_EQ(callback.faults.load(), 0);
        EXPECT_GE(callback.blocks.load(), 25);
    }
    EXPECT_EQ(test::describeLeftovers(before, test::ProcessState::now()), "");
}

TEST(LegDevice, AnIdleDeviceKeepsItsClock)
{
    LegDevice::Config config;
    config.maxLegs = 1;
    LegDevice device(config);
    ASSERT_EQ(device.open(firstChannels(1), firstChannels(1), 8000, 40), juce::String());
    EchoCallback callback;
    device.start(&callback);
    callback.waitForBlocks(20);
    device.stop();
    TickStats ticks;
    std::vector<LegRow> legs;
    EXPECT_GE(device.readSnapshot(ticks, legs), 20u);
    uint64_t binned = 0;
    for (const auto count : ticks.latenessHistogram)
        binned += count;
    EXPECT_EQ(binned, ticks.ticks);
}

TEST(LegDevice, Finding09_AThreadThatCannotStartLeavesNothingHalfStarted)
{
    LegDevice::Config config;
    int attempts = 0;
    config.startThread = [&attempts](OwnedThread& thread, const std::string& name, ThreadRole role, std::function<void()> run) -> Result<void> {
        if (++attempts == 1)
            return Error { ExitCode::environment, "start the thread 'media'", "Resource temporarily unavailable", {} };
        return thread.start(name, role, std::move(run));
    };
    LegDevice device(config);
    EchoCallback callback;
    ASSERT_EQ(device.open(firstChannels(2), firstChannels(2), 8000, 40), juce::String());
    device.start(&callback);
    EXPECT_FALSE(device.isPlaying());
    EXPECT_TRUE(device.getLastError().contains("Resource temporarily unavailable")) << device.getLastError();
    EXPECT_EQ(callback.starts.load(), 1);
    EXPECT_EQ(callback.stops.load(), 1);
    EXPECT_EQ(callback.blocks.load(), 0);
    device.runTick();  // there is nothing to tick
    EXPECT_EQ(callback.blocks.load(), 0);
    ASSERT_TRUE(device.setPort(0, makePort()).ok());

    device.start(&callback);  // and it can be tried again
    EXPECT_TRUE(device.isPlaying()) << device.getLastError();
    callback.waitForBlocks(2);
    device.stop();
    EXPECT_EQ(callback.faults.load(), 0);
}

TEST(LegDevice, Finding15_WithoutATimerItDoesNotStart)
{
    // UndefinedBehaviorSanitizer needs descriptors when it meets a class for the first time; let it meet this one now.
    const LegDevice another { LegDevice::Config {} };

    // No descriptor is to be had while the device is made: the kernel refuses the timer.
    rlimit former {};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &former), 0);
    const rlimit none { 0, former.rlim_max };
    std::unique_ptr<LegDevice> device;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    device = std::make_unique<LegDevice>(LegDevice::Config {});
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &former), 0);

    EchoCallback callback;
    ASSERT_EQ(device->open(firstChannels(2), firstChannels(2), 8000, 40), juce::String());
    device->start(&callback);
    EXPECT_FALSE(device->isPlaying());
    EXPECT_TRUE(device->getLastError().contains("timer")) << device->getLastError();
    EXPECT_EQ(callback.starts.load(), callback.stops.load());
}

TEST(LegDevice, Finding06_AStormOfHangUpsWhileMediaTicks)
{
    LegDevice::Config config;
    config.maxLegs = 8;
    LegDevice device(config);
    ASSERT_EQ(device.open(firstChannels(8), firstChannels(8), 8000, 40), juce::String());
    EchoCallback callback;
    device.start(&callback);
    ASSERT_TRUE(device.isPlaying()) << device.getLastError();

    // This thread is control; another plays the sip thread, which owns the packets and marks ports dead.
    SpscQueue<LegPort*> toSip(64), fromSip(64);
    std::atomic<bool> sipEnds { false };
    std::thread sip([&] {
        const std::vector<uint8_t> payload(160, 0x90);
        uint16_t sequence = 0;
        LegPort* port = nullptr;
        while (! sipEnds.load())
        {
            if (! toSip.pop(port))
            {
                std::this_thread::yield();
                continue;
            }
            for (int i = 0; i < 20; ++i, ++sequence)
            {
                RtpPacket packet;
                packet.arrivalNs = i;
                packet.sequence = sequence;
                packet.timestamp = sequence * 160u;
                packet.payload = payload;
                [[maybe_unused]] const auto taken = port->receive(packet);
                port->drainToSend([](const SendPacket&) {});
            }
            port->markDead();
            while (! fromSip.push(port))
                std::this_thread::yield();
        }
    });

    std::vector<std::shared_ptr<LegPort>> ports(8);
    std::vector<std::weak_ptr<LegPort>> everyPort;
    for (int i = 0; i < 400; ++i)
    {
        const auto channel = i % 8;
        auto port = makePort();
        everyPort.push_back(port);
        ASSERT_TRUE(device.setPort(channel, port).ok());
        ASSERT_TRUE(toSip.push(port.get()));
        ports[static_cast<size_t>(channel)] = port;
        LegPort* dead = nullptr;
        while (! fromSip.pop(dead))
            std::this_thread::yield();
        if (i % 2 == 0)
        {
            ASSERT_TRUE(device.setPort(channel, nullptr).ok());
            ports[static_cast<size_t>(channel)] = nullptr;
        }
        if (i % 16 == 0)
            callback.waitForBlocks(callback.blocks.load() + 1);
    }
    sipEnds = true;
    sip.join();
    for (auto& port : ports)
        port = nullptr;
    for (int channel = 0; channel < 8; ++channel)
        ASSERT_TRUE(device.setPort(channel, nullptr).ok());
    for (const auto& port : everyPort)
        EXPECT_TRUE(port.expired());  // freed as soon as setPort had returned
    device.stop();
    EXPECT_EQ(callback.faults.load(), 0);
}

TEST(LegDevice, Finding14_SnapshotsReadWhileItRunsAreWhole)
{
    LegDevice::Config config;
    config.maxLegs = 4;
    LegDevice device(config);
    ASSERT_EQ(device.open(firstChannels(4), firstChannels(4), 8000, 40), juce::String());
    EchoCallback callback;
    std::vector<std::pair<int, std::shared_ptr<LegPort>>> ports;
    for (int channel = 0; channel < 4; ++channel)
        ports.emplace_back(channel, makePort());
    ASSERT_TRUE(device.setPorts(ports).ok());
    device.start(&callback);
    callback.waitForBlocks(1);
    uint64_t last = 0;
    for (int reads = 0; reads < 2000 || last < 20; ++reads)
    {
        TickStats ticks;
        std::vector<LegRow> legs;
        const auto number = device.readSnapshot(ticks, legs);
        ASSERT_GE(number, last);
        last = number;
        if (number == 0)
            continue;
        ASSERT_EQ(ticks.ticks, number);
        ASSERT_EQ(legs.size(), 4u);
        for (int channel = 0; channel < 4; ++channel)
        {
            ASSERT_EQ(legs[static_cast<size_t>(channel)].channel, channel);
            ASSERT_EQ(legs[static_cast<size_t>(channel)].media.send.packets, legs[0].media.send.packets);
            ASSERT_EQ(legs[static_cast<size_t>(channel)].media.send.octets + legs[static_cast<size_t>(channel)].media.send.ringOverruns * 160,
                      ticks.ticks / 4 * 160);
        }
    }
    device.stop();
}

TEST(LegDeviceType, JucesDeviceManagerListsAndOpensIt)
{
    juce::AudioDeviceManager manager;
    LegDevice::Config config;
    config.maxLegs = 16;
    manager.addAudioDeviceType(std::make_unique<LegDeviceType>(config));
    manager.setCurrentAudioDeviceType(LegDeviceType::typeName, true);
    auto* type = manager.getCurrentDeviceTypeObject();
    ASSERT_NE(type, nullptr);
    EXPECT_EQ(type->getTypeName(), LegDeviceType::typeName);
    EXPECT_EQ(type->getDeviceNames(true), juce::StringArray(LegDeviceType::deviceName));
    EXPECT_EQ(type->createDevice("another", "another"), nullptr);

    juce::AudioDeviceManager::AudioDeviceSetup setup;
    setup.inputDeviceName = setup.outputDeviceName = LegDeviceType::deviceName;
    setup.sampleRate = 16000;
    setup.bufferSize = 320;
    setup.useDefaultInputChannels = setup.useDefaultOutputChannels = false;
    setup.inputChannels = firstChannels(16);
    setup.outputChannels = firstChannels(16);
    EXPECT_EQ(manager.initialise(16, 16, nullptr, false, {}, &setup), juce::String());
    auto* device = dynamic_cast<LegDevice*>(manager.getCurrentAudioDevice());
    ASSERT_NE(device, nullptr);
    EXPECT_TRUE(device->isOpen());
    EXPECT_EQ(device->getCurrentSampleRate(), 16000.0);
    EXPECT_EQ(device->getCurrentBufferSizeSamples(), 320);

    EchoCallback callback;
    {
        // JUCE's manager locks around its callbacks, which is why the engine does without it. Nothing else may be seen.
        const test::WantedViolations ofTheManager;
        manager.addAudioCallback(&callback);
        callback.waitForBlocks(2);
        EXPECT_EQ(callback.inputs.load(), 16);
        EXPECT_EQ(callback.outputs.load(), 16);
        manager.removeAudioCallback(&callback);
        manager.closeAudioDevice();
        EXPECT_EQ(ofTheManager.first(), test::RealTimeGuard::watchesCalls() ? "lock: pthread_mutex_lock" : "");
    }
    EXPECT_EQ(callback.stops.load(), 1);
}

} // namespace
} // namespace mw
