#include "SpectrumView.h"

#include "LineRaster.h"

#include "../look/Layout.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
juce::Image blankFor(juce::Rectangle<int> area, float scale)
{
    return { juce::Image::ARGB, std::max(1, juce::roundToInt(static_cast<float>(area.getWidth()) * scale)),
             std::max(1, juce::roundToInt(static_cast<float>(area.getHeight()) * scale)), true, juce::SoftwareImageType() };
}
} // namespace

// ---- spectrum ------------------------------------------------------------------------------------------------------------------

SpectrumView::SpectrumView(MonitorModel& modelToShow) : model(modelToShow)
{
    setTitle("Spectrum");
    setTooltip("Level of each line; the peaks are held until a double click");
    setOpaque(true);
}

void SpectrumView::show(std::span<const float> levels, double binWidthHz, LevelSpectrum::Peak strongestLine)
{
    shown.assign(levels.begin(), levels.end());
    binHz = binWidthHz;
    peak = strongestLine;
    if (held.size() != shown.size())
        held.assign(shown.size(), static_cast<float>(silenceDb));
    if (holding)
        for (size_t i = 0; i < shown.size(); ++i)
            held[i] = std::max(held[i], shown[i]);
    repaint();
}

void SpectrumView::clear()
{
    shown.clear();
    held.clear();
    peak = {};
    repaint();
}

void SpectrumView::holdPeaks(bool hold)
{
    holding = hold;
    std::fill(held.begin(), held.end(), static_cast<float>(silenceDb));
    repaint();
}

double SpectrumView::offset() const { return model.showsDbfs() ? -overloadDbm0(model.snapshot().law) : 0.0; }

juce::Rectangle<int> SpectrumView::plotArea() const
{
    return getLocalBounds().withTrimmedLeft(plotAxisWidth).withTrimmedRight(layout::grid).withTrimmedTop(plotTopSpace).withTrimmedBottom(plotAxisHeight);
}

float SpectrumView::xOf(double frequencyHz) const
{
    const auto area = plotArea().toDouble();
    return static_cast<float>(area.getX() + frequencyHz / nyquistHz() * area.getWidth());
}

float SpectrumView::yOf(double levelDbm0) const
{
    const auto area = plotArea().toDouble();
    const auto share = (std::clamp(levelDbm0, lowDbm0, highDbm0 + 1.0) - lowDbm0) / (highDbm0 - lowDbm0);
    return static_cast<float>(area.getBottom() - share * area.getHeight());
}

juce::String SpectrumView::readingAt(float x) const
{
    if (shown.empty())
        return {};
    const auto area = plotArea().toDouble();
    const auto binAt = [&](float at) {
        const auto hz = (static_cast<double>(at) - area.getX()) / area.getWidth() * nyquistHz();
        return static_cast<size_t>(std::clamp(std::llround(hz / binHz), 0LL, static_cast<long long>(shown.size()) - 1));
    };
    auto best = binAt(x);
    for (auto bin = binAt(x - 1.0f); bin <= binAt(x + 1.0f); ++bin)
        if (shown[bin] > shown[best])
            best = bin;
    return figures::of(static_cast<double>(best) * binHz,
            0) + " Hz  " + figures::of(static_cast<double>(shown[best]) + offset(), 1) + " " + model.levelUnit();
}

void SpectrumView::mouseMove(const juce::MouseEvent& event)
{
    hoverX = plotArea().contains(event.getPosition()) ? std::optional(event.position.x) : std::nullopt;
    repaint();
}

void SpectrumView::mouseExit(const juce::MouseEvent&)
{
    hoverX.reset();
    repaint();
}

void SpectrumView::mouseDoubleClick(const juce::MouseEvent&) { holdPeaks(holding); }

void SpectrumView::drawLevels(juce::Image::BitmapData& pixels, const std::vector<float>& levels, juce::Colour colour,
        bool filled, float scale) const
{
    const auto area = plotArea().toFloat();
    std::vector<LinePoint> points;
    points.reserve(levels.size());
    for (size_t bin = 0; bin < levels.size(); ++bin)
        points.push_back({ (xOf(static_cast<double>(bin) * binHz) - area.getX()) * scale,
                           (yOf(static_cast<double>(levels[bin])) - area.getY()) * scale });
    if (filled)
    {
        const auto faint = colour.withAlpha(0.18f).getPixelARGB();
        size_t at = 0;
        for (int x = 0; x < pixels.width; ++x)
        {
            auto top = points[at].y;
            for (; at + 1 < points.size() && points[at + 1].x <= static_cast<float>(x + 1); ++at)
                top = std::min(top, points[at + 1].y);
            for (auto y = std::max(0, static_cast<int>(top)); y < pixels.height; ++y)
                reinterpret_cast<juce::PixelARGB*>(pixels.getPixelPointer(x, y))->blend(faint);
        }
    }
    drawLine(pixels, points, { colour, 1.25f, false, scale });
}

