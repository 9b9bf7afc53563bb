#include "Program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

using ::testing::HasSubstr;

namespace
{
program::Outcome outcomeOf(mw::test::Process& process)
{
    const auto code = process.wait(program::patience);
    return { code.value_or(-1), process.standardOutput(), program::withoutGreeting(process.standardError()) };
}
} // namespace

TEST(CommandLineWithoutCommand, LeavesADisplayAloneThatNobodyNamed)
{
    // Libraries take :0 where none is named. When it is in use already, this server ends at once, and the other one does as well.
    mw::test::Process server({ "/usr/bin/env", "Xvfb", ":0", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp" });
    server.waitForOutput("\n", program::patience);
    ASSERT_TRUE(std::filesystem::exists("/tmp/.X11-unix/X0")) << "nobody is at :0: " << server.output();
    mw::test::Process process({ "/usr/bin/env", "-u", "DISPLAY", MILLIWATT_BINARY });
    const auto outcome = outcomeOf(process);
    EXPECT_EQ(outcome.code, 2) << outcome.all();
    EXPECT_THAT(outcome.err, HasSubstr("there is no display"));
}

TEST(CommandLineWithoutCommand, SaysInOneLineThatThereIsNoDisplay)
{
    mw::test::Process process({ "/usr/bin/env", "-u", "DISPLAY", MILLIWATT_BINARY });
    const auto outcome = outcomeOf(process);
    EXPECT_EQ(outcome.code, 2) << outcome.all();
    for (const auto* word : { "there is no display", "a command is missing", "mixer, source, sink or demo" })
        EXPECT_THAT(outcome.err, HasSubstr(word));
    EXPECT_LE(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 2) << outcome.err;
}

TEST(CommandLineWithoutCommand, ADemoInAWindowEndsBeforeAnythingStartsWhereThereIsNoDisplay)
{
    const program::Folder folder;
    mw::test::Process process({ "/usr/bin/env", "-u", "DISPLAY", MILLIWATT_BINARY, "demo", "--gui", "--out", folder.file("out") });
    const auto outcome = outcomeOf(process);
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_THAT(outcome.err, HasSubstr("there is no display"));
    EXPECT_FALSE(std::filesystem::exists(folder.file("out")));
}

TEST(CommandLineMonitor, AWindowEndsItsRunWithTheSessionKept)
{
    const program::Folder folder;
    const auto config = folder.file("config");
    const std::filesystem::path display = std::filesystem::path(MILLIWATT_RESOURCES).parent_path() / "Tests/Support/with_display";
    const auto session = folder.write("lab.mw", R"({ "format": "milliwatt-session", "version": 1, "gains": { "masterInDb": -4.5 }, "layout": { "theme": "light" } })");
    mw::test::Process process({ "/usr/bin/env", "XDG_CONFIG_HOME=" + config, display.string(), MILLIWATT_BINARY, "monitor", "--listen", "127.0.0.1:0",
                                "--session", session, "--duration", "2" });
    const auto outcome = outcomeOf(process);
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    const auto kept = folder.read("config/milliwatt/last-session.json");
    EXPECT_THAT(kept, HasSubstr("\"masterInDb\": -4.5"));
    EXPECT_THAT(kept, HasSubstr("\"theme\": \"light\""));
}
