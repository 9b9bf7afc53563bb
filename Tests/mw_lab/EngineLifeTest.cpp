#include "EngineBench.h"

#include <atomic>
#include <thread>

namespace mw::lab_test
{

TEST_F(EngineBench, RestartsInOneProcessAnyNumberOfTimes)
{
    make();
    for (int round = 0; round < 5; ++round)
    {
        ASSERT_TRUE(engine->start().ok()) << round;
        EXPECT_FALSE(engine->start().ok()) << "a second start while running";
        EXPECT_TRUE(engine->calls().empty()) << round;
        const auto sound = randomOctets(1600, static_cast<uint32_t>(round));
        legs.ring("sip:1", sound);
        const auto listener = legs.ring("sip:2");
        engine->handleEvents();
        steps(20);
        EXPECT_GE(find(legs.call(listener).sent, std::span(sound).first(1440)), 0) << round;
        engine->stop();
        EXPECT_FALSE(engine->isRunning());
        for (const auto& call : engine->calls())
            EXPECT_EQ(call.state, CallState::closed);
        engine->stop();  // harmless
    }
    EXPECT_EQ(legs.starts, 5);
    EXPECT_EQ(legs.stops, 5);
}

TEST_F(EngineBench, Finding09_AFailedStartLeavesNothingAndCanBeRetried)
{
    make();
    legs.startProblem = "Address already in use";
    const auto failed = engine->start();
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code, ExitCode::environment);
    EXPECT_NE(failed.error().message().find("Address already in use"), std::string::npos);
    EXPECT_FALSE(engine->isRunning());
    EXPECT_FALSE(engine->device().isPlaying());
    EXPECT_FALSE(engine->device().isOpen());

    legs.startProblem.clear();
    legs.startThrows = true;
    EXPECT_FALSE(engine->start().ok());
    EXPECT_FALSE(engine->device().isOpen());

    legs.startThrows = false;
    ASSERT_TRUE(engine->start().ok());
    EXPECT_TRUE(engine->device().isPlaying());
    legs.ring("sip:1");
    steps(2);
    EXPECT_EQ(engine->snapshot().callsTotal, 1u);
}

TEST(Engine, Finding15_WrongValuesAreErrorsWithTheirReason)
{
    const auto clock = std::make_shared<ManualClock>();
    ScriptedLegs legs(clock);
    const auto problemOf = [&](auto change) {
        auto config = manualConfig(clock);
        change(config);
        Engine engine(config, legs);
        const auto started = engine.start();
        EXPECT_FALSE(started.ok());
        EXPECT_FALSE(engine.isRunning());
        return started.ok() ? std::string() : started.error().message();
    };
    EXPECT_NE(problemOf([](Engine::Config& c) { c.sampleRateHz = 44100; }).find("44100 Hz"), std::string::npos);
    EXPECT_NE(problemOf([](Engine::Config& c) { c.blockMs = 25; }).find("25 ms"), std::string::npos);
    EXPECT_NE(problemOf([](Engine::Config& c) { c.mixer.maxLegs = 0; }).find("0 legs"), std::string::npos);
    EXPECT_NE(problemOf([](Engine::Config& c) { c.mixer.maxLegs = 2049; }).find("2049 legs"), std::string::npos);
    EXPECT_EQ(legs.starts, 0);
}

TEST_F(EngineBench, CallsThatTheFactoryForgetsEndWithTheEngine)
{
    make();
    legs.staysSilentAtStop = true;
    ASSERT_TRUE(engine->start().ok());
    legs.callees["sip:rings"] = ScriptedLegs::Callee::ringsOnly;
    const auto leg = engine->dial("sip:rings");
    ASSERT_TRUE(leg.ok());
    engine->handleEvents();
    EXPECT_EQ(engine->call(leg.value())->state, CallState::ringing);
    int ends = 0;
    engine->addListener([&](const LegEvent& event, const CallInfo&) { ends += event.kind == LegEvent::Kind::closed ? 1 : 0; });
    engine->stop();
    EXPECT_EQ(ends, 1);
    EXPECT_EQ(engine->call(leg.value())->state, CallState::closed);
    EXPECT_TRUE(legs.call(leg.value()).hungUpByEngine);
}

