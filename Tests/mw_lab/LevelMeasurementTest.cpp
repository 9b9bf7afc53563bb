#include <mw_lab/mw_lab.h>

#include <mw_lab/measure/Faults.h>
#include <mw_lab/measure/LevelMeasurement.h>

#include <gtest/gtest.h>

namespace mw::lab_test
{

namespace
{
/** What is measured of flat tops of ten samples, each up and down, 50 times, with quiet between. */
FigureSet ofFlatTops(const std::string& codec, int rateHz, float top)
{
    LevelMeasurement measurement(rateHz, codec.starts_with("PCMA") ? Law::a : Law::mu, codec);
    std::vector<float> sound;
    for (int i = 0; i < 50; ++i)
    {
        sound.insert(sound.end(), 10, top);
        sound.insert(sound.end(), 10, -top);
        sound.insert(sound.end(), 10, 0.1f);
    }
    measurement.process(sound, {});
    FigureSet figures;
    measurement.finish(figures);
    return figures;
}

bool isClippingNamed(const FigureSet& figures)
{
    for (const auto& fault : findFaults(figures, {}))
        if (fault.name == "clipping")
            return true;
    return false;
}
} // namespace

TEST(LevelMeasurement, ACodecClipsAtItsOwnFullScale)
{
    // The highest samples that the codecs decode to (G.711 tables 1a and 2a, 14 and 13 bits on 16), and those next to them.
    for (const auto& [codec, top, next] : { std::tuple { "PCMU/8000", 32124, 31100 }, { "PCMA/8000", 32256, 31232 }, { "L16/8000", 32767, 32766 } })
    {
        const auto clipped = ofFlatTops(codec, 8000, static_cast<float>(top) / 32768.0f);
        EXPECT_EQ(clipped.find("level.clipped_samples")->number(), 1000.0) << codec;
        EXPECT_EQ(clipped.find("level.clipped_runs")->number(), 100.0) << codec;
        EXPECT_TRUE(isClippingNamed(clipped)) << codec;
        const auto loud = ofFlatTops(codec, 8000, static_cast<float>(next) / 32768.0f);
        EXPECT_EQ(loud.find("level.clipped_samples")->number(), 0.0) << codec;
        EXPECT_FALSE(isClippingNamed(loud)) << codec;
    }
}

TEST(LevelMeasurement, WhatIsResampledToOurClockOrChangesItsCodecTellsNoClipping)
{
    LegMediaStats media;
    TransportReport report;
    const auto judged = [&](const std::string& codec) {
        auto figures = ofFlatTops(codec, 8000, 32124.0f / 32768.0f);
        LevelMeasurement::judgeClipping(figures, codec, media, report);
        return figures;
    };
    EXPECT_TRUE(isClippingNamed(judged("PCMU/8000")));
    media.playout.resamplings = 1;
    EXPECT_FALSE(judged("PCMU/8000").find("level.clipped_samples")->isMeasured());
    EXPECT_FALSE(isClippingNamed(judged("PCMU/8000")));
    EXPECT_TRUE(judged("L16/8000").find("level.clipped_samples")->isMeasured());
    media.playout.resamplings = 0;
    report.codecChanged = true;
    EXPECT_FALSE(judged("PCMU/8000").find("level.clipped_runs")->isMeasured());
    EXPECT_FALSE(judged("L16/8000").find("level.clipped_runs")->isMeasured());
}

TEST(LevelMeasurement, OfResampledG711ClippingIsNotMeasured)
{
    for (const auto* codec : { "PCMU/8000", "PCMA/8000" })
        for (const auto* path : { "level.clipped_samples", "level.clipped_runs" })
        {
            const auto figures = ofFlatTops(codec, 16000, 0.99f);
            ASSERT_NE(figures.find(path), nullptr);
            EXPECT_FALSE(figures.find(path)->isMeasured()) << codec << ", " << path;
            EXPECT_NE(figures.find(path)->whyNot.find("--rate 8000"), std::string::npos) << figures.find(path)->whyNot;
            EXPECT_TRUE(figures.find("level.peak")->isMeasured());
            EXPECT_FALSE(isClippingNamed(figures));
        }
    EXPECT_TRUE(ofFlatTops("G722/8000", 16000, 0.99f).find("level.clipped_runs")->isMeasured());
}

} // namespace mw::lab_test
