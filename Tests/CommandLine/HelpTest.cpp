#include "Program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(CommandLineHelp, TellsTheCommandsTheExitCodesAndAnExample)
{
    const auto outcome = program::run({ "--help" });
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    for (const auto* word : { "mixer", "source", "sink", "demo", "Exit codes:", "130", "143", "--version" })
        EXPECT_THAT(outcome.out, HasSubstr(word));
    EXPECT_THAT(outcome.err, IsEmpty());
}

TEST(CommandLineHelp, VersionIsOneLine)
{
    const auto outcome = program::run({ "--version" });
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, ::testing::MatchesRegex("milliwatt [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

class CommandHelp : public ::testing::TestWithParam<std::pair<const char*, std::vector<const char*>>>
{
};

TEST_P(CommandHelp, NamesEveryOptionWithUnitRangeAndDefault)
{
    const auto& [command, words] = GetParam();
    const auto outcome = program::run({ command, "--help" });
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    for (const auto* word : words)
        EXPECT_THAT(outcome.out, HasSubstr(word));
    EXPECT_THAT(outcome.out, HasSubstr("Exit codes:"));
    EXPECT_THAT(outcome.out, HasSubstr("Examples:"));
}

INSTANTIATE_TEST_SUITE_P(
    All, CommandHelp,
    ::testing::Values(
        std::pair { "mixer", std::vector { "--listen", "--dial", "--sink", "--mode", "--gain-in", "-inf or -60 to 20 dB", "--dtmf ", "--dtmf-gain",
                                           "--dtmf-on", "10 to 10000 ms; default 100", "--dtmf-off", "--dtmf-loop", "--legs", "1 to 2048", "--ptime",
                                           "--rate", "8000, 16000,", "--codecs", "--jitter-buffer", "--preload", "--priming", "--max-backlog", "default\n",
                                           "--record", "--metrics", "--duration", "--rtp-ports", "--rtp-timeout", "--law", "--config", "--verbose", "Keys while it runs" } },
        std::pair { "source", std::vector { "--call", "--play", "tone:HZ@DBM0", "dtmf:SEQ", "silence", "--repeat", "--count", "--record", "--answer-timeout",
                                            "1 to 600 s;", "default 30", "--dtmf-on", "--config" } },
        std::pair { "sink", std::vector { "--listen", "--expect-dtmf", "--expect-level", "--expect-tone", "--min-seconds", "--report", "--record", "--calls",
                                          "--duration", "--config" } },
        std::pair { "demo", std::vector { "--out", "milliwatt-demo-", "asterisk-core-sounds-en-wav", "--config" } }),
    [](const auto& instance) { return instance.param.first; });
