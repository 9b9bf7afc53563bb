#pragma once

#include <gtest/gtest.h>
#include <juce_gui_basics/juce_gui_basics.h>

#include <string>

namespace mw::test
{

/** Pictures of the window beside stored ones.

    Stored pictures are half as wide and high as what was drawn: a pixel is the mean of four. Both are blurred over 3×3 pixels.
    Then a pixel differs when, in any colour, it lies farther than `slack` outside of what the 3×3 pixels around its place show in
    the other picture, looked at both ways.
    So letters may stand a quarter of a pixel of the screen elsewhere and be smoothed otherwise, as another version of FreeType may do;
    what is missing, moved by more, or of another colour is seen. */
struct PictureDifference
{
    static constexpr int slack = 8;         ///< of 255
    static constexpr int mostPixels = 24;   ///< of the half-sized picture: one letter

    int pixels = 0;
    juce::Image shown;  ///< the actual picture, darkened, with the pixels that differ in red

    [[nodiscard]] bool isTooMuch() const noexcept { return pixels > mostPixels; }
};

[[nodiscard]] juce::Image halfOf(const juce::Image& whole);

/** Of half-sized pictures; pictures of different sizes differ in every pixel. */
[[nodiscard]] PictureDifference differenceOf(const juce::Image& actual, const juce::Image& stored);

/** A component as software draws it. @param scale 1.0: 100 % */
[[nodiscard]] juce::Image pictureOf(juce::Component& component, float scale = 1.0f);

[[nodiscard]] bool writePicture(const juce::Image& picture, const juce::File& file);

/** Holds a component against the stored picture of this name. Where it fails, the actual picture and what differs stand in the
    folder `pictures` of the build. The environment says otherwise: MILLIWATT_PICTURES=renew stores what is drawn,
    MILLIWATT_PICTURES=FOLDER writes it into a folder at full size, and compares nothing. */
[[nodiscard]] ::testing::AssertionResult looksAsStored(juce::Component& component, const std::string& name);

/** Size to draw at: MILLIWATT_PICTURES_SIZE=WIDTHxHEIGHT where pictures are written into a folder, 1440×900 otherwise. */
[[nodiscard]] juce::Rectangle<int> pictureBounds();

/** Whether pictures are written into a folder, to be looked at. */
[[nodiscard]] bool writesPicturesOnly();

} // namespace mw::test
