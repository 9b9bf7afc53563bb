#include "DetailBench.h"

#include <mw_monitor/detail/SpectrumPage.h>
#include <mw_monitor/look/Layout.h>
#include <mw_monitor/look/Shapes.h>
#include <mw_monitor/session/KeyTable.h>
#include <mw_monitor/strips/LegStrip.h>

namespace mw::test
{
namespace
{

/** Brightest pixel of each row that a letter leaves, 0…1. */
std::vector<float> rowsOf(const juce::Font& font, const char* letter)
{
    juce::Image image(juce::Image::RGB, 32, 40, true, juce::SoftwareImageType());
    juce::Graphics g(image);
    g.setColour(juce::Colours::white);
    g.setFont(font);
    g.drawText(letter, juce::Rectangle<int>(0, 0, 32, 40), juce::Justification::centred, false);
    std::vector<float> rows;
    for (int y = 0; y < image.getHeight(); ++y)
    {
        auto most = 0.0f;
        for (int x = 0; x < image.getWidth(); ++x)
            most = std::max(most, image.getPixelAt(x, y).getBrightness());
        rows.push_back(most);
    }
    return rows;
}

TEST(Letters, TheDotOfAnIStandsFreeInEverySize)
{
    const Look look;
    const auto smallBold = layout::smallFont().boldened();
    for (const auto& font : { layout::smallFont(), layout::bodyFont(), layout::strongFont(), layout::titleFont(), smallBold })
    {
        const auto rows = rowsOf(font, "i");
        const auto lit = [](float brightness) { return brightness > 0.2f; };
        const auto top = std::find_if(rows.begin(), rows.end(), lit);
        const auto bottom = std::find_if(rows.rbegin(), rows.rend(), lit).base();
        ASSERT_LT(top, bottom);
        const auto gap = std::min_element(top, bottom);
        EXPECT_LT(*gap, 0.55f * *std::max_element(top, gap)) << font.toString() << ": the dot runs into the stem";
        EXPECT_LT(*gap, 0.55f * *std::max_element(gap, bottom)) << font.toString();
    }
}

TEST(Letters, EveryCharacterOfTheKeysAndFiguresIsInTheFont)
{
    const Look look;
    auto all = juce::String::fromUTF8("−∞—·…–µ");
    for (const auto& line : keyTable)
        for (const auto part : { line.group, line.keys, line.what })
            all << juce::String::fromUTF8(part.data(), static_cast<int>(part.size()));
    const auto typeface = layout::bodyFont().getTypefacePtr();
    juce::Array<int> missing, glyphs;
    juce::Array<float> offsets;
    typeface->getGlyphPositions(juce::String::charToString(juce::juce_wchar(0x10fffd)), missing, offsets);
    for (const auto character : all)
    {
        glyphs.clear();
        offsets.clear();
        typeface->getGlyphPositions(juce::String::charToString(character), glyphs, offsets);
        EXPECT_FALSE(glyphs == missing) << juce::String::charToString(character) << " is not in " << Look::sansFamily();
    }
}

TEST(SpectrumPage, TellsTheStrongestLineOfTheSpectrumThatItShows)
{
    DetailBench bench;
    const auto leg = bench.call("sip:alice@example.com");
    bench.speak(leg, 440.0, -12.0);
    bench.view->model().select(leg);
    ASSERT_TRUE(bench.detail().show("Spectrum"));
    auto* spectrum = MonitorBench::find<SpectrumView>(bench.detail(), "Spectrum");
    bench.run(0.6);  // one look, which has sound enough for the first spectrum
    EXPECT_NEAR(spectrum->strongest().frequencyHz, 440.0, 2.0);
}

TEST(LegStrip, ShowsDigitsThatAreHeardAsSoundToo)
{
    DetailBench bench;
    const auto leg = bench.call("sip:alice@example.com");
    DigitEntry entry;
    entry.leg = leg;
    for (const auto* digit : { "9", "4", "7", "1", "1" })
    {
        entry.digits = digit;
        bench.view->model().noteDigits(entry);
    }
    entry.sent = true;
    entry.digits = "0";
    bench.view->model().noteDigits(entry);
    bench.live(0.4);
    auto* strip = bench.find<LegStrip>(*bench.view, "Strip 1");
    ASSERT_NE(strip, nullptr);
    EXPECT_EQ(strip->digitsHeard(), "4711");
}

TEST(EmptyStrips, GivesRoomForWhatToDoFirstInTheLeastWindow)
{
    MonitorBench bench;
    bench.view->setSize(MonitorView::leastWidth, MonitorView::leastHeight);
    auto* address = bench.find<juce::TextEditor>(*bench.view, "Our address");
    ASSERT_NE(address, nullptr);
    EXPECT_EQ(address->getText(), "sip:fake@127.0.0.1:5060");
    auto* offers = address->getParentComponent();
    EXPECT_TRUE(offers->getParentComponent()->getLocalBounds().contains(offers->getBounds()));
    for (const auto* each : offers->getChildren())
        if (each->isVisible())
        {
            EXPECT_TRUE(offers->getLocalBounds().contains(each->getBounds())) << each->getTitle();
            EXPECT_EQ(each->getHeight(), layout::controlHeight) << each->getTitle();
        }
    EXPECT_GE(address->getWidth(), layout::bodyFont().getStringWidth(address->getText()) + layout::grid);
}

} // namespace
} // namespace mw::test
