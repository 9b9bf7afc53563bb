// A mixer's commands as it writes them, and beside the steps that were heard.
#include "ReadingBench.h"
#include "RoleBench.h"

#include <mw_lab/measure/CommandedSteps.h>

namespace mw::lab_test
{

namespace
{
constexpr int64_t second = 1'000'000'000;

CommandedStep gainOf(std::string peer, double atS, double changeDb)
{
    return { static_cast<int64_t>(atS * 1.0e9), "gain", std::move(peer), changeDb, false };
}

/** Steps as the pilots' measurement tells them; no number where a side was silent. */
FigureSet heardSteps(const std::vector<std::tuple<double, std::string, std::optional<double>, bool>>& steps)
{
    DetailTable table { "steps", { { "time", "s" }, { "clock", "s" }, { "pilot", "" }, { "before", "dBm0" }, { "after", "dBm0" }, { "step", "dB" } }, {}, 0 };
    for (const auto& [clockS, pilot, stepDb, isGone] : steps)
        table.add({ clockS - 10.0, clockS, pilot, Figure::Value(-20.0), isGone ? Figure::Value() : Figure::Value(-26.0),
                    stepDb.has_value() ? Figure::Value(*stepDb) : Figure::Value() });
    FigureSet figures;
    figures.setTable(std::move(table));
    return figures;
}
} // namespace

TEST(CommandedSteps, EachCommandStandsBesideTheStepItMade)
{
    auto figures = heardSteps({ { 12.31, "alice", -6.2, false }, { 12.30, "bob", 3.0, false }, { 14.05, "alice", std::nullopt, true } });
    std::vector<CommandedStep> commands { gainOf("alice", 12.0, -6.0), gainOf("bob", 12.25, 3.0), { 13 * second + second / 2, "mute", "alice", std::nullopt, true },
                                          gainOf("bob", 15.0, -3.0), gainOf("alice", 1.0, 1.0), gainOf("alice", 19.9, 1.0) };
    addCommandedSteps(figures, &commands, 10 * second, 20 * second);

    const auto* table = figures.table("commands");
    ASSERT_NE(table, nullptr);
    ASSERT_EQ(table->rows.size(), 4u) << "before the call, and within half a second of its end, no command counts";
    EXPECT_EQ(table->text(0, "pilot"), "alice");
    EXPECT_NEAR(*table->number(0, "error"), -0.2, 1e-9);
    EXPECT_NEAR(*table->number(0, "latency"), 310.0, 1e-3);
    EXPECT_EQ(table->text(1, "pilot"), "bob");
    EXPECT_NEAR(*table->number(1, "error"), 0.0, 1e-9);
    EXPECT_EQ(table->text(2, "outcome"), "silent");
    EXPECT_FALSE(table->number(2, "error").has_value());
    EXPECT_EQ(table->text(3, "outcome"), "not heard");
    EXPECT_EQ(valueOf(figures, "commands.count"), 4.0);
    EXPECT_EQ(valueOf(figures, "commands.answered"), 3.0);
    EXPECT_NEAR(valueOf(figures, "commands.worst_error_db"), 0.2, 1e-9);
    EXPECT_NEAR(valueOf(figures, "commands.worst_latency_ms"), 550.0, 1e-3);
}

TEST(CommandedSteps, AMuteThatIsNotHeardAndAStepTooLateAreTold)
{
    auto figures = heardSteps({ { 12.1, "alice", -0.5, false }, { 16.0, "alice", -6.0, false } });
    const std::vector commands { CommandedStep { 12 * second, "mute", "alice", std::nullopt, true }, gainOf("alice", 13.0, -6.0) };
    addCommandedSteps(figures, &commands, 10 * second, 20 * second);
    EXPECT_EQ(figures.table("commands")->text(0, "outcome"), "heard, and should not be");
    EXPECT_EQ(figures.table("commands")->text(1, "outcome"), "not heard") << "3 s behind it";
    EXPECT_EQ(valueOf(figures, "commands.answered"), 1.0);
}

TEST(CommandedSteps, WithoutAListNothingIsMeasured)
{
    auto figures = heardSteps({ { 12.1, "alice", -0.5, false } });
    addCommandedSteps(figures, nullptr, 0, 20 * second);
    for (const auto* path : { "commands.count", "commands.answered", "commands.worst_error_db", "commands.worst_latency_ms" })
    {
        ASSERT_NE(figures.find(path), nullptr) << path;
        EXPECT_FALSE(figures.find(path)->isMeasured()) << path;
        EXPECT_NE(figures.find(path)->whyNot.find("--mixer-log"), std::string::npos) << path;
    }
}

class MixerLogOfARun : public RoleBench
{
};

TEST_F(MixerLogOfARun, TheMixerWritesWhatItIsToldAndASliderIsOneCommand)
{
    auto config = mixer();
    config.log = folder.file("mixer.jsonl");
    config.durationS = 60.0;
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    ASSERT_NE(legs.ring("sip:alice@192.0.2.7:5066"), 0u);
    run(*role, 0.5);
    auto& target = role->engine().mixer();
    for (auto i = 1; i <= 6; ++i)
    {
        target.setStripGainDb(0, -i);
        run(*role, 0.04);
    }
    run(*role, 1.0);
    target.setStripMuted(0, true);
    run(*role, 1.0);
    target.setStripMuted(0, true);  // says nothing new
    target.setMasterInGainDb(-3.0);
    target.setStripSoloed(0, true);
    run(*role, 0.1);
    const auto outcome = role->finish(false);
    EXPECT_NE(all(outcome).find("log: 9 lines in "), std::string::npos) << all(outcome);

    const auto lines = linesOf(config.log.loadFileAsString().toStdString());
    ASSERT_EQ(lines.size(), 9u);
    const auto first = juce::JSON::parse(juce::String(lines.front()));
    EXPECT_EQ(first["kind"].toString(), "gain");
    EXPECT_EQ(first["strip"].toString(), "0");
    EXPECT_EQ(static_cast<double>(first["fromDb"]), 0.0);
    EXPECT_EQ(static_cast<double>(first["toDb"]), -1.0);
    EXPECT_EQ(first["peer"].toString(), "sip:alice@192.0.2.7:5066");

    const auto steps = readMixerLog(config.log);
    ASSERT_TRUE(steps.ok());
    ASSERT_EQ(steps.value().steps.size(), 3u) << "the slider, the mute, the gain of all that comes in";
    EXPECT_EQ(steps.value().steps[0].peer, "alice");
    EXPECT_NEAR(steps.value().steps[0].changeDb.value_or(0.0), -6.0, 1e-9);
    EXPECT_TRUE(steps.value().steps[1].toSilence);
    EXPECT_EQ(steps.value().steps[2].kind, "masterIn");
    EXPECT_NEAR(steps.value().steps[2].changeDb.value_or(0.0), -3.0, 1e-9);
}

TEST_F(MixerLogOfARun, GainsOfTwoLegsOfOneUserAreTwoCommands)
{
    const auto file = folder.file("mixer.jsonl");
    ASSERT_TRUE(file.replaceWithText(
        R"({"timeNs": 1000000000, "kind": "gain", "strip": "0", "peer": "sip:alice@192.0.2.7", "fromDb": 0.0, "toDb": -6.0})" "\n"
        R"({"timeNs": 1100000000, "kind": "gain", "strip": "1", "peer": "sip:alice@192.0.2.8", "fromDb": 0.0, "toDb": 3.0})" "\n"
        R"({"timeNs": 1200000000, "kind": "gain", "strip": "0", "peer": "sip:alice@192.0.2.7", "fromDb": -6.0, "toDb": -7.0})" "\n"));
    const auto read = readMixerLog(file);
    ASSERT_TRUE(read.ok());
    const auto& steps = read.value().steps;
    ASSERT_EQ(steps.size(), 2u) << "one a leg; the first leg's second line is its slider";
    EXPECT_EQ(steps[0].strip, "0");
    EXPECT_NEAR(steps[0].changeDb.value_or(0.0), -7.0, 1e-9);
    EXPECT_EQ(steps[1].strip, "1");
    EXPECT_NEAR(steps[1].changeDb.value_or(0.0), 3.0, 1e-9);
}

TEST_F(MixerLogOfARun, WhatIsNoListIsToldByFileAndLine)
{
    const auto missing = readMixerLog(folder.file("missing.jsonl"));
    ASSERT_FALSE(missing.ok());
    EXPECT_NE(missing.error().message().find("missing.jsonl"), std::string::npos);

    const auto broken = folder.file("broken.jsonl");
    ASSERT_TRUE(broken.replaceWithText("{\"timeNs\": 5, \"kind\": \"masterIn\", \"fromDb\": 0.0, \"toDb\": -6.0}\nnonsense\n"));
    const auto read = readMixerLog(broken);
    ASSERT_FALSE(read.ok());
    EXPECT_NE(read.error().message().find("line 2"), std::string::npos) << read.error().message();

    ASSERT_TRUE(broken.replaceWithText("{\"timeNs\": 5, \"kind\": \"masterIn\", \"fromDb\": 0.0, \"toDb\": -6.0}\n{\"timeNs\": 6, \"ki"));
    ASSERT_TRUE(readMixerLog(broken).ok()) << "the last line is still being written";
    EXPECT_EQ(readMixerLog(broken).value().steps.size(), 1u);
}

} // namespace mw::lab_test
