#include "SupportBench.h"
#include "SupportEngineHere.h"

#include <array>
#include <cmath>
#include <thread>

using namespace std::chrono_literals;
using namespace mw;

/** Who hears whom, proven by pilots over real calls. */
class Pilots : public Bench
{
protected:
    static juce::var figure(const juce::var& call, const std::string& path)
    {
        return call["figures"][juce::Identifier(path)]["value"];
    }

    struct Step
    {
        double clockS = 0.0;
        std::string pilot;
        std::optional<double> db;  ///< nothing: it was gone, or came
    };

    static std::vector<Step> stepsOf(const juce::var& call)
    {
        std::vector<Step> steps;
        const auto rows = call["tables"]["steps"]["rows"];
        for (int i = 0; i < rows.size(); ++i)
            steps.push_back({ static_cast<double>(rows[i][1]), rows[i][2].toString().toStdString(),
                              rows[i][5].isVoid() ? std::nullopt : std::optional<double>(static_cast<double>(rows[i][5])) });
        return steps;
    }
};

namespace
{
using here::backlogMs;
using here::depthMs;
} // namespace

TEST_F(Pilots, EveryLegHearsTheOthersNotItselfAndWhatTheMixerDoesToThem)
{
    constexpr std::array<const char*, 3> names { "alice", "bob", "carol" };
    constexpr double sentDbm0 = -20.0;
    EngineHere mixer(4);
    ASSERT_TRUE(mixer.engine.start().ok());

    std::vector<std::unique_ptr<Milliwatt>> sources;
    for (size_t i = 0; i < names.size(); ++i)
    {
        std::string expected = "hears: {self: false";
        for (size_t other = 0; other < names.size(); ++other)
            expected += other == i ? "" : ", " + std::string(names[other]) + ": true";
        const std::vector<std::string> arguments {
            "source", "--call", mixer.engine.localUri(), "--codecs", "L16", "--rate", std::to_string(EngineHere::rateHz),
            "--jitter-buffer", std::to_string(depthMs), "--max-backlog", std::to_string(backlogMs),
            "--pilot", std::to_string(i + 1) + "@" + std::to_string(sentDbm0), "--pilot-names", "1=alice,2=bob,3=carol",
            "--report", std::string(names[i]) + ".json", "--expect", expected + "}", "--expect", "echo.at_most_db: < -60" };
        sources.push_back(std::make_unique<Milliwatt>(folder(), arguments));
        ASSERT_TRUE(mixer.waitUntil([&] { return mixer.established() == i + 1; })) << sources.back()->log();
    }

    // Leg 1 hears leg 2 at −6 dB, by its cell; then leg 3 is muted for all.
    ASSERT_TRUE(mixer.waitForSound(4.5));
    MixerCommand cell;
    cell.kind = MixerCommand::Kind::setCell;
    cell.leg = 0;
    cell.from = 1;
    cell.gainDb = -6.0;
    const auto cellS = mixer.nowS();
    ASSERT_TRUE(mixer.engine.command(cell).ok());
    ASSERT_TRUE(mixer.waitForSound(2.5));
    const auto muteS = mixer.nowS();
    mixer.engine.mixer().setStripMuted(2, true);
    ASSERT_TRUE(mixer.waitForSound(4.0));  // longer than steps are looked at below
    for (const auto& source : sources)
        EXPECT_EQ(source->interrupt(), 0) << source->log();
    mixer.engine.handleEvents();

    // What a person would print as the matrix.
    for (size_t i = 0; i < names.size(); ++i)
    {
        const auto call = json(file(std::string(names[i]) + ".json"))["calls"][0];
        for (size_t other = 0; other < names.size(); ++other)
        {
            if (other == i)
                continue;
            const auto path = "hears." + std::string(names[other]);
            EXPECT_TRUE(static_cast<bool>(figure(call, path))) << names[i] << " hears " << names[other];
            const auto changed = i == 0 && other == 1;
            if (! changed)
            {
                EXPECT_NEAR(static_cast<double>(figure(call, path + "_dbm0")), sentDbm0, 0.1)
                    << names[i] << " hears " << names[other];
            }
            // Two jitter buffers lie between, each of which holds what comes for the depth, a block less, or more when it was short once.
            EXPECT_GE(static_cast<double>(figure(call, path + "_delay_ms")), 2.0 * (depthMs - 20) - 0.5)
                << names[i] << " hears " << names[other];
        }
        EXPECT_FALSE(static_cast<bool>(figure(call, "hears.self"))) << names[i];
        EXPECT_LT(static_cast<double>(figure(call, "echo.at_most_db")), -60.0) << names[i];
        std::cout << names[i] << ": delay " << figure(call, "delay.p50_ms").toString() << " ms, return at most "
                  << figure(call, "echo.at_most_db").toString() << " dB\n";

        size_t ofCell = 0, ofMute = 0;
        for (const auto& step : stepsOf(call))
        {
            if (step.clockS < cellS || step.clockS > muteS + 2.5)
                continue;  // the others come, and hang up
            const auto fromCell = i == 0 && step.pilot == "bob" && step.db.has_value();
            const auto fromMute = i != 2 && step.pilot == "carol" && ! step.db.has_value();
            EXPECT_TRUE(fromCell || fromMute)
                << names[i] << ": a step of " << step.pilot << " by " << step.db.value_or(-999.0) << " dB";
            if (! fromCell && ! fromMute)
                continue;
            ofCell += fromCell ? 1 : 0;
            ofMute += fromMute ? 1 : 0;
            const auto latencyMs = 1000.0 * (step.clockS - (fromCell ? cellS : muteS));
            // A block at most until it is taken, and then the jitter buffer of the leg that hears it.
            EXPECT_GE(latencyMs, depthMs - 20.0 - 5.0) << names[i];
            EXPECT_LE(latencyMs, backlogMs + 100.0) << names[i];
            if (fromCell)
            {
                EXPECT_NEAR(*step.db, -6.0, 0.1) << names[i];
            }
            std::cout << names[i] << " hears " << step.pilot
                      << (fromCell ? " at " + std::to_string(*step.db) + " dB" : " no more") << " after " << latencyMs << " ms\n";
        }
        EXPECT_EQ(ofCell, i == 0 ? 1u : 0u) << names[i];
        EXPECT_EQ(ofMute, i == 2 ? 0u : 1u) << names[i];
    }
}

