#include "PictureBench.h"

#include <mw_monitor/session/KeysOverlay.h>

namespace mw::test
{
namespace
{

TEST(Pictures, AnEmptyWindowTellsWhatToDoFirst)
{
    PictureBench bench(0, 0.4);
    bench.expectPictures("legs-0");
}

TEST(Pictures, ThreeLegsAndEveryTab)
{
    PictureBench bench(3);
    bench.view->model().select(bench.callers.front());
    bench.passDialogue(bench.callers.front());
    for (const auto digit : std::string("5512"))
    {
        bench.legs->peerSendsDtmf(bench.callers[1], digit);
        bench.live(0.2);
    }
    for (const auto& tab : bench.detail().tabNames())
    {
        ASSERT_TRUE(bench.detail().show(tab));
        bench.live(0.4);
        const auto plain = tab.toLowerCase().retainCharacters("abcdefghijklmnopqrstuvwxyz");
        bench.expectPictures(tab == "Level" ? std::string("legs-3") : "tab-" + plain.toStdString());
    }
}

TEST(Pictures, SixteenLegsWideAndCompact)
{
    PictureBench bench(16);
    bench.expectPictures("legs-16");
    bench.find<juce::Button>(*bench.view, "Compact strips")->setToggleState(true, juce::sendNotificationSync);
    bench.view->resized();
    ASSERT_TRUE(bench.detail().show("Who hears whom"));
    bench.expectPictures("legs-16-compact");
}

TEST(Pictures, SixtyFourLegs)
{
    PictureBench bench(64, 4.0);
    bench.expectPictures("legs-64");
}

TEST(Pictures, WhatGoesWrongIsSaid)
{
    PictureBench bench(2, 3.0);
    bench.find<juce::TextEditor>(*bench.view, "DTMF sequence")->setText("12x4", true);
    bench.legs->setDialResult("sip:nobody@10.0.0.9", { FakeLegFactory::DialResult::Kind::rejects, 486, "Busy Here" });
    juce::ignoreUnused(bench.engine->dial("sip:nobody@10.0.0.9"));
    bench.engine->setAnswersAutomatically(false);
    juce::ignoreUnused(bench.legs->ring("sip:walter@10.0.0.77"));
    bench.live(0.6);
    auto* calls = bench.find<CallsPanel>(*bench.view, "Calls");
    EXPECT_FALSE(calls->dialBox().dial("sip:"));
    bench.engine->hold(bench.callers.front(), true);
    bench.live(0.4);
    bench.view->model().note(LogEntry::Weight::bad, "open the sound card: the device is absent");
    bench.expectPictures("faults");
}

TEST(Pictures, TheOverlayListsTheKeys)
{
    PictureBench bench(3, 2.0);
    EXPECT_TRUE(bench.view->keyPressed(typed('?')));
    bench.expectPictures("keys");
}

/** What the comparison is for: small changes are seen, and what another machine's letters may do is not. */
TEST(PictureComparison, SeesWhatMovedVanishedOrChangedItsColour)
{
    PictureBench bench(3, 2.0);
    bench.settle();
    const auto before = halfOf(pictureOf(*bench.view));
    const auto changed = [&] { return differenceOf(halfOf(pictureOf(*bench.view)), before).pixels; };
    EXPECT_EQ(changed(), 0);

    auto* button = bench.find<juce::TextButton>(*bench.view, "Stop DTMF");
    ASSERT_NE(button, nullptr);
    const auto bounds = button->getBounds();
    button->setBounds(bounds.translated(8, 0));
    EXPECT_GT(changed(), PictureDifference::mostPixels) << "moved by 8 px";
    button->setBounds(bounds);
    button->setVisible(false);
    EXPECT_GT(changed(), PictureDifference::mostPixels) << "gone";
    button->setVisible(true);
    setButtonStyle(*button, ButtonStyle::accent);
    EXPECT_GT(changed(), PictureDifference::mostPixels) << "another colour";
    setButtonStyle(*button, ButtonStyle::plain);
    button->setButtonText("Slop");
    EXPECT_LE(changed(), PictureDifference::mostPixels) << "a letter of 10 px is within the tolerance, as the comparison says";
    button->setButtonText("End all of it");
    EXPECT_GT(changed(), PictureDifference::mostPixels) << "other words";
    button->setButtonText("Stop");
    EXPECT_EQ(changed(), 0);

    // All of it a quarter of a pixel of the screen further: what letters of another version may do.
    auto moved = pictureOf(*bench.view);
    const auto whole = moved.createCopy();
    juce::Graphics g(moved);
    g.setOpacity(0.25f);
    g.drawImageAt(whole, 1, 0);
    EXPECT_LE(differenceOf(halfOf(moved), before).pixels, PictureDifference::mostPixels);
}

} // namespace
} // namespace mw::test
