#include "Pictures.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace mw::test
{

namespace
{
juce::String wish(const char* variable)
{
    const auto* value = std::getenv(variable);
    return value != nullptr ? juce::String::fromUTF8(value) : juce::String();
}

using Channels = std::array<int, 3>;

Channels channelsOf(juce::Colour colour) { return { colour.getRed(), colour.getGreen(), colour.getBlue() }; }

/** A picture's colours as plain numbers: reading an Image pixel by pixel is slow. */
struct Pixels
{
    explicit Pixels(const juce::Image& image)
        : width(image.getWidth()), height(image.getHeight()), values(static_cast<size_t>(width * height))
    {
        const juce::Image::BitmapData data(image, juce::Image::BitmapData::readOnly);
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                values[static_cast<size_t>(y * width + x)] = channelsOf(data.getPixelColour(x, y));
    }

    [[nodiscard]] const Channels& at(int x, int y) const { return values[static_cast<size_t>(y * width + x)]; }

    /** How far a colour lies outside of those around a place, in its worst channel. */
    [[nodiscard]] int outside(const Channels& colour, int x, int y) const
    {
        auto least = at(x, y), most = least;
        for (int v = std::max(y - 1, 0); v <= std::min(y + 1, height - 1); ++v)
            for (int u = std::max(x - 1, 0); u <= std::min(x + 1, width - 1); ++u)
                for (size_t c = 0; c < 3; ++c)
                {
                    least[c] = std::min(least[c], at(u, v)[c]);
                    most[c] = std::max(most[c], at(u, v)[c]);
                }
        int worst = 0;
        for (size_t c = 0; c < 3; ++c)
            worst = std::max({ worst, least[c] - colour[c], colour[c] - most[c] });
        return worst;
    }

    int width, height;
    std::vector<Channels> values;
};

/** Each pixel the mean of the 3×3 around it. */
Pixels blurred(const Pixels& from)
{
    auto to = from;
    for (int y = 1; y + 1 < from.height; ++y)
        for (int x = 1; x + 1 < from.width; ++x)
        {
            Channels sum {};
            for (int v = y - 1; v <= y + 1; ++v)
                for (int u = x - 1; u <= x + 1; ++u)
                    for (size_t c = 0; c < 3; ++c)
                        sum[c] += from.at(u, v)[c];
            for (size_t c = 0; c < 3; ++c)
                to.values[static_cast<size_t>(y * from.width + x)][c] = (sum[c] + 4) / 9;
        }
    return to;
}
} // namespace

juce::Image halfOf(const juce::Image& whole)
{
    const Pixels from(whole);
    juce::Image half(juce::Image::RGB, from.width / 2, from.height / 2, false, juce::SoftwareImageType());
    juce::Image::BitmapData to(half, juce::Image::BitmapData::writeOnly);
    for (int y = 0; y < half.getHeight(); ++y)
        for (int x = 0; x < half.getWidth(); ++x)
        {
            Channels mean {};
            for (size_t c = 0; c < 3; ++c)
                mean[c] = (from.at(2 * x, 2 * y)[c] + from.at(2 * x + 1, 2 * y)[c] + from.at(2 * x, 2 * y + 1)[c]
                           + from.at(2 * x + 1, 2 * y + 1)[c] + 2) / 4;
            const auto channel = [&mean](size_t c) { return static_cast<uint8_t>(mean[c]); };
            to.setPixelColour(x, y, juce::Colour(channel(0), channel(1), channel(2)));
        }
    return half;
}

PictureDifference differenceOf(const juce::Image& actual, const juce::Image& stored)
{
    PictureDifference difference;
    difference.shown = actual.createCopy();
    if (actual.getBounds() != stored.getBounds())
    {
        difference.pixels = actual.getWidth() * actual.getHeight();
        return difference;
    }
    const auto one = blurred(Pixels(actual)), other = blurred(Pixels(stored));
    juce::Image::BitmapData marks(difference.shown, juce::Image::BitmapData::readWrite);
    for (int y = 0; y < one.height; ++y)
        for (int x = 0; x < one.width; ++x)
        {
            const auto differs = std::max(other.outside(one.at(x, y), x, y), one.outside(other.at(x, y), x, y)) > PictureDifference::slack;
            difference.pixels += differs ? 1 : 0;
            marks.setPixelColour(x, y, differs ? juce::Colours::red : marks.getPixelColour(x, y).darker(1.5f));
        }
    return difference;
}

juce::Image pictureOf(juce::Component& component, float scale)
{
    return component.createComponentSnapshot(component.getLocalBounds(), true, scale).convertedToFormat(juce::Image::RGB);
}

bool writePicture(const juce::Image& picture, const juce::File& file)
{
    juce::ignoreUnused(file.getParentDirectory().createDirectory(), file.deleteFile());
    juce::FileOutputStream stream(file);
    return stream.openedOk() && juce::PNGImageFormat().writeImageToStream(picture, stream);
}

::testing::AssertionResult looksAsStored(juce::Component& component, const std::string& name)
{
    const auto file = juce::String(name) + ".png";
    const auto whole = pictureOf(component);
    if (writesPicturesOnly())
        return writePicture(whole, juce::File::getCurrentWorkingDirectory().getChildFile(wish("MILLIWATT_PICTURES") + "/" + file))
                   ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << "cannot write " << file;
    const auto actual = halfOf(whole);
    const auto storedFile = juce::File(MILLIWATT_STORED_PICTURES).getChildFile(file);
    if (wish("MILLIWATT_PICTURES") == "renew")
        return writePicture(actual, storedFile) ? ::testing::AssertionSuccess()
                                                : ::testing::AssertionFailure() << "cannot write " << storedFile.getFullPathName();
    const auto stored = juce::ImageFileFormat::loadFrom(storedFile);
    if (! stored.isValid())
        return ::testing::AssertionFailure() << "there is no stored picture " << name << "; Scripts/screenshot --renew makes it";
    const auto difference = differenceOf(actual, stored);
    if (! difference.isTooMuch())
        return ::testing::AssertionSuccess();
    const juce::File out(MILLIWATT_PICTURES_OUT);
    juce::ignoreUnused(writePicture(actual, out.getChildFile(file)),
                       writePicture(difference.shown, out.getChildFile(juce::String(name) + "-difference.png")));
    return ::testing::AssertionFailure()
        << name << " differs from the stored picture in " << difference.pixels << " pixels, more than " << PictureDifference::mostPixels
        << "; see " << out.getFullPathName() << "/" << name << ".png and " << name
        << "-difference.png. Scripts/screenshot --renew stores what is drawn now";
}

juce::Rectangle<int> pictureBounds()
{
    const auto size = juce::StringArray::fromTokens(wish("MILLIWATT_PICTURES_SIZE"), "x", {});
    if (size.size() != 2 || ! writesPicturesOnly())
        return { 1440, 900 };
    return { size[0].getIntValue(), size[1].getIntValue() };
}

bool writesPicturesOnly() { return wish("MILLIWATT_PICTURES").isNotEmpty() && wish("MILLIWATT_PICTURES") != "renew"; }

} // namespace mw::test