TEST(Engine, Finding06_StormOfHangUpsDuringMixing)
{
    // The media thread runs for real; ports come and go under it. What matters is that sanitizers stay silent and the books
    // balance, so nothing here depends on how fast the machine is.
    ScriptedLegs legs(std::make_shared<RealClock>());
    Engine::Config config;
    config.sampleRateHz = 8000;
    config.blockMs = 5;
    config.mixer.maxLegs = 16;
    config.realtimePriority = false;
    Engine engine(config, legs);
    ASSERT_TRUE(engine.start().ok());

    std::atomic<bool> over { false };
    uint64_t rung = 0;
    std::thread sip([&] {
        std::mt19937 random(6);
        std::vector<LegId> open;
        for (int i = 0; i < 600; ++i)
        {
            if (open.size() < 14 && (open.empty() || random() % 3 != 0))
            {
                open.push_back(legs.ring("sip:" + std::to_string(i), std::vector<uint8_t>(320, 0x90)));
                ++rung;
            }
            else
            {
                const auto at = random() % open.size();
                legs.peerHangsUp(open[at], 0, "BYE");
                open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
            }
            legs.feedAll();
            legs.collectAll();
            const auto before = legs.ticks.load();
            for (int spin = 0; spin < 50 && legs.ticks.load() == before; ++spin)
                std::this_thread::yield();
        }
        for (const auto leg : open)
            legs.peerHangsUp(leg, 0, "BYE");
        over.store(true);
    });
    while (! over.load())
    {
        engine.handleEvents();
        [[maybe_unused]] const auto snapshot = engine.snapshot();
        std::this_thread::yield();
    }
    sip.join();
    engine.handleEvents();

    const auto snapshot = engine.snapshot();
    EXPECT_EQ(legs.openCalls(), 0u);
    EXPECT_EQ(snapshot.callsTotal + snapshot.legsRefused, rung);
    for (const auto& call : engine.calls())
        EXPECT_EQ(call.state, CallState::closed);
    engine.stop();
    EXPECT_FALSE(engine.device().isPlaying());
}

TEST(Engine, Finding13_ShutdownIsBoundedWhileCallsKeepArriving)
{
    for (int round = 0; round < 5; ++round)
    {
        ScriptedLegs legs(std::make_shared<RealClock>());
        Engine::Config config;
        config.sampleRateHz = 8000;
        config.mixer.maxLegs = 4;
        config.realtimePriority = false;
        Engine engine(config, legs);
        ASSERT_TRUE(engine.start().ok());

        std::atomic<bool> over { false };
        std::atomic<int> rung { 0 };
        std::thread callers([&] {
            while (! over.load())
            {
                legs.ring("sip:more");
                rung.fetch_add(1);
                std::this_thread::yield();
            }
        });
        legs.duringStop = [&] { legs.ring("sip:too late"); };
        while (rung.load() < 50)
        {
            engine.handleEvents();
            std::this_thread::yield();
        }
        engine.stop();  // returns while the callers go on
        EXPECT_FALSE(engine.isRunning());
        EXPECT_EQ(legs.openCalls(), 0u);
        over.store(true);
        callers.join();
        EXPECT_TRUE(std::ranges::all_of(engine.calls(), [](const CallInfo& call) { return call.state == CallState::closed; }));
    }
}

TEST(Engine, Finding13_ShutdownRefusesNewLegsBeforeItHangsUpAndStops)
{
    struct NotingLegs final : ScriptedLegs
    {
        using ScriptedLegs::ScriptedLegs;
        void refuseNewLegs() override
        {
            asked.emplace_back("refuse");
            ScriptedLegs::refuseNewLegs();
        }
        void hangUp(LegId leg) override
        {
            asked.emplace_back("hang up");
            ScriptedLegs::hangUp(leg);
        }
        void stop(int graceMs) override
        {
            asked.emplace_back("stop");
            ScriptedLegs::stop(graceMs);
        }
        std::vector<std::string> asked;
    };
    const auto clock = std::make_shared<ManualClock>();
    NotingLegs legs(clock);
    Engine::Config config;
    config.sampleRateHz = 8000;
    config.mixer.maxLegs = 4;
    config.clock = clock;
    config.runMediaThread = false;
    Engine engine(config, legs);
    ASSERT_TRUE(engine.start().ok());
    for (const auto* uri : { "sip:a@example.com", "sip:b@example.com" })
        ASSERT_TRUE(engine.dial(uri).ok());
    engine.handleEvents();
    engine.stop();
    EXPECT_EQ(legs.asked, (std::vector<std::string> { "refuse", "hang up", "hang up", "stop" }));
}

TEST(Engine, TheMessageLoopHandlesEventsByItself)
{
    ScriptedLegs legs(std::make_shared<RealClock>());
    Engine::Config config;
    config.sampleRateHz = 8000;
    config.mixer.maxLegs = 4;
    config.realtimePriority = false;
    Engine engine(config, legs);
    ASSERT_TRUE(engine.start().ok());
    std::thread sip([&] { legs.ring("sip:1"); });
    sip.join();
    for (int i = 0; i < 500 && engine.snapshot().callsTotal == 0; ++i)
        juce::MessageManager::getInstance()->runDispatchLoopUntil(10);
    EXPECT_EQ(engine.snapshot().callsTotal, 1u);
}

} // namespace mw::lab_test
