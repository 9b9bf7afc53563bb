#include "LabBench.h"

#include "../Support/Sweep.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mw::lab_test
{

using test::FailureInjector;
using test::Resource;
using test::sweep;
using test::Whose;

namespace
{

constexpr Whose here { .onlyThisThread = true };

/** A second of a tone that is not one frequency's multiple of the packet rate: a lost packet or a doubled one shows. */
std::vector<uint8_t> toneOctets() { return muLaw(sine(437.0, -10.0, 60.0)); }

class InjectionBench : public ::testing::Test
{
protected:
    void steps(Engine& engine, int count)
    {
        for (int i = 0; i < count; ++i)
            step(*clock, legs, engine);
    }

    [[nodiscard]] juce::StringArray filesLeft() const
    {
        juce::StringArray names;
        for (const auto& file : folder.folder.findChildFiles(juce::File::findFiles, true))
            names.add(file.getFileName());
        return names;
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'000'000'000);
    ScriptedLegs legs { clock };
    TestFolder folder;
};

} // namespace

// ---- the engine's start ---------------------------------------------------------------------------------------------------

class InjectionEngine : public InjectionBench
{
protected:
    /** With the real clock and thread, which need the system. */
    test::Swept sweepStart(Resource what, Whose whose)
    {
        auto config = manualConfig(clock, 4);
        config.runMediaThread = true;
        config.clock = nullptr;
        ScriptedLegs real(std::make_shared<RealClock>());
        std::unique_ptr<Engine> engine;
        return sweep(
            what, whose,
            [&] {
                if (engine != nullptr)
                {
                    EXPECT_FALSE(engine->isRunning());
                    EXPECT_TRUE(engine->start().ok()) << "the same engine, after its start failed";
                    engine->stop();
                }
                engine.reset();
                engine = std::make_unique<Engine>(config, real);
            },
            [&] { return engine->start(); }, [&] { engine->stop(); });
    }
};

TEST_F(InjectionEngine, Finding09_WithoutItsThreadItDoesNotStart) { EXPECT_EQ(sweepStart(Resource::thread, {}).refused, 1u); }

TEST_F(InjectionEngine, Finding09_EveryDescriptorOfTheStartMayFail) { sweepStart(Resource::descriptor, {}); }

TEST_F(InjectionEngine, Finding19_EveryAllocationOfTheStartMayFail)
{
    EXPECT_GE(sweepStart(Resource::memory, here).refused, 10u);
}

// ---- a call while another sounds -----------------------------------------------------------------------------------------

class InjectionCall : public InjectionBench
{
protected:
    static constexpr int maxLegs = 3;

    /** Lets each allocation in the engine fail while `happen` brings a call, with another call sounding all the time.
        @returns how often the call was refused */
    template <typename Happen>
    int sweepCall(Happen happen)
    {
        Engine engine(manualConfig(clock, maxLegs), legs);
        EXPECT_TRUE(engine.start().ok());
        const auto steady = legs.ring("sip:steady@x", toneOctets());
        const auto listener = legs.ring("sip:listener@x");
        steps(engine, 10);
        auto refused = 0;
        for (uint64_t nth = 1; nth < 1000; ++nth)
        {
            const auto where = "allocation " + std::to_string(nth);
            const auto heardBefore = legs.call(listener).sent.size();
            std::vector<std::pair<LegId, LegEvent>> told;
            const auto number = engine.addListener([&](const LegEvent& event, const CallInfo& info) { told.emplace_back(info.leg, event); });
            const auto closedBefore = engine.snapshot().calls.size();
            auto failed = false;
            const auto leg = happen(engine, nth, failed);
            steps(engine, 3);
            const auto call = leg == 0 ? std::nullopt : engine.call(leg);
            if (failed && (! call.has_value() || call->state == CallState::closed))
            {
                ++refused;
                if (leg != 0 && call.has_value())
                {
                    EXPECT_TRUE(call->failed) << where;
                    EXPECT_FALSE(call->reason.empty()) << where;
                    EXPECT_EQ(call->channel, -1) << where;
                }
            }
            else
            {
                EXPECT_TRUE(call.has_value() && call->state == CallState::established) << where;
                if (leg != 0)
                    engine.hangUp(leg);
                steps(engine, 2);
            }
            if (leg != 0)
            {
                EXPECT_TRUE(legs.call(leg).over) << where << ": the peer is told";
            }
            const auto ends = std::count_if(told.begin(), told.end(), [&](const auto& each) { return each.first == leg && each.second.kind == LegEvent::Kind::closed; });
            EXPECT_LE(ends, 1) << where << ": told once";
            EXPECT_LE(engine.snapshot().calls.size(), closedBefore + 1) << where << ": in the list at most once";
            EXPECT_EQ(legs.openCalls(), 2u) << where;
            engine.removeListener(number);

            // The other two went on: a packet a tick, and in it the tone without a gap.
            EXPECT_TRUE(engine.call(steady)->state == CallState::established) << where;
            const auto& sent = legs.call(listener).sent;
            EXPECT_EQ((sent.size() - heardBefore) % 160, 0u) << where;
            EXPECT_GE(sent.size() - heardBefore, 3 * 160u) << where;
            if (! failed || ::testing::Test::HasFailure())
                break;
        }
        // Every channel is free again, and gives sound.
        const auto last = legs.ring("sip:last@x", toneOctets());
        steps(engine, 5);
        EXPECT_EQ(engine.call(last)->state, CallState::established);
        EXPECT_GE(engine.call(last)->channel, 0);
        const auto heard = fromMuLaw(legs.call(listener).sent);
        expectUnbroken(heard);
        engine.stop();
        return refused;
    }

    /** The tone of `steady` from its first second on, to the last: no millisecond without it. */
    static void expectUnbroken(const std::vector<float>& heard)
    {
        ASSERT_GT(heard.size(), 4000u);
        for (size_t at = 2000; at + 1600 <= heard.size() - 800; at += 80)
        {
            const auto level = levelOf(std::span(heard).subspan(at, 80));
            ASSERT_GT(level, -16.0) << "a gap at sample " << at;
        }
    }
};

TEST_F(InjectionCall, Finding19_AnIncomingCallWithoutMemoryIsRefusedOnceAndTheOthersSoundOn)
{
    const auto refused = sweepCall([this](Engine& engine, uint64_t nth, bool& failed) {
        const auto leg = legs.ring("sip:newcomer-with-a-long-name@a-long-host-name.example");
        const FailureInjector injector(Resource::memory, nth, here);
        engine.handleEvents();
        engine.handleEvents();
        failed = injector.hasFailed();
        return leg;
    });
    EXPECT_GE(refused, 5);
}

TEST_F(InjectionCall, Finding19_ACallThatWasDialledWithoutMemoryIsAnErrorOrEnds)
{
    const std::string uri = "sip:callee-with-a-long-name@a-long-host-name.example";
    const auto refused = sweepCall([&](Engine& engine, uint64_t nth, bool& failed) -> LegId {
        const FailureInjector injector(Resource::memory, nth, here);
        auto made = LegId { 0 };
        try
        {
            const auto dialled = engine.dial(uri);
            if (dialled)
                made = dialled.value();
            else
                EXPECT_EQ(dialled.error().why, "no memory");
        }
        catch (const std::bad_alloc&)
        {
            ADD_FAILURE() << "an exception crossed the engine's border at allocation " << nth;
        }
        engine.handleEvents();
        failed = injector.hasFailed();
        return made;
    });
    EXPECT_GE(refused, 3);
}

TEST_F(InjectionCall, Finding19_AnEndWithoutMemoryIsEnteredAllTheSame)
{
    Engine engine(manualConfig(clock, maxLegs), legs);
    ASSERT_TRUE(engine.start().ok());
    auto failed = true;
    for (uint64_t nth = 1; failed; ++nth)
    {
        const auto leg = legs.ring("sip:newcomer-with-a-long-name@a-long-host-name.example");
        steps(engine, 2);
        ASSERT_EQ(engine.call(leg)->state, CallState::established);
        legs.peerHangsUp(leg, 0, "a reason that is too long to be held without memory");
        {
            const FailureInjector injector(Resource::memory, nth, here);
            engine.handleEvents();
            failed = injector.hasFailed();
        }
        steps(engine, 2);
        const auto call = engine.call(leg);
        ASSERT_TRUE(call.has_value());
        EXPECT_EQ(call->state, CallState::closed) << "allocation " << nth;
        EXPECT_EQ(call->reason, "a reason that is too long to be held without memory") << "allocation " << nth;
        EXPECT_EQ(call->channel, -1);
        EXPECT_EQ(engine.snapshot().callsTotal, nth);
        EXPECT_EQ(engine.snapshot().callsFailed, 0u);
        ASSERT_LT(nth, 200u);
    }
}

// ---- roles, recorder, metrics ------------------------------------------------------------------------------------------------

class InjectionRole : public InjectionBench
{
protected:
    enum class Kind { mixer, source, sink };

    [[nodiscard]] std::unique_ptr<Role> make(Kind kind)
    {
        auto engine = manualConfig(clock, 4);
        engine.runMediaThread = true;  // with its thread and the recorder's, on a clock that stands still
        if (kind == Kind::mixer)
        {
            MixerRoleConfig config;
            config.engine = engine;
            config.record = folder.file("mix.wav");
            config.metrics = folder.file("metrics.jsonl");
            config.dial = { "sip:callee-with-a-long-name@a-long-host-name.example" };
            return makeMixerRole(config, legs);
        }
        if (kind == Kind::source)
        {
            SourceRoleConfig config;
            config.engine = engine;
            config.callUri = "sip:callee-with-a-long-name@a-long-host-name.example";
            config.play = PlaySpec::parse("tone:1000@-10").value();
            config.record = folder.file("heard.wav");
            return makeSourceRole(config, legs);
        }
        SinkRoleConfig config;
        config.engine = engine;
        config.reports.json = folder.file("sink.json");
        config.record = folder.file("received.wav");
        return makeSinkRole(config, legs);
    }

    test::Swept sweepRole(Kind kind, Resource what, Whose whose)
    {
        std::unique_ptr<Role> role;
        auto refusedBefore = false;
        const auto checkRefused = [&] {
            if (! std::exchange(refusedBefore, true))
                return;
            EXPECT_EQ(filesLeft().joinIntoString(" "), "") << "a start that was refused left files";
            EXPECT_FALSE(role->engine().isRunning());
            EXPECT_EQ(legs.openCalls(), 0u) << "a call of a start that was refused goes on";
            const auto again = role->start();
            EXPECT_TRUE(again.ok()) << (again.ok() ? "" : again.error().message());
            EXPECT_NE(role->finish(true).verdict, "");
            EXPECT_EQ(legs.openCalls(), 0u);
            clear();
        };
        const auto swept = sweep(
            what, whose,
            [&] {
                if (role != nullptr)
                    checkRefused();
                refusedBefore = true;
                role.reset();
                role = make(kind);
            },
            [&] { return role->start(); },
            [&] {
                refusedBefore = false;
                EXPECT_NE(role->finish(true).verdict, "");
                role.reset();
                clear();
                role = make(kind);
            });
        role.reset();
        return swept;
    }

    void clear()
    {
        for (const auto& file : folder.folder.findChildFiles(juce::File::findFiles, true))
            file.deleteFile();
    }
};

TEST_F(InjectionRole, Finding19_EveryAllocationOfAMixersStartMayFail)
{
    EXPECT_GE(sweepRole(Kind::mixer, Resource::memory, here).refused, 20u);
}

TEST_F(InjectionRole, Finding19_EveryAllocationOfASourcesStartMayFail)
{
    EXPECT_GE(sweepRole(Kind::source, Resource::memory, here).refused, 20u);
}

TEST_F(InjectionRole, Finding19_EveryAllocationOfASinksStartMayFail)
{
    EXPECT_GE(sweepRole(Kind::sink, Resource::memory, here).refused, 10u);
}

TEST_F(InjectionRole, Finding09_EveryThreadOfARolesStartMayFail)
{
    EXPECT_EQ(sweepRole(Kind::mixer, Resource::thread, here).refused, 2u);  // media, recorder
    EXPECT_EQ(sweepRole(Kind::source, Resource::thread, here).refused, 1u);
    EXPECT_EQ(sweepRole(Kind::sink, Resource::thread, here).refused, 1u);
}

TEST_F(InjectionRole, Finding15_EveryFileOfAMixersStartMayFail)
{
    EXPECT_GE(sweepRole(Kind::mixer, Resource::file, here).refused, 2u);
    EXPECT_GE(sweepRole(Kind::mixer, Resource::descriptor, here).refused, 2u);
}

TEST_F(InjectionRole, Finding15_AFullDiskIsSaidAtTheEndOfTheRun)
{
    // The nth write and all after it fail: the run goes on, says so once, and ends with the environment's code.
    for (uint64_t nth = 1; nth <= 6; ++nth)
    {
        auto engine = manualConfig(clock, 4);
        MixerRoleConfig config;
        config.engine = engine;
        config.record = folder.file("mix.wav");
        config.metrics = folder.file("metrics.jsonl");
        config.metricsIntervalS = 0.5;
        const auto role = makeMixerRole(config, legs);
        RoleOutcome outcome;
        {
            const FailureInjector injector(Resource::disk, nth, {}, test::Extent::fromThenOn);
            const auto started = role->start();
            if (! started)
            {
                EXPECT_EQ(started.error().why, "No space left on device") << nth;
                continue;
            }
            const auto leg = legs.ring("sip:steady@x", toneOctets());
            for (int i = 0; i < 150; ++i)
                step(*clock, legs, role->engine(), role.get());
            EXPECT_EQ(role->engine().call(leg)->state, CallState::established) << "the call goes on without the disk";
            outcome = role->finish(true);
            ASSERT_TRUE(injector.hasFailed()) << nth;
        }
        EXPECT_EQ(outcome.code, ExitCode::environment) << nth;
        EXPECT_NE(outcome.verdict.find("No space left on device"), std::string::npos) << outcome.verdict;
        EXPECT_EQ(std::count_if(outcome.lines.begin(), outcome.lines.end(),
                                [](const std::string& line) { return line.find("No space left") != std::string::npos; }), 1);
        clear();
    }
}

} // namespace mw::lab_test
