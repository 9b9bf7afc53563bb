#include "SupportBench.h"
#include "SupportDtmf.h"

using namespace std::chrono_literals;

/** `milliwatt demo` as a new user meets it. */
class Demo : public Bench
{
};

TEST_F(Demo, EndsWithAVerdictAndLeavesWhatItMeasured)
{
    Milliwatt demo(folder(), { "demo", "--out", "out", "--time-limit", "300" });
    ASSERT_EQ(demo.finish(240s), 0) << demo.log();

    const auto out = file("out");
    for (const auto* name : { "report.html", "mix.wav", "sink.json", "metrics.jsonl", "alice.json", "bob.json", "carol.json" })
        EXPECT_TRUE(std::filesystem::exists(out / name)) << name << "\n" << demo.log();
    EXPECT_NE(demo.log().find("passed"), std::string::npos) << demo.log();
    EXPECT_NE(demo.log().find("1234567890*#ABCD"), std::string::npos) << demo.log();

    EXPECT_NE(readText(out / "report.html").find("alice hears carol, "), std::string::npos) << "the matrix";

    const auto report = json(out / "sink.json");
    EXPECT_TRUE(report.isObject());
    EXPECT_NE(readText(out / "sink.json").find("1234567890*#ABCD"), std::string::npos);
    const auto lines = jsonLines(out / "metrics.jsonl");
    ASSERT_GT(lines.size(), 3u);
    int mostCalls = 0;
    for (const auto& line : lines)
        mostCalls = std::max(mostCalls, static_cast<int>(line["callsTotal"]));
    EXPECT_EQ(mostCalls, 4) << "three sources and the sink";

    // The recorded mix holds the digits for a stranger, the digital milliwatt, and something that is neither: the speech.
    EXPECT_EQ(dtmf::readByMultimon(out / "mix.wav"), "1234567890*#ABCD");
    const auto mix = WavFile::read(out / "mix.wav");
    EXPECT_GT(mix.seconds(), 5.0);
    EXPECT_GT(sound::greatestToneLevelDbfs(mix.samples, 1000.0, mix.rateHz, 0.5, 0.25).value_or(-300.0), -40.0);
}
