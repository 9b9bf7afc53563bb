#include <mw_lab/mw_lab.h>

#include "LabBench.h"

#include <mw_lab/measure/LegAnalyser.h>

#include <gtest/gtest.h>

#include <limits>

namespace mw::lab_test
{

namespace
{
constexpr FigureKind levelKind { "dBm0", "RMS, 0 dBm0 by µ-law", "the whole call", "±0.1 dB" };
constexpr FigureKind countKind {};

/** Tells what it was fed. */
class Counting final : public SoundMeasurement
{
public:
    void process(std::span<const float> block, const SoundTime& first) override
    {
        inOrder = inOrder && first.sample == samples;
        samples += block.size();
    }

    void finish(FigureSet& figures) override
    {
        figures.set("test.samples", samples, countKind);
        figures.set("test.in_order", inOrder, countKind);
    }

private:
    uint64_t samples = 0;
    bool inOrder = true;
};
} // namespace

TEST(FigureSet, AFigureIsFoundByItsPathWithAllThatItSays)
{
    FigureSet set;
    set.set("level.rms_dbm0", -20.015, levelKind);
    set.set("hears.alice", true, countKind);
    set.set("dtmf.digits", "123A", countKind);
    set.set("gaps.count", uint64_t { 3 }, countKind);

    const auto* level = set.find("level.rms_dbm0");
    ASSERT_NE(level, nullptr);
    EXPECT_EQ(level->number(), -20.015);
    EXPECT_EQ(level->unit, "dBm0");
    EXPECT_EQ(level->accuracy, "±0.1 dB");
    EXPECT_EQ(level->text(), "−20.02 dBm0");
    EXPECT_EQ(set.find("hears.alice")->text(), "true");
    EXPECT_FALSE(set.find("hears.alice")->number().has_value());
    EXPECT_EQ(set.find("dtmf.digits")->text(), "123A");
    EXPECT_EQ(set.find("gaps.count")->text(), "3");
    EXPECT_EQ(set.find("level.peak_dbm0"), nullptr);
}

TEST(FigureSet, WhatWasNotMeasuredSaysWhyAndIsNeverANumber)
{
    FigureSet set;
    set.setNotMeasured("quality.mos_cqe", "no packet came", countKind);
    set.set("level.rms_dbm0", std::numeric_limits<double>::quiet_NaN(), levelKind);
    set.set("delay.p50_ms", std::nullopt, "no pilot was heard", countKind);
    for (const auto* path : { "quality.mos_cqe", "level.rms_dbm0", "delay.p50_ms" })
    {
        ASSERT_NE(set.find(path), nullptr);
        EXPECT_FALSE(set.find(path)->isMeasured()) << path;
        EXPECT_FALSE(set.find(path)->number().has_value()) << path;
        EXPECT_FALSE(set.find(path)->whyNot.empty()) << path;
    }
    EXPECT_EQ(set.find("delay.p50_ms")->text(), "not measured: no pilot was heard");

    set.set("delay.p50_ms", std::optional<double>(12.5), "no pilot was heard", { "ms", "", "", "" });
    EXPECT_EQ(set.find("delay.p50_ms")->text(1), "12.5 ms");
    EXPECT_TRUE(set.find("delay.p50_ms")->whyNot.empty());
    EXPECT_EQ(set.figures().size(), 3u) << "a figure set again replaces the former";
}

TEST(FigureSet, TablesKeepTheirRowsAndCountWhatIsTooMuch)
{
    DetailTable table { "gaps", { { "start", "s" }, { "kind", "" } }, {}, 0 };
    for (size_t i = 0; i < DetailTable::mostRows + 2; ++i)
        table.add({ static_cast<double>(i), std::string("silence") });
    FigureSet set, other;
    other.setTable(table);
    set.add(other);
    ASSERT_NE(set.table("gaps"), nullptr);
    EXPECT_EQ(set.table("gaps")->rows.size(), DetailTable::mostRows);
    EXPECT_EQ(set.table("gaps")->rowsLeftOut, 2u);
    EXPECT_EQ(set.table("digits"), nullptr);
}

TEST(FigureSet, JsonHoldsValueUnitAndReason)
{
    FigureSet set;
    set.set("level.rms_dbm0", -20.0, levelKind);
    set.setNotMeasured("quality.r", "no packet came", countKind);
    DetailTable table { "digits", { { "digit", "" }, { "start", "s" } }, {}, 0 };
    table.add({ std::string("5"), 0.25 });
    set.setTable(table);

    const auto figures = juce::JSON::parse(juce::JSON::toString(figuresJson(set)));
    EXPECT_EQ(static_cast<double>(figures["level.rms_dbm0"]["value"]), -20.0);
    EXPECT_EQ(figures["level.rms_dbm0"]["unit"].toString(), "dBm0");
    EXPECT_FALSE(figures["level.rms_dbm0"].hasProperty("whyNot"));
    EXPECT_TRUE(figures["quality.r"]["value"].isVoid());
    EXPECT_EQ(figures["quality.r"]["whyNot"].toString(), "no packet came");

    set.set("dtmf.digits", "12", countKind);
    set.set("hears.self", false, countKind);
    const auto back = figuresFromJson(juce::JSON::parse(juce::JSON::toString(figuresJson(set))));
    ASSERT_EQ(back.figures().size(), set.figures().size());
    for (size_t i = 0; i < set.figures().size(); ++i)
    {
        const auto &was = set.figures()[i], &is = back.figures()[i];
        EXPECT_EQ(is.path, was.path);
        EXPECT_EQ(is.value, was.value) << was.path;
        EXPECT_EQ(is.unit + is.reference + is.window + is.accuracy + is.whyNot, was.unit + was.reference + was.window + was.accuracy + was.whyNot);
    }
    EXPECT_TRUE(figuresFromJson(juce::JSON::parse("[1, {\"a\": 2}]")).figures().empty());

    const auto tables = juce::JSON::parse(juce::JSON::toString(tablesJson(set)));
    EXPECT_EQ(tables["digits"]["columns"][1]["unit"].toString(), "s");
    EXPECT_EQ(tables["digits"]["rows"][0][0].toString(), "5");
    EXPECT_EQ(static_cast<double>(tables["digits"]["rows"][0][1]), 0.25);
}

TEST(FigureSet, AnAnalyserFeedsMeasurementsEverySampleInOrder)
{
    Background background(Background::Mode::byHand);
    LegAnalyser analyser(8000, Law::mu, nullptr, background);
    analyser.add(std::make_unique<Counting>());
    ASSERT_TRUE(analyser.start().ok());
    const auto sound = sine(1000.0, -20.0, 1.0);
    for (size_t at = 0; at < sound.size(); at += 160)
    {
        analyser.fifo()->write(std::span(sound).subspan(at, 160));
        background.runByHand();
    }
    const auto& analysis = analyser.finish();
    ASSERT_NE(analysis.figures.find("test.samples"), nullptr);
    EXPECT_EQ(analysis.figures.find("test.samples")->number(), static_cast<double>(sound.size()));
    EXPECT_EQ(std::get<bool>(analysis.figures.find("test.in_order")->value), true);
}

} // namespace mw::lab_test
