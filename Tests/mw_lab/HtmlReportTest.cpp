#include "RoleBench.h"

#include <mw_lab/report/html/HtmlPlots.h>
#include <mw_lab/report/html/HtmlReport.h>

#include <juce_graphics/juce_graphics.h>

#include <gmock/gmock.h>

#include <cmath>

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace mw::lab_test
{

namespace
{
const std::string hostile = "sip:<script>alert('1')</script>\"&\xff@x";

/** Everything between two marks, each time that it stands there. */
std::vector<std::string> between(const std::string& text, const std::string& from, const std::string& to)
{
    std::vector<std::string> found;
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at))
    {
        at += from.size();
        found.push_back(text.substr(at, text.find(to, at) - at));
    }
    return found;
}

/** Contrast of two colours "#rrggbb", WCAG 2.1. */
double contrast(const std::string& first, const std::string& second)
{
    const auto luminance = [](const std::string& colour) {
        double sum = 0.0;
        const double weights[] = { 0.2126, 0.7152, 0.0722 };
        for (size_t i = 0; i < 3; ++i)
        {
            const auto part = std::stoi(colour.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
            sum += weights[i] * (part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
        }
        return sum;
    };
    const auto a = luminance(first) + 0.05, b = luminance(second) + 0.05;
    return std::max(a, b) / std::min(a, b);
}
} // namespace

class HtmlReport : public RoleBench
{
protected:
    /** The page of a call with a tone, a pause and digits, from a peer of bad intent. */
    std::string page()
    {
        auto sound = sine(1000.0, -12.0, 2.0);
        sound.insert(sound.end(), 8000, 0.0f);
        const auto digits = digitsAsSound("0A#");
        sound.insert(sound.end(), digits.begin(), digits.end());
        auto config = sink();
        config.reports.html = folder.file("sink.html");
        config.expectTone = SinkRoleConfig::Tone { 1000.0, 0.5 };
        config.expectations = parseExpectations("digits: \"0A\"\ndrift.ppm: < 10", "").value();
        const auto role = makeSinkRole(config, legs);
        EXPECT_TRUE(role->start().ok());
        const auto caller = legs.ring(hostile, muLaw(sound));
        run(*role, 4.5);
        legs.peerHangsUp(caller, 0, "BYE <b>");
        run(*role, 0.1);
        EXPECT_EQ(role->finish(false).code, ExitCode::expectationFailed);
        return config.reports.html.loadFileAsString().toStdString();
    }
};

TEST_F(HtmlReport, SaysTheVerdictFirstAndShowsEveryFigureAndPicture)
{
    const auto html = page();
    const auto verdict = html.find("<h1 class=\"bad\">failed: 1 of 3 expectations held</h1>");
    ASSERT_NE(verdict, std::string::npos);
    EXPECT_LT(verdict, html.find("<h2"));
    EXPECT_THAT(html, AllOf(HasSubstr("<b>1</b>passed"), HasSubstr("<b>1</b>failed"), HasSubstr("<b>1</b>not measurable")));
    for (const auto& figure : between(html, "<h3>", "</h3>"))
        EXPECT_EQ(figure.find("<script"), std::string::npos);
    for (const auto* family : { "call.*", "level.*", "dtmf.*", "transport.*", "quality.*" })
        EXPECT_THAT(html, HasSubstr(std::string("<code>") + family + "</code>"));

    const auto written = report()["calls"][0]["figures"];
    auto* figures = written.getDynamicObject();
    ASSERT_NE(figures, nullptr);
    for (const auto& figure : figures->getProperties())
    {
        const auto name = figure.name.toString().fromFirstOccurrenceOf(".", false, false).toStdString();
        EXPECT_THAT(html, HasSubstr("<tr><th>" + name + "</th>"));
        EXPECT_THAT(html, HasSubstr(SvgPlot::escaped(figure.value["reference"].toString().toStdString())));
    }
    EXPECT_THAT(html, HasSubstr("call-1-level-t"));
    EXPECT_THAT(html, HasSubstr("call-1-spectrogram-t"));
    const auto marks = between(html, "ph f-s2\">", "</text>");
    EXPECT_EQ(marks, (std::vector<std::string> { "0", "A", "#", "0", "A", "#" })) << "digits on the time axes of level and spectrogram";
    EXPECT_THAT(html, HasSubstr(">silence</text>"));
    EXPECT_THAT(html, HasSubstr("data:image/png;base64,iVBOR"));
}

TEST_F(HtmlReport, HoldsNothingThatRunsOrIsLoadedWhateverThePeerIsCalled)
{
    const auto html = page();
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;\xef\xbf\xbd@x"));
    EXPECT_THAT(html, HasSubstr("BYE &lt;b&gt;"));
    EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<b>\"")), Not(HasSubstr("http://")), Not(HasSubstr("https://")), Not(HasSubstr("url("))));
    for (const auto& link : between(html, "href=\"", "\""))
        EXPECT_TRUE(link.starts_with("#") || link.starts_with("data:image/png;base64,")) << link.substr(0, 40);
    EXPECT_TRUE(between(html, "src=\"", "\"").empty());
}

