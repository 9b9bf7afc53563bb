#include "DetailBench.h"

#include <mw_monitor/detail/SpectrumPage.h>

#include <gtest/gtest.h>

namespace mw::test
{
namespace
{

TEST(SpectrumPage, ReadsTheMixsToneAtEveryRate)
{
    for (const auto rate : { 8000, 16000, 48000 })
    {
        DetailBench bench(4, rate);
        MixerCommand tone;
        tone.kind = MixerCommand::Kind::setTone;
        tone.frequencyHz = 1004.0;
        tone.levelDbm0 = -10.0;
        ASSERT_TRUE(bench.view->model().send(tone));
        ASSERT_TRUE(bench.detail().show("Spectrum"));
        auto* page = MonitorBench::find<SpectrumPage>(bench.detail(), "Spectrum page");
        auto* spectrum = MonitorBench::find<SpectrumView>(*page, "Spectrum");
        ASSERT_NE(spectrum, nullptr);
        EXPECT_EQ(page->tappedPoint(), (TapPoint { TapPoint::Kind::mix, 0 }));
        bench.live(1.0);
        const auto bin = LevelSpectrum(rate, Law::mu).binHz();
        EXPECT_NEAR(spectrum->strongest().levelDbm0, -10.0, 0.2) << rate;
        EXPECT_NEAR(spectrum->strongest().frequencyHz, 1004.0, bin / 4.0) << rate;
        const auto reading = spectrum->readingAt(spectrum->xOf(1004.0));
        EXPECT_TRUE(reading.endsWith(juce::String::fromUTF8("Hz  −10.0 dBm0"))) << reading;
        EXPECT_NEAR(reading.getDoubleValue(), 1004.0, static_cast<double>(rate) / 2.0 / spectrum->plotArea().getWidth() + bin);

        // Peaks stay when the tone is gone, and go when they are asked to.
        const auto at = static_cast<size_t>(std::lround(1004.0 / bin));
        tone.levelDbm0 = silenceDb;
        ASSERT_TRUE(bench.view->model().send(tone));
        bench.live(2.0);
        EXPECT_LT(spectrum->strongest().levelDbm0, -90.0);
        EXPECT_NEAR(spectrum->heldLevel(at), -10.0, 0.3);
        spectrum->holdPeaks(true);
        EXPECT_EQ(spectrum->heldLevel(at), silenceDb);
    }
}

TEST(SpectrumPage, ShowsEitherDirectionOfTheSelectedLeg)
{
    DetailBench bench;
    const auto alice = bench.call("sip:alice@example.com"), bob = bench.call("sip:bob@example.com");
    bench.speak(alice, 1004.0, -10.0);
    bench.speak(bob, 440.0, -20.0);
    ASSERT_TRUE(bench.detail().show("Spectrum"));
    auto* page = MonitorBench::find<SpectrumPage>(bench.detail(), "Spectrum page");
    auto* spectrum = MonitorBench::find<SpectrumView>(*page, "Spectrum");
    bench.view->model().select(bob);
    bench.live(1.0);
    EXPECT_EQ(page->tappedPoint(), (TapPoint { TapPoint::Kind::legIn, 1 }));
    EXPECT_NEAR(spectrum->strongest().frequencyHz, 440.0, 1.0);
    EXPECT_NEAR(spectrum->strongest().levelDbm0, -20.0, 0.2);
    DetailBench::click(*MonitorBench::find<juce::TextButton>(bench.detail(), "Spectrum of what the leg is sent"));
    EXPECT_EQ(page->tappedPoint(), (TapPoint { TapPoint::Kind::legOut, 1 }));
    bench.live(1.0);
    EXPECT_NEAR(spectrum->strongest().frequencyHz, 1004.0, 1.0);
    EXPECT_NEAR(spectrum->strongest().levelDbm0, -10.0, 0.2);
    EXPECT_EQ(MonitorBench::find<WaveformView>(*page, "Waveform")->range(), 0.5) << "a sine of amplitude 0.22";

    bench.legs->peerHangsUp(bob);
    bench.run(0.2);
    EXPECT_EQ(page->tappedPoint(), (TapPoint { TapPoint::Kind::mix, 0 })) << "the leg is gone, and its tap with it";
}

TEST(SpectrumPage, TapsTheMixerOnlyWhileItIsShown)
{
    DetailBench bench;  // without a call: the model taps every leg for the digits it sends
    const auto dropped = [&] { return bench.engine->snapshot().mixer.tapDroppedSamples; };
    auto* page = MonitorBench::find<SpectrumPage>(bench.detail(), "Spectrum page");
    EXPECT_FALSE(page->tappedPoint()) << "another tab is in front";
    bench.run(5.0);
    EXPECT_EQ(dropped(), 0u);

    ASSERT_TRUE(bench.detail().show("Spectrum"));
    EXPECT_TRUE(page->tappedPoint());
    bench.run(5.0);  // nobody looks for five seconds: more than a tap holds
    const auto seen = dropped();
    EXPECT_GT(seen, 0u) << "there is a tap";

    ASSERT_TRUE(bench.detail().show("Log"));
    EXPECT_FALSE(page->tappedPoint());
    bench.run(0.1);
    const auto after = dropped();
    bench.run(5.0);
    EXPECT_EQ(dropped(), after) << "the tap is gone from the mixer";

    ASSERT_TRUE(bench.detail().show("Spectrum"));
    bench.detail().setVisible(false);
    EXPECT_FALSE(page->tappedPoint()) << "details that are hidden listen to nothing";
    bench.detail().setVisible(true);
    EXPECT_TRUE(page->tappedPoint());
}

} // namespace
} // namespace mw::test
