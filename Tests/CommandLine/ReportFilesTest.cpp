#include "Program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using ::testing::AllOf;
using ::testing::HasSubstr;

namespace
{
/** What Python's own parsers make of a report. Debian's Python, since python3-jsonschema is there for it alone. */
program::Outcome read(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), { "/usr/bin/python3", MILLIWATT_READ_REPORT });
    mw::test::Process process(std::move(arguments));
    const auto code = process.wait(program::patience);
    return { code.value_or(-1), process.standardOutput(), process.standardError() };
}
} // namespace

TEST(ReportFiles, OfARealCallAreWhatTheirFormatsSayAndAgree)
{
    const program::Folder folder;
    program::Listener sink(folder, "sink", { "sink", "--expect-dtmf", "159D", "--expect", "level.active_dbm0: -30 ± 1", "--expect",
                                             "level.noise_floor_dbm0: < -60", "--expect", "loss: 0", "--jitter-buffer", "200", "--report",
                                             folder.file("sink.json"), "--junit", folder.file("sink.xml"), "--csv", folder.file("sink.csv"), "--html",
                                             folder.file("sink.html") });
    ASSERT_FALSE(sink.address.empty()) << sink.process->output();
    const auto source = program::run({ "source", "--call", sink.address, "--user", "a&b,c", "--play", "dtmf:159D", "--dtmf-level", "-12" });
    EXPECT_EQ(source.code, 0) << source.all();
    const auto heard = sink.end();
    EXPECT_EQ(heard.code, 1) << heard.all();

    const auto schema = read({ "schema", MILLIWATT_REPORT_SCHEMA, folder.file("sink.json") });
    EXPECT_EQ(schema.code, 0) << schema.all();
    EXPECT_THAT(schema.out, HasSubstr("valid, 1 calls; 9 wrong reports refused"));

    const auto junit = read({ "junit", folder.file("sink.xml") });
    EXPECT_EQ(junit.code, 0) << junit.all();
    EXPECT_THAT(junit.out, AllOf(HasSubstr("suite call 1 from sip:a&b,c@127.0.0.1"), HasSubstr(": 4 tests, 2 failures, 0 errors, 1."),
                                 HasSubstr("case dtmf: '159D': passed\n"), HasSubstr("case transport.loss_percent: 0 %: passed\n"),
                                 HasSubstr("case level.active_dbm0: −30 ± 1 dBm0: failure failed: expected −30 ± 1 dBm0, measured −11."),
                                 HasSubstr("case level.noise_floor_dbm0: < −60 dBm0: failure notMeasured: not measurable: there were less than 0.5 s")));

    const auto csv = read({ "csv", folder.file("sink.csv") });
    EXPECT_EQ(csv.code, 0) << csv.all();
    EXPECT_THAT(csv.out, AllOf(HasSubstr("columns call written peer_uri "), HasSubstr("row 1 peer_uri = sip:a&b,c@127.0.0.1"), HasSubstr("row 1 dtmf.digits = 159D\n"),
                               HasSubstr("row 1 call.codec = PCMU/8000\n"), HasSubstr("row 1 level.active_dbm0 = -11."), HasSubstr("row 1 expectations = 4\n"),
                               HasSubstr("row 1 held = 2\n"), HasSubstr("row 1 failed = 1\n"), HasSubstr("row 1 not_measurable = 1\n")));
    EXPECT_EQ(csv.out.find("row 1 level.noise_floor_dbm0"), std::string::npos) << "what was not measured has a value";
    EXPECT_EQ(csv.out.find("row 2"), std::string::npos);

    const auto html = read({ "html", folder.file("sink.html") });
    EXPECT_EQ(html.code, 0) << html.all();
    EXPECT_THAT(html.out, AllOf(HasSubstr("text Milliwatt: failed: 2 of 4 expectations held"), HasSubstr("Call 1 from sip:a&b,c@127.0.0.1"),
                                HasSubstr("not measurable"), HasSubstr("<image> "), HasSubstr("<svg> class=plot")));

    // A column a figure, those of --list-figures in its order.
    const auto listed = program::run({ "sink", "--list-figures" }).out;
    std::string columns;
    for (size_t at = 0, end = 0; at < listed.size() && (end = listed.find('\n', at)) != std::string::npos; at = end + 1)
        if (const auto word = listed.substr(at, listed.find(' ', at) - at);
            word.find("NAME") == std::string::npos && listed.substr(at, end - at).find(" short for ") == std::string::npos)
            columns += " " + word;
    EXPECT_THAT(csv.out.substr(0, csv.out.find('\n')), HasSubstr(columns));
}

TEST(ReportFiles, OfARunWithoutACallSayThatItFailed)
{
    const program::Folder folder;
    const auto sink = program::run({ "sink", "--listen", "127.0.0.1:0", "--first-call-timeout", "0.1", "--report", folder.file("sink.json"), "--junit",
                                     folder.file("sink.xml"), "--csv", folder.file("sink.csv"), "--html", folder.file("sink.html") });
    EXPECT_EQ(sink.code, 4) << sink.all();
    const auto junit = read({ "junit", folder.file("sink.xml") });
    EXPECT_EQ(junit.code, 0) << junit.all();
    EXPECT_THAT(junit.out, HasSubstr("case the run: error exit code 4: failed: no call came within"));
    const auto html = read({ "html", folder.file("sink.html") });
    EXPECT_EQ(html.code, 0) << html.all();
    EXPECT_THAT(html.out, HasSubstr("failed: no call came within"));
    const auto csv = read({ "csv", folder.file("sink.csv") });
    EXPECT_EQ(csv.code, 0) << csv.all();
    EXPECT_EQ(csv.out.find("row 1"), std::string::npos) << csv.out;
}

TEST(ReportFiles, MustNotHaveOneName)
{
    const program::Folder folder;
    const auto twice = program::run({ "sink", "--listen", "127.0.0.1:0", "--report", folder.file("sink"), "--csv", folder.file("sink") });
    EXPECT_EQ(twice.code, 2) << twice.all();
    EXPECT_THAT(twice.err, HasSubstr("another file of this run has that name"));
    const auto nowhere = program::run({ "sink", "--listen", "127.0.0.1:0", "--junit", folder.file("no/such.xml") });
    EXPECT_EQ(nowhere.code, 3) << nowhere.all();
    EXPECT_THAT(nowhere.err, HasSubstr("no/such.xml"));
}
