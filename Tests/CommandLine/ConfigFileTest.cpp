#include "Program.h"

#include <cli/ConfigFile.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using mw::cli::parseConfig;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ConfigFile, ReadsValuesOfEveryForm)
{
    const auto parsed = parseConfig("# first\n"
                                    "legs = 8\r\n"
                                    "\n"
                                    "[mixer]  ; a section\n"
                                    "dtmf = 12#\n"
                                    "gain-in = -6 # in dB\n"
                                    "record='a b.wav'\n"
                                    "user = \"x\\\"y\\\\\"\n"
                                    "dtmf-loop = true\n"
                                    "dial = [ 'sip:a@h', \"sip:b@h\", sip:c@h ]\n"
                                    "codecs = ''\n",
                                    "f");
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    const auto& items = parsed.value();
    ASSERT_EQ(items.size(), 8u);
    EXPECT_EQ(items[0].section, "");
    EXPECT_EQ(items[0].key, "legs");
    EXPECT_EQ(items[0].line, 2);
    EXPECT_THAT(items[0].values, ElementsAre("8"));
    EXPECT_EQ(items[1].section, "mixer");
    EXPECT_THAT(items[1].values, ElementsAre("12#"));
    EXPECT_THAT(items[2].values, ElementsAre("-6"));
    EXPECT_THAT(items[3].values, ElementsAre("a b.wav"));
    EXPECT_THAT(items[4].values, ElementsAre("x\"y\\"));
    EXPECT_THAT(items[5].values, ElementsAre("true"));
    EXPECT_THAT(items[6].values, ElementsAre("sip:a@h", "sip:b@h", "sip:c@h"));
    EXPECT_THAT(items[7].values, ElementsAre(""));
    EXPECT_EQ(items[7].line, 11);
}

TEST(ConfigFile, RefusesEachFaultWithItsLine)
{
    const std::pair<const char*, const char*> faults[] = {
        { "a = 1\nlegs\n", "f:2: 'legs' is neither" },
        { "[mixer\n", "f:1: the closing ]" },
        { "\n[ring]\n", "f:2: the section [ring] is not known" },
        { "a = 'x\n", "f:1: the closing quote '" },
        { "a = \"x\\q\"\n", "f:1: \\q is not known" },
        { "a = 'x' y\n", "f:1: 'y' is left over" },
        { "a = [1, 2\n", "f:1: the closing ] of the array" },
        { "a =\n", "f:1: a value is missing" },
        { "= 1\n", "f:1: the key before = is missing" },
    };
    for (const auto& [text, complaint] : faults)
    {
        const auto parsed = parseConfig(text, "f");
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().code, mw::ExitCode::wrongUse);
        EXPECT_THAT(parsed.error().message(), HasSubstr(complaint));
    }
}

TEST(ConfigFile, AnyOctetsAreReadOrRefusedAndNeverMore)
{
    uint32_t state = 12345;
    static constexpr std::string_view alphabet = "ab=[]'\"\\,#; \n\t\0\xff";
    for (int round = 0; round < 20000; ++round)
    {
        std::string text;
        for (int i = 0; i < 40; ++i)
        {
            state = state * 1664525u + 1013904223u;
            text += alphabet[(state >> 16) % alphabet.size()];
        }
        const auto parsed = parseConfig(text, "f");
        if (! parsed)
        {
            EXPECT_THAT(parsed.error().message(), HasSubstr("f:"));
        }
    }
}

TEST(ConfigFile, ItsValuesAreUsedAndTheCommandLineComesFirst)
{
    const program::Folder folder;
    const auto file = folder.write("bench.ini", "duration = 0.2\n[mixer]\nlisten = 127.0.0.1:0\nlegs = 3\nno-realtime = true\n[sink]\nlegs = 99999\n");
    const auto fromFile = program::run({ "mixer", "--config", file, "--metrics", folder.file("m.jsonl") });
    EXPECT_EQ(fromFile.code, 0) << fromFile.all();
    EXPECT_THAT(folder.read("m.jsonl"), HasSubstr("\"maxLegs\": 3"));

    const auto overridden = program::run({ "mixer", "--config", file, "--legs", "5", "--metrics", folder.file("n.jsonl") });
    EXPECT_EQ(overridden.code, 0) << overridden.all();
    EXPECT_THAT(folder.read("n.jsonl"), HasSubstr("\"maxLegs\": 5"));
}

TEST(ConfigFile, AnUnusableLineIsNamed)
{
    const program::Folder folder;
    const std::pair<const char*, const char*> faults[] = {
        { "legs = 4\nlegz = 5\n", ":2: 'legz' is not a setting of milliwatt mixer; did you mean 'legs'?" },
        { "\n\nlegs = 0\n", ":3: legs: 0 is out of range; it takes 1 to 2048 calls" },
        { "[mixer]\ndtmf = 12X\n", ":2: dtmf: " },
        { "dtmf-loop = perhaps\n", ":1: dtmf-loop takes true or false" },
        { "legs = 1\nlegs = 2\n", ":2: legs is set a second time" },
        { "legs = [1, 2]\n", ":1: legs takes one value" },
        { "what is this\n", ":1: 'what is this' is neither" },
    };
    for (const auto& [text, complaint] : faults)
    {
        const auto outcome = program::run({ "mixer", "--listen", "127.0.0.1:0", "--duration", "0.1", "--config", folder.write("bad.ini", text) });
        EXPECT_EQ(outcome.code, 2) << outcome.all();
        EXPECT_THAT(outcome.err, HasSubstr("bad.ini" + std::string(complaint)));
    }
}

TEST(ConfigFile, AFileThatCannotBeReadIsTheEnvironmentsFault)
{
    const program::Folder folder;
    const auto missing = program::run({ "mixer", "--config", folder.file("none.ini") });
    EXPECT_EQ(missing.code, 3) << missing.all();
    EXPECT_THAT(missing.err, HasSubstr("none.ini"));

    const auto aFolder = program::run({ "mixer", "--config", folder.path.string() });
    EXPECT_EQ(aFolder.code, 3) << aFolder.all();
}