TEST_F(HtmlReport, CanBeReadInBothThemes)
{
    const auto style = SvgPlot::pageStyle();
    const auto dark = style.find("prefers-color-scheme:dark");
    ASSERT_NE(dark, std::string::npos);
    for (const auto& theme : { style.substr(0, dark), style.substr(dark) })
        for (const auto* name : { "ink", "soft", "good", "bad", "wait", "quiet", "s1", "s2", "s3", "s4", "s5", "s6" })
        {
            const auto colour = between(theme, std::string("--plot-") + name + ":", ";"), ground = between(theme, "--plot-ground:", ";");
            ASSERT_FALSE(colour.empty() || ground.empty()) << name;
            EXPECT_GE(contrast(colour.front(), ground.front()), 4.5) << name;
        }
}

TEST_F(HtmlReport, ShowsWhoHearsWhomWherePilotsWereLookedFor)
{
    const auto config = sink();
    RoleOutcome outcome;
    outcome.verdict = "passed";
    const EngineSnapshot last;
    std::vector<SinkCall> calls(2);
    const auto pageOf = [&] { return reportHtml({ "sink", config.engine, calls, outcome, last, juce::Time() }); };
    EXPECT_THAT(pageOf(), Not(HasSubstr("Who hears whom")));

    calls[0].figures.set("hears.alice", true, { "", "pilot", "", "" });
    calls[0].figures.set("hears.alice_dbm0", -20.04, { "dBm0", "pilot", "", "" });
    calls[0].figures.set("hears.alice_delay_ms", 41.3, { "ms", "pilot", "", "" });
    calls[0].figures.set("hears.self", false, { "", "pilot", "", "" });
    calls[1].figures.setNotMeasured("hears.<bob>", "no pilot was heard", { "", "pilot", "", "" });
    const auto html = pageOf();
    EXPECT_THAT(html, AllOf(HasSubstr("Who hears whom"), HasSubstr("call 1 hears alice, 41.3 ms late"), HasSubstr(">−20.0 dBm0, 41.3 ms</text>"),
                            HasSubstr("call 1 does not hear self"), HasSubstr("not measured: no pilot was heard"), HasSubstr("&lt;bob&gt;"), Not(HasSubstr("<bob>"))));
}

TEST(HtmlMatrix, PutsWhatComesBackOfOnesOwnPilotOnTheDiagonal)
{
    std::vector<HearingRow> rows { { "alice", {} }, { "bob", {} } };
    for (size_t i = 0; i < rows.size(); ++i)
    {
        const auto path = "hears." + rows[1 - i].name;
        rows[i].figures.set(path, true, { "", "pilot", "", "" });
        rows[i].figures.set(path + "_dbm0", -20.0, { "dBm0", "pilot", "", "" });
        rows[i].figures.set("hears.self", i == 1, { "", "pilot", "", "" });
    }
    const auto html = htmlMatrix(rows);
    EXPECT_THAT(html, AllOf(HasSubstr("alice hears bob"), HasSubstr("bob hears alice"), HasSubstr("alice does not hear self"), HasSubstr("bob hears self"),
                            Not(HasSubstr(">self</text>"))));
    EXPECT_LT(html.find(">alice</text>"), html.find(">bob</text>")) << "columns in the order of the rows";
}

TEST(PngImage, IsReadBackByAnotherReaderAsItWas)
{
    // Four pixels of red, green, blue and red again.
    const PngImage image { 2, 2, { 0, 1, 2, 0 }, { { 255, 0, 0 }, { 0, 255, 0 }, { 0, 0, 255 } } };
    const auto octets = image.encoded();
    const auto back = juce::PNGImageFormat::loadFrom(octets.data(), octets.size());
    ASSERT_TRUE(back.isValid());
    ASSERT_EQ(back.getWidth(), 2);
    ASSERT_EQ(back.getHeight(), 2);
    EXPECT_EQ(back.getPixelAt(0, 0), juce::Colour(255, 0, 0));
    EXPECT_EQ(back.getPixelAt(1, 0), juce::Colour(0, 255, 0));
    EXPECT_EQ(back.getPixelAt(0, 1), juce::Colour(0, 0, 255));
    EXPECT_EQ(back.getPixelAt(1, 1), juce::Colour(255, 0, 0));
    EXPECT_TRUE(PngImage().encoded().empty());
}

} // namespace mw::lab_test
