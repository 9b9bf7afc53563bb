#include "Program.h"

#include <run/KeyDecoder.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

using mw::run::Key;
using mw::run::KeyDecoder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace
{
Key character(char c) { return { Key::Kind::character, c }; }
} // namespace

TEST(KeyDecoder, ReadsCharactersAndBothFormsOfArrows)
{
    KeyDecoder decoder;
    EXPECT_THAT(decoder.decode("1#q"), ElementsAre(character('1'), character('#'), character('q')));
    EXPECT_THAT(decoder.decode("\033[A\033[B\033OC\033OD\033[Z\t\r\177"),
                ElementsAre(Key { Key::Kind::up, 0 }, Key { Key::Kind::down, 0 }, Key { Key::Kind::right, 0 }, Key { Key::Kind::left, 0 },
                            Key { Key::Kind::backTab, 0 }, Key { Key::Kind::tab, 0 }, Key { Key::Kind::enter, 0 }, Key { Key::Kind::backspace, 0 }));
}

TEST(KeyDecoder, JoinsASequenceThatComesInPieces)
{
    KeyDecoder decoder;
    EXPECT_THAT(decoder.decode("\033"), IsEmpty());
    EXPECT_THAT(decoder.decode("["), IsEmpty());
    EXPECT_THAT(decoder.decode("A"), ElementsAre(Key { Key::Kind::up, 0 }));
}

TEST(KeyDecoder, SwallowsUnknownSequencesWholeAndOctetsThatAreNoKeys)
{
    KeyDecoder decoder;
    EXPECT_THAT(decoder.decode("\033[15~\033[1;5Cx"), ElementsAre(character('x')));
    EXPECT_THAT(decoder.decode("\xc3\xa4\x01z"), ElementsAre(character('z')));
}

TEST(TerminalTest, TheTableRefreshesKeysActAndTheTerminalIsGivenBack)
{
    const program::Folder folder;
    mw::test::Process::Options options;
    options.pseudoTerminal = true;
    const auto script = "stty -g > " + folder.file("before") + "; " + std::string(MILLIWATT_BINARY)
                      + " mixer --listen 127.0.0.1:0 --metrics-interval 0.1 --metrics " + folder.file("m.jsonl") + "; echo ended with $?; stty -g > "
                      + folder.file("after");
    mw::test::Process process({ "env", "TERM=xterm", "sh", "-c", script }, options);
    ASSERT_TRUE(process.waitForOutput("h shows the keys", program::patience)) << process.output();
    ASSERT_TRUE(process.waitForOutput("\033[K", program::patience)) << "the table was not drawn: " << process.output();
    process.type("h");
    EXPECT_TRUE(process.waitForOutput("hang up the chosen leg", program::patience)) << process.output();
    process.type("++");
    EXPECT_TRUE(process.waitForOutput("gain in +2 dB", program::patience)) << process.output();
    process.type("5");
    EXPECT_TRUE(process.waitForOutput("digit 5", program::patience)) << process.output();
    // The metrics must have seen the digit before the run is ended.
    const auto end = std::chrono::steady_clock::now() + program::patience;
    const auto played = [&folder] { return folder.read("m.jsonl").find("\"dtmfDigitsPlayed\": 1") != std::string::npos; };
    while (! played() && std::chrono::steady_clock::now() < end)
        process.waitForOutput("(never said)", std::chrono::milliseconds(50));
    EXPECT_TRUE(played()) << folder.read("m.jsonl").substr(0, 1000);
    process.type("q");
    EXPECT_TRUE(process.waitForOutput("ended with 0", program::patience)) << process.output();
    EXPECT_EQ(process.wait(program::patience), 0);
    EXPECT_FALSE(folder.read("before").empty());
    EXPECT_EQ(folder.read("before"), folder.read("after"));
}

TEST(TerminalTest, Finding08_TwoSignalsGiveTheTerminalBackToo)
{
    const program::Folder folder;
    mw::test::Process::Options options;
    options.pseudoTerminal = true;
    // Ctrl-C twice on the terminal itself, as a person would; the shell must outlive them.
    mw::test::Process process({ "env", "TERM=xterm", "sh", "-c", "trap : INT; stty -g > " + folder.file("before") + "; "
                                + std::string(MILLIWATT_BINARY) + " mixer --listen 127.0.0.1:0; echo ended with $?; stty -g > " + folder.file("after") },
                              options);
    ASSERT_TRUE(process.waitForOutput("h shows the keys", program::patience)) << process.output();
    process.type("\003\003");
    EXPECT_TRUE(process.waitForOutput("ended with ", program::patience)) << process.output();
    EXPECT_TRUE(process.wait(program::patience).has_value());
    EXPECT_FALSE(folder.read("before").empty());
    EXPECT_EQ(folder.read("before"), folder.read("after"));
}

TEST(TerminalTest, InTheBackgroundItNeitherStopsNorTouchesTheTerminal)
{
    const program::Folder folder;
    mw::test::Process::Options options;
    options.pseudoTerminal = true;
    // `set -m` gives the background job a process group of its own, as an interactive shell does; setting the terminal's
    // mode or reading from it would stop it there (SIGTTOU, SIGTTIN). What is typed meanwhile belongs to the foreground.
    const auto script = "set -m; stty -g > " + folder.file("before") + "; " + std::string(MILLIWATT_BINARY) + " mixer --listen 127.0.0.1:0 --uri-file "
                      + folder.file("uri") + " --metrics " + folder.file("m.jsonl") + " --metrics-interval 0.1 & mixer=$!; "
                      + "echo started; read line; sleep 0.3; echo \"foreground read: $line\"; stty -g > " + folder.file("after") + "; kill -INT $mixer; wait $mixer; echo ended with $?";
    mw::test::Process process({ "env", "TERM=xterm", "sh", "-c", script }, options);
    const auto lines = [&folder] {
        const auto text = folder.read("m.jsonl");
        return std::count(text.begin(), text.end(), '\n');
    };
    const auto end = std::chrono::steady_clock::now() + program::patience;
    const auto waitForLines = [&](std::ptrdiff_t count) {
        while (lines() < count && std::chrono::steady_clock::now() < end)
            process.waitForOutput("(never said)", std::chrono::milliseconds(50));
        return lines() >= count;
    };
    ASSERT_TRUE(process.waitForOutput("listens on", program::patience)) << process.output();
    ASSERT_TRUE(waitForLines(5)) << "it was stopped: " << process.output();
    EXPECT_EQ(process.output().find("h shows the keys"), std::string::npos) << "it reads keys that are not its own";
    process.type("q5\n");  // q would end it, were it read
    EXPECT_TRUE(process.waitForOutput("foreground read: q5", program::patience)) << process.output();
    EXPECT_TRUE(process.waitForOutput("ended with 0", program::patience)) << process.output();
    EXPECT_EQ(process.wait(program::patience), 0);
    EXPECT_FALSE(folder.read("before").empty());
    EXPECT_EQ(folder.read("before"), folder.read("after")) << "it changed the terminal's mode";
}
