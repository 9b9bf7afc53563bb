#include "Program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mw_lab/mw_lab.h>

#include <csignal>

using ::testing::HasSubstr;
using ::testing::Not;

namespace
{
std::string sessionText(const std::string& members) { return R"({ "format": "milliwatt-session", "version": 1, )" + members + " }"; }
} // namespace

TEST(CommandLineSession, WhatCannotBeReadEndsWithCode3AndWhatIsWrongWithCode2AndItsPlace)
{
    program::Folder folder;
    const auto missing = program::run({ "mixer", "--session", folder.file("none.mw") });
    EXPECT_EQ(missing.code, 3) << missing.all();
    EXPECT_THAT(missing.err, HasSubstr("none.mw"));
    EXPECT_EQ(program::run({ "mixer", "--session", folder.path.string() }).code, 3);

    const auto file = folder.write("lab.mw", sessionText(R"("legs": [ {"uri":"sip:a"}, {"uri":"sip:b"}, {"uri":"sip:c","gainDb":40} ])"));
    for (const auto* command : { "mixer", "monitor" })
    {
        const auto wrong = program::run({ command, "--session", file });
        EXPECT_EQ(wrong.code, 2) << wrong.all();
        EXPECT_THAT(wrong.err, HasSubstr("legs[2].gainDb: 40 is not −60…20 dB or \"-inf\""));
    }
    const auto uri = program::run({ "mixer", "--session", folder.write("uri.mw", sessionText(R"("legs": [ {"uri":"sip:a@b:99999"} ])")) });
    EXPECT_EQ(uri.code, 2);
    EXPECT_THAT(uri.err, HasSubstr("legs[0].uri: "));
    const auto many = program::run({ "mixer", "--legs", "1", "--session", folder.write("many.mw", sessionText(R"("legs": [ {"uri":"sip:a"}, {"uri":"sip:b"} ])")) });
    EXPECT_EQ(many.code, 2);
    EXPECT_THAT(many.err, HasSubstr("legs: there are 2, and room for 1"));
    const auto configured = program::run({ "mixer", "--config", folder.write("bench.ini", "session = '" + folder.file("none.mw") + "'\n") });
    EXPECT_EQ(configured.code, 3) << configured.all();
}

TEST(CommandLineSession, AMixerRunsASessionAndOptionsThatAreGivenComeFirst)
{
    program::Folder folder;
    program::Listener sink(folder, "sink", { "sink", "--report", folder.file("sink.json"), "--calls", "1" });
    ASSERT_FALSE(sink.address.empty()) << sink.end(SIGINT).all();
    program::Listener other(folder, "other", { "sink", "--calls", "1" });
    ASSERT_FALSE(other.address.empty()) << other.end(SIGINT).all();

    const auto file = folder.write("lab.mw", sessionText(
        R"("mode": "funnel", "legs": [ {"uri":")" + sink.address + R"(","part":"sink","gainDb":-6} ], "gains": {"masterInDb":-4,"masterOutDb":-3},)"
        R"("strips": {"tone":{"gainDb":-1.5}}, "tone": {"frequencyHz":1004,"levelDbm0":-15}, "flute": 1)"));
    const auto mixed = program::run({ "mixer", "--listen", "127.0.0.1:0", "--session", file, "--gain-in", "-7", "--dial", other.address, "--duration", "4",
                                      "--metrics", folder.file("metrics.jsonl") });
    EXPECT_EQ(mixed.code, 0) << mixed.all();
    EXPECT_THAT(mixed.err, HasSubstr("flute is not known and was passed over"));
    EXPECT_THAT(mixed.out, HasSubstr("2 calls mixed"));
    const auto heard = sink.end();
    EXPECT_EQ(heard.code, 0) << heard.all();

    const auto report = juce::JSON::parse(juce::File(folder.file("sink.json")));
    const auto level = report["calls"][0]["toneDbm0"];
    EXPECT_NEAR(static_cast<double>(level), -19.5, 0.1) << juce::JSON::toString(report);  // −15 − 1.5 at the strip, −3 at the output
    EXPECT_EQ(other.end().code, 0);
}
