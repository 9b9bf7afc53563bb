// The delay by stages: what each is made of, and what is left for mixers between.
#include "ReadingBench.h"

#include <mw_lab/measure/DelayFigures.h>

#include <gtest/gtest.h>

#include <limits>

namespace mw::lab_test
{

namespace
{
constexpr std::array stages { "delay.packetisation_ms", "delay.network_ms", "delay.jitter_buffer_ms", "delay.jitter_buffer_max_ms", "delay.playout_ms", "delay.mixer_ms" };
}

TEST(DelayFigures, WhatTheStagesDoNotExplainWasSpentInBetween)
{
    FigureSet figures;
    figures.set("transport.ptime_ms", 20.0, { "ms", "", "", "" });
    figures.set("rtcp.round_trip_ms", 6.0, { "ms", "", "", "" });
    figures.set("delay.p50_ms", 90.0, { "ms", "", "", "" });
    TransportReport report;
    report.waitMeanMs = 40.0;
    report.waitMostMs = 55.0;
    report.resamplerDelayMs = 2.0;
    addDelayFigures(figures, report);
    EXPECT_EQ(valueOf(figures, "delay.packetisation_ms"), 20.0);
    EXPECT_EQ(valueOf(figures, "delay.network_ms"), 3.0);
    EXPECT_EQ(valueOf(figures, "delay.jitter_buffer_ms"), 40.0);
    EXPECT_EQ(valueOf(figures, "delay.jitter_buffer_max_ms"), 55.0);
    EXPECT_EQ(valueOf(figures, "delay.playout_ms"), 2.0);
    EXPECT_NEAR(valueOf(figures, "delay.mixer_ms"), 45.0, 1e-9);
}

TEST(DelayFigures, WhatIsNotKnownSaysWhy)
{
    FigureSet noMedia;
    addDelayFigures(noMedia, std::nullopt);
    FigureSet nothingPlayed;
    TransportReport report;
    report.waitMeanMs = report.waitMostMs = std::numeric_limits<double>::quiet_NaN();
    addDelayFigures(nothingPlayed, report);
    for (const auto* path : stages)
        for (const auto* figures : { &noMedia, &nothingPlayed })
        {
            ASSERT_NE(figures->find(path), nullptr) << path;
            EXPECT_FALSE(figures->find(path)->isMeasured()) << path;
            EXPECT_FALSE(figures->find(path)->whyNot.empty()) << path;
        }
    EXPECT_EQ(noMedia.find("delay.network_ms")->whyNot, "the call had no media");
    EXPECT_NE(noMedia.find("delay.mixer_ms")->whyNot.find("pilot"), std::string::npos);
}

} // namespace mw::lab_test
