#include "MonitorBench.h"

#include <mw_monitor/look/Figures.h>
#include <mw_monitor/look/Palette.h>

namespace mw::test
{
namespace
{

TEST(Palette, EveryTextIsReadableOnEverythingBehindIt)
{
    EXPECT_NEAR(contrastOf(juce::Colours::white, juce::Colours::black), 21.0, 1e-9);
    for (const auto theme : { Theme::dark, Theme::light })
    {
        const auto& p = Palette::of(theme);
        for (const auto behind : { p.background, p.surface, p.raised })
            for (const auto text : { p.text, p.quiet, p.good, p.waiting, p.bad, p.off })
                EXPECT_GE(contrastOf(text, behind), 4.5) << text.toString() << " on " << behind.toString();
        EXPECT_GE(contrastOf(p.onAccent, p.accent), 4.5);
        EXPECT_GE(contrastOf(p.accent, p.surface), 3.0) << "what can be grabbed stands out (WCAG 1.4.11)";
    }
}

TEST(Figures, AreWrittenAsPeopleReadThem)
{
    EXPECT_EQ(figures::of(-6.0, 1), juce::String::fromUTF8("−6.0"));
    EXPECT_EQ(figures::of(silenceDb, 1), juce::String::fromUTF8("−∞"));
    EXPECT_EQ(figures::of(std::numeric_limits<double>::quiet_NaN(), 1), juce::String::fromUTF8("—"));
    EXPECT_EQ(figures::clock(45'296'000'000'000), "12:34:56");
    EXPECT_EQ(figures::size(48'100'000), "48.1 MB");
    EXPECT_EQ(figures::size(999), "999 B");
}

TEST(MonitorView, OpensShowsTheRunAndChangesItsTheme)
{
    MonitorBench bench;
    bench.call("sip:alice@example.com");
    EXPECT_EQ(bench.view->theme(), Theme::dark);
    EXPECT_TRUE(bench.view->keyPressed(juce::KeyPress('t', juce::ModifierKeys::commandModifier, 0)));
    EXPECT_EQ(bench.view->theme(), Theme::light);
    EXPECT_TRUE(bench.view->keyPressed(juce::KeyPress('q', juce::ModifierKeys::commandModifier, 0)));
    EXPECT_EQ(bench.quits, 1);
    const auto* address = MonitorBench::find<juce::Label>(*bench.view, "Address that peers call");
    ASSERT_NE(address, nullptr);
    EXPECT_TRUE(address->getText().contains("sip:")) << address->getText();
}

} // namespace
} // namespace mw::test
