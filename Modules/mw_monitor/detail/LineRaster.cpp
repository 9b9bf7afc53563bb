#include "LineRaster.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
void blend(juce::Image::BitmapData& image, int x, int y, juce::PixelARGB colour, float cover)
{
    if (cover <= 0.0f || y < 0 || y >= image.height)
        return;
    auto* const pixel = reinterpret_cast<juce::PixelARGB*>(image.getPixelPointer(x, y));
    pixel->blend(colour, static_cast<juce::uint32>(std::min(cover, 1.0f) * 255.0f));
}

/** A vertical bar of one column with soft ends. */
void drawColumn(juce::Image::BitmapData& image, int x, float top, float bottom, juce::PixelARGB colour)
{
    top = std::clamp(top, -2.0f, static_cast<float>(image.height) + 2.0f);
    bottom = std::clamp(bottom, -2.0f, static_cast<float>(image.height) + 2.0f);
    const auto first = static_cast<int>(std::floor(top)), last = static_cast<int>(std::ceil(bottom)) - 1;
    for (int y = first; y <= last; ++y)
        blend(image, x, y, colour, std::min(bottom, static_cast<float>(y + 1)) - std::max(top, static_cast<float>(y)));
}

bool isGap(const LinePoint& point) noexcept { return std::isnan(point.y); }

/** Where the line's segments pass through each column: joined, so that many points in one column cost one bar. */
class Columns
{
public:
    Columns(juce::Image::BitmapData& imageToUse, const LineStyle& lineStyle)
        : image(imageToUse), style(lineStyle), colour(lineStyle.colour.getPixelARGB()), half(std::max(0.5f,
                lineStyle.width * lineStyle.scale * 0.5f))
    {
    }

    void add(int column, float low, float high)
    {
        if (column != at)
        {
            flush();
            at = column;
            top = low;
            bottom = high;
            return;
        }
        top = std::min(top, low);
        bottom = std::max(bottom, high);
    }

    void flush()
    {
        const auto inDash = ! style.dashed || std::fmod(static_cast<float>(at) / style.scale, 10.0f) < 6.0f;
        if (at >= 0 && at < image.width && inDash)
            drawColumn(image, at, top - half, bottom + half, colour);
        at = -1;
    }

private:
    juce::Image::BitmapData& image;
    const LineStyle& style;
    const juce::PixelARGB colour;
    const float half;
    int at = -1;
    float top = 0.0f, bottom = 0.0f;
};
} // namespace

void drawLine(juce::Image::BitmapData& image, std::span<const LinePoint> points, const LineStyle& style)
{
    Columns columns(image, style);
    const auto last = static_cast<float>(image.width);
    for (size_t i = 0; i < points.size(); ++i)
    {
        const auto& from = points[i];
        if (isGap(from))
            continue;
        if (i + 1 >= points.size() || isGap(points[i + 1]))
        {
            if (from.x >= 0.0f && from.x < last)
                columns.add(static_cast<int>(from.x), from.y, from.y);
            continue;
        }
        const auto& to = points[i + 1];
        if (to.x < 0.0f || from.x >= last)
            continue;
        const auto slope = to.x > from.x ? (to.y - from.y) / (to.x - from.x) : 0.0f;
        const auto begin = std::max(from.x, 0.0f), end = std::min(to.x, last - 0.001f);
        for (auto column = static_cast<int>(begin); column <= static_cast<int>(end); ++column)
        {
            const auto a = std::max(begin, static_cast<float>(column)), b = std::min(end, static_cast<float>(column + 1));
            const auto ya = slope != 0.0f || to.x > from.x ? from.y + slope * (a - from.x) : from.y;
            const auto yb = to.x > from.x ? from.y + slope * (b - from.x) : to.y;
            columns.add(column, std::min(ya, yb), std::max(ya, yb));
        }
    }
    columns.flush();
}

} // namespace mw
