#pragma once

#include "PlotScale.h"

#include "../look/Look.h"
#include "../model/MonitorModel.h"

#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** A spectrum from 0 Hz to half the rate, linear, −100 … +3 dBm0, with a line of the greatest levels. Message thread. */
class SpectrumView final : public juce::Component, public juce::SettableTooltipClient
{
public:
    static constexpr double lowDbm0 = -100.0, highDbm0 = 3.0;

    explicit SpectrumView(MonitorModel& modelToShow);

    /** @param levels in each bin [dBm0] @param strongest what is told of the strongest line */
    void show(std::span<const float> levels, double binWidthHz, LevelSpectrum::Peak strongest);

    /** Nothing is listened to. */
    void clear();

    void holdPeaks(bool hold);

    /** Greatest level of a bin since peaks are held [dBm0]; silenceDb for none. */
    [[nodiscard]] double heldLevel(size_t bin) const noexcept { return bin < held.size() ? static_cast<double>(held[bin])
            : silenceDb; }

    [[nodiscard]] LevelSpectrum::Peak strongest() const noexcept { return peak; }

    [[nodiscard]] juce::Rectangle<int> plotArea() const;
    [[nodiscard]] float xOf(double frequencyHz) const;
    [[nodiscard]] float yOf(double levelDbm0) const;

    /** "1004 Hz  −10.0 dBm0": the highest bin within a pixel of a place. */
    [[nodiscard]] juce::String readingAt(float x) const;

    void paint(juce::Graphics&) override;
    void mouseMove(const juce::MouseEvent&) override;
    void mouseExit(const juce::MouseEvent&) override;
    void mouseDoubleClick(const juce::MouseEvent&) override;

private:
    [[nodiscard]] double offset() const;
    [[nodiscard]] double nyquistHz() const noexcept { return binHz * static_cast<double>(std::max<size_t>(shown.size(), 2) - 1); }
    void drawLevels(juce::Image::BitmapData& pixels, const std::vector<float>& levels, juce::Colour colour, bool filled,
            float scale) const;

    MonitorModel& model;
    std::vector<float> shown, held;
    double binHz = 1.0;
    LevelSpectrum::Peak peak;
    bool holding = true;
    std::optional<float> hoverX;
};

/** The latest 40 ms of sound. Message thread. */
class WaveformView final : public juce::Component
{
public:
    static constexpr double seconds = 0.040;

    WaveformView();

    /** @param samples of the latest `seconds`, full scale = 1.0 */
    void show(std::span<const float> samples);
    void clear();

    /** What the top of the axis means, full scale = 1.0: 1, 2 or 5 times a power of ten. */
    [[nodiscard]] double range() const noexcept { return top; }

    void paint(juce::Graphics&) override;

private:
    std::vector<float> shown;
    double top = 1.0;
};

} // namespace mw