void SpectrumView::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto area = plotArea();
    g.fillAll(p.surface);
    if (area.isEmpty())
        return;
    g.setFont(layout::smallFont());
    for (const auto& tick : valueTicks(lowDbm0 + offset(), highDbm0 + offset(), std::clamp(area.getHeight() / 20, 2, 11)))
    {
        const auto y = juce::roundToInt(yOf(tick.at - offset()));
        g.setColour(p.line);
        g.fillRect(area.getX(), y, area.getWidth(), 1);
        g.setColour(p.quiet);
        g.drawText(tick.text, 0, y - 8, area.getX() - 6, 16, juce::Justification::centredRight, false);
    }
    g.setColour(p.quiet);
    g.drawText(juce::String("Spectrum [") + model.levelUnit() + "]", area.getX(), 0, 160, 14,
            juce::Justification::centredLeft, true);
    if (shown.empty())
        return g.drawText("Nothing measured yet: no sound came", area, juce::Justification::centred, true);
    for (const auto& tick : valueTicks(0.0, nyquistHz(), std::max(2, area.getWidth() / 80)))
    {
        const auto x = juce::roundToInt(xOf(tick.at));
        g.setColour(p.line.withMultipliedAlpha(0.6f));
        g.fillRect(x, area.getY(), 1, area.getHeight());
        g.setColour(p.quiet);
        const auto text = tick.at >= 1000.0 ? figures::of(tick.at / 1000.0, std::fmod(tick.at, 1000.0) != 0.0 ? 1
                : 0) + " kHz" : tick.text + " Hz";
        const auto words = juce::Rectangle<int>(x - 36, area.getBottom() + 3, 72, 14).constrainedWithin(getLocalBounds());
        g.drawText(text, words, juce::Justification::centred, false);
    }

    const auto scale = g.getInternalContext().getPhysicalPixelScaleFactor();
    auto image = blankFor(area, scale);
    {
        juce::Image::BitmapData pixels(image, juce::Image::BitmapData::readWrite);
        if (holding)
            drawLevels(pixels, held, p.quiet.withAlpha(0.7f), false, scale);
        drawLevels(pixels, shown, p.accent, true, scale);
    }
    g.drawImage(image, area.toFloat());

    auto words = area.withTop(0).withHeight(14);
    if (hoverX)
    {
        g.setColour(p.text.withAlpha(0.5f));
        g.fillRect(juce::roundToInt(*hoverX), area.getY(), 1, area.getHeight());
    }
    g.setColour(p.text);
    const auto told = hoverX ? readingAt(*hoverX)
                    : peak.levelDbm0 == silenceDb
                        ? juce::String("silence")
                        : "strongest " + figures::of(peak.frequencyHz, 1) + " Hz  " + figures::of(peak.levelDbm0 + offset(),
                                1) + " " + model.levelUnit();
    g.drawText(told, words, juce::Justification::centredRight, true);
}

// ---- waveform ------------------------------------------------------------------------------------------------------------------

WaveformView::WaveformView()
{
    setTitle("Waveform");
    setOpaque(true);
}

void WaveformView::show(std::span<const float> samples)
{
    const auto first = shown.empty();
    shown.assign(samples.begin(), samples.end());
    auto highest = 0.0f;
    for (const auto sample : shown)
        highest = std::max(highest, std::abs(sample));
    const auto wanted = roundUp(std::max(static_cast<double>(highest), 0.001));
    // It opens at once and closes only when it is far too wide, so that it does not flutter.
    if (first || wanted > top || wanted < 0.3 * top)
        top = wanted;
    repaint();
}

void WaveformView::clear()
{
    shown.clear();
    top = 1.0;
    repaint();
}

void WaveformView::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    const auto area = getLocalBounds().withTrimmedLeft(plotAxisWidth).withTrimmedRight(layout::grid).withTrimmedTop(plotTopSpace).withTrimmedBottom(plotAxisHeight);
    if (area.isEmpty())
        return;
    const PlotMapping map { -top, top, static_cast<double>(area.getBottom()), static_cast<double>(area.getY()) };
    g.setFont(layout::smallFont());
    const auto decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(top))));
    for (const auto value : { -top, 0.0, top })
    {
        const auto y = juce::roundToInt(map.pixel(value));
        g.setColour(p.line);
        g.fillRect(area.getX(), y, area.getWidth(), 1);
        g.setColour(p.quiet);
        g.drawText(figures::of(value, decimals), 0, y - 8, area.getX() - 6, 16, juce::Justification::centredRight, false);
    }
    g.drawText("Waveform [full scale = 1]", area.getX(), 0, area.getWidth(), 14, juce::Justification::centredLeft, true);
    for (int ms = 0; ms <= 40; ms += 10)
    {
        const auto x = area.getX() + area.getWidth() * ms / 40;
        g.setColour(p.line.withMultipliedAlpha(0.6f));
        g.fillRect(x, area.getY(), 1, area.getHeight());
        g.setColour(p.quiet);
        g.drawText(figures::of(ms - 40, 0) + (ms == 40 ? " ms" : ""), juce::Rectangle<int>(x - 24, area.getBottom() + 3, 48,
                14).constrainedWithin(getLocalBounds()),
                   juce::Justification::centred, false);
    }
    if (shown.size() < 2)
        return;
    const auto scale = g.getInternalContext().getPhysicalPixelScaleFactor();
    auto image = blankFor(area, scale);
    {
        juce::Image::BitmapData pixels(image, juce::Image::BitmapData::readWrite);
        std::vector<LinePoint> points;
        for (size_t i = 0; i < shown.size(); ++i)
            points.push_back({ static_cast<float>(i) / static_cast<float>(shown.size() - 1) * static_cast<float>(image.getWidth() - 1),
                               static_cast<float>(map.pixel(static_cast<double>(shown[i])) - area.getY()) * scale });
        drawLine(pixels, points, { p.accent, 1.5f, false, scale });
    }
    g.drawImage(image, area.toFloat());
}

} // namespace mw
