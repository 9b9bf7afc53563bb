#include "Program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

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

namespace
{
/** The text with every run of blanks and line ends as one blank, so that it does not matter where a line is wrapped. */
std::string unwrapped(const std::string& text)
{
    std::string result;
    for (const auto c : text)
        if (c != ' ' && c != '\n')
            result += c;
        else if (! result.empty() && result.back() != ' ')
            result += ' ';
    return result;
}

size_t columnsOf(const std::string& line)
{
    return static_cast<size_t>(std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}
} // namespace

TEST(CommandLineHelp, FitsATerminalOf80Columns)
{
    for (const auto* command : { "", "mixer", "source", "sink", "demo", "monitor" })
    {
        const auto outcome = *command == '\0' ? program::run({ "--help" }) : program::run({ command, "--help" });
        std::istringstream lines(outcome.out);
        for (std::string line; std::getline(lines, line);)
            EXPECT_LE(columnsOf(line), 80u) << command << ": " << line;
    }
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
        EXPECT_THAT(unwrapped(outcome.out), HasSubstr(word));
    EXPECT_THAT(outcome.out, HasSubstr("Exit codes:"));
    EXPECT_THAT(outcome.out, HasSubstr("Examples:"));
}

INSTANTIATE_TEST_SUITE_P(
    All, CommandHelp,
    ::testing::Values(
        std::pair { "mixer", std::vector { "--listen", "--dial", "--sink", "--mode", "--gain-in", "-inf or -60 to 20 dB", "--dtmf ", "--dtmf-gain",
                                           "--dtmf-on", "10 to 10000 ms; default 100", "--dtmf-off", "--dtmf-loop", "--legs", "1 to 2048", "--ptime", "--tick", "default as --ptime", "--workers", "0 to 63 threads", "--opus-complexity",
                                           "--rate", "8000, 16000,", "--codecs", "--jitter-buffer", "--preload", "--priming", "--max-backlog", "--drift-correction", "default",
                                           "--record", "--metrics", "--duration", "--rtp-ports", "--rtp-timeout", "--hold-timeout", "with --sink the default is funnel", "--law", "--config", "--verbose", "--session", "Keys while it runs" } },
        std::pair { "monitor", std::vector { "--session", "--listen", "--legs", "in a window" } },
        std::pair { "source", std::vector { "--call", "--play", "tone:HZ@DBM0", "dtmf:SEQ", "silence", "--repeat", "--count", "--record", "--answer-timeout",
                                            "1 to 600 s;", "default 30", "--dtmf-on", "--config" } },
        std::pair { "sink", std::vector { "--listen", "--expect-dtmf", "--expect-level", "--expect-tone", "--min-seconds", "--report", "--junit", "--csv", "--html", "--record", "--calls",
                                          "--duration", "--config" } },
        std::pair { "demo", std::vector { "--out", "milliwatt-demo-", "asterisk-core-sounds-en-wav", "--time-limit", "30 to 600 s; default 30", "--config" } }),
    [](const auto& instance) { return instance.param.first; });
