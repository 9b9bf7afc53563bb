#include "Program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The scenarios that the project ships are run, so that they cannot go stale.

namespace
{
std::string scenario(const std::string& name) { return std::string(MILLIWATT_RESOURCES) + "/scenarios/" + name; }
} // namespace

TEST(Resources, ConferenceScenarioRuns)
{
    const auto outcome = program::run({ "mixer", "--config", scenario("conference.ini"), "--listen", "127.0.0.1:0", "--duration", "0.5" });
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_THAT(outcome.out, ::testing::HasSubstr("conference, 0/32 legs"));
}

TEST(Resources, FunnelScenarioPasses)
{
    const program::Folder folder;
    program::Listener sink(folder, "sink", { "sink", "--config", scenario("funnel.ini"), "--report", folder.file("sink.json") });
    ASSERT_FALSE(sink.address.empty());
    program::Listener mixer(folder, "mixer", { "mixer", "--config", scenario("funnel.ini"), "--sink", sink.address });
    ASSERT_FALSE(mixer.address.empty());

    const auto source = program::run({ "source", "--config", scenario("funnel.ini"), "--call", mixer.address });
    EXPECT_EQ(source.code, 0) << source.all();
    const auto mixed = mixer.end(SIGTERM);
    EXPECT_EQ(mixed.code, 0) << mixed.all();
    const auto verdict = sink.end();
    EXPECT_EQ(verdict.code, 0) << verdict.all();
    EXPECT_THAT(folder.read("sink.json"), ::testing::HasSubstr("\"1234567890\""));
}

TEST(Resources, Finding17_ReportsShowTheSettingsOfTheRun)
{
    const program::Folder folder;
    const auto metrics = folder.file("m.jsonl");
    const auto outcome = program::run({ "mixer", "--listen", "127.0.0.1:0", "--duration", "0.5", "--metrics", metrics, "--max-backlog", "321",
                                        "--preload", "7", "--priming", "4", "--jitter-buffer", "60", "--drift-correction", "off" });
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    for (const auto* setting : { "\"maxBacklogMs\": 321", "\"preloadPackets\": 7", "\"primingPackets\": 4", "\"jitterBufferMs\": 60",
                                 "\"driftCorrection\": 0" })
        EXPECT_THAT(folder.read("m.jsonl"), ::testing::HasSubstr(setting));
}
