#include <mw_lab/mw_lab.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>

namespace
{

using mw::SvgPlot;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto none = std::numeric_limits<double>::quiet_NaN();

SvgPlot levelPlot()
{
    return SvgPlot({ .title = "Level", .x = { .label = "time", .unit = "s" }, .y = { .label = "level", .unit = "dBm0", .min = -40.0, .max = 0.0 } });
}

/** The text as XML, or null when it is none. */
std::unique_ptr<juce::XmlElement> parsed(const std::string& text) { return juce::parseXML(juce::String::fromUTF8(text.c_str())); }

int count(const std::string& text, const std::string& part)
{
    auto times = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++times;
    return times;
}

TEST(SvgPlot, TicksAreRoundAndCoverTheRange)
{
    EXPECT_THAT(SvgPlot::ticks(0.0, 10.0, 6), ElementsAre(0.0, 2.0, 4.0, 6.0, 8.0, 10.0));
    EXPECT_THAT(SvgPlot::ticks(-33.0, -8.0, 6), ElementsAre(-30.0, -25.0, -20.0, -15.0, -10.0));
    EXPECT_THAT(SvgPlot::ticks(5.0, 5.0, 6), ElementsAre(5.0));
    EXPECT_THAT(SvgPlot::ticks(none, 1.0, 6), ElementsAre(0.0));
    for (const auto size : { 1e-9, 0.003, 1.0, 7.0, 99.0, 86400.0, 3.2e12 })
        for (const auto most : { 2, 5, 9 })
        {
            const auto ticks = SvgPlot::ticks(-0.4 * size, 0.6 * size, most);
            EXPECT_LE(static_cast<int>(ticks.size()), most) << size;
            EXPECT_GE(ticks.size(), 1u) << size;
            for (const auto tick : ticks)
                EXPECT_TRUE(tick >= -0.4001 * size && tick <= 0.6001 * size) << tick << " of " << size;
        }
}

TEST(SvgPlot, PutsValuesWhereTheAxesSay)
{
    auto plot = levelPlot();
    plot.line("", { 0.0, 10.0 }, { -40.0, 0.0 });
    const auto text = plot.document();
    std::smatch found;
    ASSERT_TRUE(std::regex_search(text, found, std::regex("class=\"pl s1\" d=\"M([0-9.]+) ([0-9.]+)L([0-9.]+) ([0-9.]+)\""))) << text;
    std::smatch frame;
    ASSERT_TRUE(std::regex_search(text, frame, std::regex("class=\"pa\" d=\"M([0-9.]+) ([0-9.]+)V([0-9.]+)H([0-9.]+)\""))) << text;
    EXPECT_EQ(found[1], frame[1]);  // left
    EXPECT_EQ(found[2], frame[3]);  // bottom
    EXPECT_EQ(found[3], frame[4]);  // right
    EXPECT_EQ(found[4], frame[2]);  // top
    EXPECT_THAT(text, HasSubstr(">time [s]<"));
    EXPECT_THAT(text, HasSubstr(">level [dBm0]<"));
    EXPECT_THAT(text, HasSubstr(">−40<"));
}

TEST(SvgPlot, WhatWasNotMeasuredIsAGap)
{
    auto plot = levelPlot();
    plot.line("", { 0, 1, 2, 3, 4 }, { -10, -10, none, -20, -20 });
    const auto text = plot.document();
    std::smatch found;
    ASSERT_TRUE(std::regex_search(text, found, std::regex("class=\"pl s1\" d=\"([^\"]*)\"")));
    EXPECT_EQ(2, count(found[1].str(), "M")) << found[1];
    EXPECT_THAT(text, Not(HasSubstr("nan")));

    auto empty = levelPlot();
    empty.line("", { 0, 1 }, { none, none });
    EXPECT_THAT(empty.document(), HasSubstr("nothing measured"));
    EXPECT_THAT(levelPlot().document(), HasSubstr("nothing measured"));
}

TEST(SvgPlot, AStepKeepsItsValueUntilTheNextPoint)
{
    auto plot = levelPlot();
    plot.step("", { 0, 1, 2 }, { -30, -10, -10 });
    std::smatch found;
    const auto text = plot.document();
    ASSERT_TRUE(std::regex_search(text, found, std::regex("class=\"pl s1\" d=\"([^\"]*)\"")));
    EXPECT_TRUE(std::regex_match(found[1].str(), std::regex("M[0-9. ]+H[0-9.]+V[0-9.]+H[0-9.]+"))) << found[1];
}

TEST(SvgPlot, EveryKindIsDrawnAndTheWholeIsXml)
{
    auto plot = levelPlot();
    plot.line("line", { 0, 1 }, { -10, -20 })
        .step("step", { 0, 1 }, { -10, -20 }, SvgPlot::Colour::series2)
        .points("points", { 0, 1 }, { -10, -20 }, SvgPlot::Colour::series3)
        .bars("bars", { 0, 1 }, { -10, -20 }, SvgPlot::Colour::series4)
        .band("band", { 0, 1 }, { -15, -25 }, { -5, -15 }, SvgPlot::Colour::series5)
        .mark(0.5, "1")
        .span(0.6, 0.7, "gap", SvgPlot::Colour::bad)
        .limit(-16, "expected −16")
        .picture("data:image/png;base64,AAAA", 0, 1, -40, 0)
        .cells({ { 0.5, -20, 0.5, SvgPlot::Colour::good, "−20 dB", "alice hears bob" } }, 0.1, 5);
    for (const auto& text : { plot.document(), "<p>" + plot.inlineSvg("levels") + "</p>" })
    {
        const auto xml = parsed(text);
        ASSERT_NE(xml, nullptr) << text;
        for (const auto* word : { "pl s1", "pl s2", "pl s3", "f-s4", "pb f-s5", "ps f-bad", "<image", "alice hears bob", ">gap<", ">expected −16<", ">bars<" })
            EXPECT_THAT(text, HasSubstr(word));
    }
}

TEST(SvgPlot, MatrixHasNamesAtBothAxes)
{
    SvgPlot plot({ .title = "Who hears whom", .x = { .categories = { "alice", "bob" } }, .y = { .categories = { "alice", "bob" }, .downwards = true } });
    plot.cells({ { 1, 0, 0.8, SvgPlot::Colour::good, "yes", "" }, { 0, 1, 0.8, SvgPlot::Colour::bad, "no", "" } });
    const auto text = plot.document();
    EXPECT_EQ(2, count(text, ">alice<"));
    EXPECT_EQ(2, count(text, ">bob<"));
    std::smatch yes, no;
    ASSERT_TRUE(std::regex_search(text, yes, std::regex("x=\"([0-9.]+)\" y=\"([0-9.]+)\" text-anchor=\"middle\" class=\"ph\">yes")));
    ASSERT_TRUE(std::regex_search(text, no, std::regex("x=\"([0-9.]+)\" y=\"([0-9.]+)\" text-anchor=\"middle\" class=\"ph\">no<")));
    EXPECT_GT(std::stod(yes[1]), std::stod(no[1]));  // bob's column is the right one
    EXPECT_LT(std::stod(yes[2]), std::stod(no[2]));  // alice's row is the upper one
}

TEST(SvgPlot, HeatMapLeavesOutWhatWasNotMeasured)
{
    SvgPlot plot({ .title = "Map", .x = { .label = "twist" }, .y = { .label = "level" } });
    plot.heatMap({ 0, 1, 2 }, { 0, 1 }, { 0.0, 0.5, 1.0, none, 2.0, -1.0 }, 0.0, 1.0);
    const auto text = plot.document();
    EXPECT_EQ(5, count(text, "fill-opacity=\""));
    EXPECT_EQ(2, count(text, "fill-opacity=\"1\""));   // 1.0, and 2.0 which is beyond
    EXPECT_EQ(2, count(text, "fill-opacity=\"0\""));
    EXPECT_EQ(1, count(text, "fill-opacity=\"0.5\""));
}

TEST(SvgPlot, TextsOfAnyOriginStayTexts)
{
    auto plot = SvgPlot({ .title = "<script>alert('x')</script> & \"more\"\x01", .x = { .label = "a<b" }, .y = { .label = "c&d" } });
    plot.line("x]]>y", { 0, 1 }, { 0, 1 }).line("two", { 0, 1 }, { 0, 1 }).mark(0.5, "<b>");
    const auto text = plot.document();
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_THAT(text, Not(HasSubstr("<b>")));
    ASSERT_NE(parsed(text), nullptr);
}

TEST(SvgPlot, SameDataSameOctets)
{
    const auto draw = [] {
        auto plot = levelPlot();
        plot.line("a", { 0, 1, 2 }, { -1.0 / 3.0, -10, -20 }).mark(1.0 / 3.0, "1");
        return plot.document() + plot.inlineSvg("x") + SvgPlot::pageStyle();
    };
    EXPECT_EQ(draw(), draw());
}

TEST(SvgPlot, LooksNothingUpElsewhereAndIsNamedForReaders)
{
    auto plot = levelPlot();
    plot.line("heard", { 0, 1 }, { -10, -20 }).line("sent", { 0, 1 }, { -10, -20 }, SvgPlot::Colour::series2, true);
    const auto text = plot.inlineSvg("levels");
    EXPECT_THAT(text, HasSubstr("role=\"img\""));
    EXPECT_THAT(text, HasSubstr("<title id=\"levels-t\">Level</title>"));
    EXPECT_THAT(text, HasSubstr("level [dBm0] over time [s]: heard, sent"));
    EXPECT_THAT(text, Not(HasSubstr("http")));
    EXPECT_EQ(1, count(plot.document(), "http"));  // the name space alone
    EXPECT_THAT(SvgPlot::pageStyle(), HasSubstr("prefers-color-scheme:dark"));
    EXPECT_THAT(plot.document(), HasSubstr("prefers-color-scheme:dark"));
}

TEST(SvgPlot, LogarithmicAxes)
{
    SvgPlot plot({ .title = "Spectrum", .x = { .label = "frequency", .unit = "Hz", .min = 10.0, .max = 1000.0, .logarithmic = true }, .y = { .label = "level" } });
    plot.line("", { 10, 100, 1000, 0.0, -5.0 }, { 0, 1, 2, 3, 4 });
    const auto text = plot.document();
    std::smatch found;
    ASSERT_TRUE(std::regex_search(text, found, std::regex("class=\"pl s1\" d=\"M([0-9.]+) [0-9.]+L([0-9.]+) [0-9.]+L([0-9.]+) [0-9.]+\""))) << text;
    EXPECT_NEAR(std::stod(found[2]), 0.5 * (std::stod(found[1]) + std::stod(found[3])), 0.02);
}

} // namespace
