#include <run/RoleRunner.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>

namespace
{
/** A factory without any network: it listens to nobody. */
class QuietFactory : public mw::LegFactory
{
public:
    mw::Result<void> start(EventHandler) override { return {}; }
    void stop(int) override {}
    void refuseNewLegs() override {}
    std::string localUri() const override { return "sip:quiet"; }
    mw::Result<mw::LegId> dial(const std::string&) override { return mw::Error { mw::ExitCode::callFailed, "dial", "nobody is there", {} }; }
    void answer(mw::LegId) override {}
    void reject(mw::LegId, int, const std::string&) override {}
    void hangUp(mw::LegId) override {}
    void hold(mw::LegId, bool) override {}
    void sendDtmf(mw::LegId, const std::string&, mw::DtmfMethod, int, int) override {}
    void tickDone(int64_t) noexcept override {}
};

mw::Engine::Config manualConfig()
{
    mw::Engine::Config config;
    config.sampleRateHz = 8000;
    config.mixer.maxLegs = 2;
    config.runMediaThread = false;
    config.clock = std::make_shared<mw::ManualClock>(1);
    return config;
}

/** A role that only says how it ended. */
class RecordingRole : public mw::Role
{
public:
    mw::Result<void> start() override { return bench.start(); }
    mw::RoleOutcome finish(bool wasInterrupted) override
    {
        interrupted = wasInterrupted;
        ++finishes;
        bench.stop();
        return { mw::ExitCode::expectationFailed, "done", {} };
    }
    bool isDone() const override { return done; }
    void setWhenDone(std::function<void()>) override {}
    mw::Engine& engine() override { return bench; }

    QuietFactory factory;
    mw::Engine bench { manualConfig(), factory };
    bool done = false, interrupted = false;
    int finishes = 0;
};

mw::run::RunnerOptions quietOptions()
{
    mw::run::RunnerOptions options;
    options.name = "test";
    options.quiet = true;
    return options;
}
} // namespace

class RoleRunnerTest : public ::testing::Test
{
protected:
    // The handlers and their pipe are made once a process and stay.
    static void SetUpTestSuite() { const mw::run::Signals settled({}, {}); }
};

TEST_F(RoleRunnerTest, Finding08_ASignalEndsEachOfManyRunsInOneProcess)
{
    for (int run = 0; run < 5; ++run)
    {
        RecordingRole role;
        std::optional<mw::ExitCode> ended;
        mw::run::RoleRunner runner(role, quietOptions(), [&ended](mw::ExitCode code) { ended = code; });
        ASSERT_TRUE(runner.start().ok());
        ASSERT_EQ(std::raise(run % 2 == 0 ? SIGINT : SIGTERM), 0);
        ASSERT_TRUE(program::loopUntil([&ended] { return ended.has_value(); })) << "run " << run;
        EXPECT_EQ(*ended, mw::ExitCode::expectationFailed);
        EXPECT_TRUE(role.interrupted);
        EXPECT_EQ(role.finishes, 1);
    }
}

TEST_F(RoleRunnerTest, ARoleThatIsDoneEndsByItself)
{
    RecordingRole role;
    std::optional<mw::ExitCode> ended;
    mw::run::RoleRunner runner(role, quietOptions(), [&ended](mw::ExitCode code) { ended = code; });
    ASSERT_TRUE(runner.start().ok());
    role.done = true;
    ASSERT_TRUE(program::loopUntil([&ended] { return ended.has_value(); }));
    EXPECT_FALSE(role.interrupted);
    EXPECT_EQ(role.finishes, 1);
}

TEST_F(RoleRunnerTest, ItMayBeDestroyedByItsOwnEnd)
{
    RecordingRole role;
    auto ended = false;
    std::unique_ptr<mw::run::RoleRunner> runner;
    runner = std::make_unique<mw::run::RoleRunner>(role, quietOptions(), [&](mw::ExitCode) {
        ended = true;
        runner.reset();
    });
    ASSERT_TRUE(runner->start().ok());
    runner->interrupt();
    EXPECT_TRUE(program::loopUntil([&ended] { return ended; }));
}

class RunKeysTest : public ::testing::Test
{
protected:
    void SetUp() override { ASSERT_TRUE(engine.start().ok()); }
    void TearDown() override { engine.stop(); }

    void type(const std::string& characters)
    {
        for (const auto c : characters)
            keys.press({ mw::run::Key::Kind::character, c });
    }

    QuietFactory factory;
    mw::Engine engine { manualConfig(), factory };
    bool quit = false;
    mw::run::RunKeys keys { engine, mw::run::RunKeys::Set::mixer, {}, [this] { quit = true; } };
};

TEST_F(RunKeysTest, ADigitSoundsInTheNextBlock)
{
    for (const std::string digit : { "7", "#", "C" })
    {
        type(digit);
        engine.runTick();
        EXPECT_EQ(engine.snapshot().mixer.dtmfDigit, digit[0]);
    }
    type(".");
    engine.runTick();
    engine.runTick();
    EXPECT_EQ(engine.snapshot().mixer.dtmfDigit, 0);
}

TEST_F(RunKeysTest, GainsMoveByOneDecibelWithinTheirRange)
{
    type("++-");
    EXPECT_DOUBLE_EQ(engine.mixer().masterInGainDb(), 1.0);
    type("[[[]");
    EXPECT_DOUBLE_EQ(engine.mixer().dtmfGainDb(), -2.0);
    type(std::string(50, '+'));
    EXPECT_DOUBLE_EQ(engine.mixer().masterInGainDb(), mw::maxGainDb);
    type(std::string(100, '-'));
    EXPECT_EQ(engine.mixer().masterInGainDb(), mw::silenceDb);
    type("+");
    EXPECT_DOUBLE_EQ(engine.mixer().masterInGainDb(), mw::minGainDb);
}

TEST_F(RunKeysTest, WithoutLegsKeysForLegsSaySoAndDoNothing)
{
    type("m1");
    EXPECT_THAT(keys.message(), ::testing::HasSubstr("there is no leg 1"));
    type("mm");
    EXPECT_THAT(keys.message(), ::testing::HasSubstr("there is no leg"));
    type("x");
    EXPECT_THAT(keys.message(), ::testing::HasSubstr("there is no leg"));
    keys.press({ mw::run::Key::Kind::tab, 0 });
    keys.press({ mw::run::Key::Kind::right, 0 });
    EXPECT_EQ(keys.chosenChannel(), -1);
    EXPECT_FALSE(quit);
}

TEST_F(RunKeysTest, HelpTogglesAndQQuits)
{
    type("h");
    EXPECT_TRUE(keys.showsHelp());
    type("?");
    EXPECT_FALSE(keys.showsHelp());
    type("q");
    EXPECT_TRUE(quit);
}