TEST_F(Pilots, OneWayDelayOfADirectCallIsThatOfTheJitterBuffer)
{
    ListeningProgram sink(folder(), "sink",
                          { "--codecs", "PCMU", "--rate", "8000", "--jitter-buffer", std::to_string(depthMs), "--max-backlog",
                            std::to_string(backlogMs), "--pilot-names", "5=alice", "--report", "sink.json", "--calls", "1",
                            "--expect", "hears: {alice: true, pilot_6: false}", "--expect", "hears.alice_dbm0: -40 ± 0.3" });
    Milliwatt source(folder(),
                     { "source", "--call", sink.uri(), "--codecs", "PCMU", "--rate", "8000", "--pilot", "5", "--duration", "7" });
    EXPECT_EQ(source.finish(), 0) << source.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();
    const auto call = json(file("sink.json"))["calls"][0];
    // PlayoutConfig: it holds a packet that came as quickly as any for the depth less a block, to the depth; and no longer than the backlog.
    EXPECT_GE(static_cast<double>(figure(call, "delay.min_ms")), depthMs - 20.0 - 0.5);
    EXPECT_LE(static_cast<double>(figure(call, "delay.p50_ms")), backlogMs);
    std::cout << "delay: " << figure(call, "delay.min_ms").toString() << " to " << figure(call, "delay.max_ms").toString()
              << " ms\n";
}
