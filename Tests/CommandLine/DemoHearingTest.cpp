#include "Program.h"

#include <demo/DemoHearing.h>
#include <demo/DemoPlan.h>

#include <mw_lab/mw_lab.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using mw::demo::DemoEar;
using mw::demo::DemoPlan;
using ::testing::AllOf;
using ::testing::HasSubstr;

namespace
{
constexpr mw::FigureKind truth { "", "pilot", "", "" }, dbm0 { "dBm0", "pilot", "", "" }, ms { "ms", "pilot", "", "" }, dB { "dB", "pilot", "", "" };

/** What each end of the conference measures when all is well. */
std::vector<DemoEar> wellHeard()
{
    std::vector<DemoEar> ears;
    for (const auto* name : DemoPlan::talkers)
    {
        DemoEar ear { name, {} };
        for (const auto* other : DemoPlan::talkers)
        {
            if (other == name)
                continue;
            const auto path = "hears." + std::string(other);
            ear.figures.set(path, true, truth);
            ear.figures.set(path + "_dbm0", DemoPlan::pilotDbm0 + 0.04, dbm0);
            ear.figures.set(path + "_delay_ms", 221.34, ms);
        }
        ear.figures.set("hears.self", false, truth);
        ear.figures.set("echo.at_most_db", -75.1, dB);
        ear.figures.set("delay.p50_ms", 221.34, ms);
        ear.figures.set("delay.p95_ms", 240.0, ms);
        ears.push_back(std::move(ear));
    }
    return ears;
}

/** Which claims hold, "yyy" for all three. */
std::string held(const std::vector<DemoEar>& ears)
{
    std::string marks;
    for (const auto& claim : mw::demo::judgeHearing(ears))
        marks += claim.holds ? 'y' : 'n';
    return marks;
}
} // namespace

TEST(DemoHearing, HoldsWhereAllHearEachOtherAndNobodyItself)
{
    EXPECT_EQ(held(wellHeard()), "yyy");
    const auto claims = mw::demo::judgeHearing(wellHeard());
    EXPECT_THAT(claims[0].text, HasSubstr("6 of 6 pairs"));
    EXPECT_THAT(claims[1].text, AllOf(HasSubstr("3 of 3"), HasSubstr("-75.1 dB at most")));
    EXPECT_THAT(claims[2].text, HasSubstr("p50 221.3 to 221.3 ms, p95 240.0 ms at most"));
}

TEST(DemoHearing, EachClaimFailsByWhatItIsAbout)
{
    const auto with = [](auto&& change) {
        auto ears = wellHeard();
        change(ears[1].figures);
        return held(ears);
    };
    EXPECT_EQ(with([](auto& bob) { bob.set("hears.alice_dbm0", DemoPlan::pilotDbm0 - 0.6, dbm0); }), "nyy") << "too quiet";
    EXPECT_EQ(with([](auto& bob) { bob.set("hears.carol_dbm0", DemoPlan::pilotDbm0 + 0.6, dbm0); }), "nyy") << "too loud";
    EXPECT_EQ(with([](auto& bob) { bob.set("hears.alice", false, truth); }), "nyy") << "not heard";
    EXPECT_EQ(with([](auto& bob) { bob.setNotMeasured("hears.alice", "too short", truth); }), "nyy") << "not measured";
    EXPECT_EQ(with([](auto& bob) { bob.set("hears.self", true, truth); }), "yny") << "heard itself";
    EXPECT_EQ(with([](auto& bob) { bob.set("echo.at_most_db", -30.0, dB); }), "yny") << "a return of -30 dB";
    EXPECT_EQ(with([](auto& bob) { bob.setNotMeasured("echo.at_most_db", "too short", dB); }), "yny") << "its return was not measured";
    EXPECT_EQ(with([](auto& bob) { bob.set("hears.alice_delay_ms", 90.0, ms); }), "yyn") << "earlier than the buffers allow";
    EXPECT_EQ(with([](auto& bob) { bob.set("hears.alice_delay_ms", 600.0, ms); }), "yyn") << "later than the buffers allow";
    EXPECT_EQ(with([](auto& bob) { bob.setNotMeasured("delay.p95_ms", "no pilot was heard", ms); }), "yyn") << "its delays were not measured";
    EXPECT_EQ(held({}), "nnn") << "nobody was there";
}

TEST(DemoHearing, TableHasALineForEachEndAndSaysWhatWasNotMeasured)
{
    auto ears = wellHeard();
    ears[2].figures.setNotMeasured("hears.alice", "too short", truth);
    ears[2].figures.set("hears.bob", false, truth);
    EXPECT_EQ(mw::demo::hearingTable(ears), "hears       alice                 bob                   carol                 delay p50 / p95\n"
                                            "alice       below -75.1 dB        -20.0 dBm0, 221.3 ms  -20.0 dBm0, 221.3 ms  221.3 / 240.0 ms\n"
                                            "bob         -20.0 dBm0, 221.3 ms  below -75.1 dB        -20.0 dBm0, 221.3 ms  221.3 / 240.0 ms\n"
                                            "carol       not measured          silent                below -75.1 dB        221.3 / 240.0 ms\n");
}

TEST(DemoHearing, PageShowsTheMatrixBeforeTheCallsOnce)
{
    const program::Folder folder;
    folder.write("report.html", "<main><h1>passed</h1><section id=\"call-1\"></section></main>");
    const juce::File page(folder.file("report.html"));
    for (int twice = 0; twice < 2; ++twice)
        ASSERT_TRUE(mw::demo::showHearing(wellHeard(), page).ok());
    const auto html = page.loadFileAsString();
    const auto matrix = html.indexOf("<section id=\"matrix\">");
    EXPECT_GT(matrix, html.indexOf("<h1>"));
    EXPECT_LT(matrix, html.indexOf("<section id=\"call-1\">"));
    EXPECT_EQ(matrix, html.lastIndexOf("<section id=\"matrix\">"));
    for (const auto& ear : wellHeard())
        for (const auto* other : DemoPlan::talkers)
            if (other != ear.name)
            {
                EXPECT_THAT(html.toStdString(), HasSubstr(mw::demo::hearingHint(ear, other)));
            }

    const auto missing = mw::demo::showHearing(wellHeard(), juce::File(folder.file("no.html")));
    ASSERT_FALSE(missing.ok());
    EXPECT_THAT(missing.error().message(), HasSubstr("no.html"));
}

TEST(DemoHearing, NamesTheReportThatIsMissingOrEmpty)
{
    const program::Folder folder;
    const mw::demo::DemoFiles files { juce::File(folder.path.string()) };
    auto ears = mw::demo::readEars(files);
    ASSERT_FALSE(ears.ok());
    EXPECT_THAT(ears.error().message(), AllOf(HasSubstr("alice.json"), HasSubstr("missing")));
    folder.write("alice.json", "{\"calls\": []}");
    ears = mw::demo::readEars(files);
    ASSERT_FALSE(ears.ok());
    EXPECT_THAT(ears.error().message(), AllOf(HasSubstr("alice.json"), HasSubstr("no measured call")));
}
