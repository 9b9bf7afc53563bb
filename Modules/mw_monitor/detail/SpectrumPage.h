#pragma once

#include "DetailPage.h"
#include "SpectrumView.h"

#include <memory>
#include <optional>

namespace mw
{

/** Spectrum and waveform of what the selected leg sends or is sent, or of the mix when none is selected. The mixer is tapped only
    while the page is shown. Message thread. */
class SpectrumPage final : public DetailPage
{
public:
    explicit SpectrumPage(MonitorModel& modelToShow);

    void refresh() override;
    void setShown(bool shown) override;
    [[nodiscard]] juce::Component* tools() override { return &toolRow; }
    [[nodiscard]] int toolsWidth() const override { return toolRow.wantedWidth(); }
    void resized() override;
    void paint(juce::Graphics&) override;

    /** Where the mixer is tapped now. */
    [[nodiscard]] std::optional<TapPoint> tappedPoint() const noexcept { return watch != nullptr
            ? std::optional(watch->point()) : std::nullopt; }

private:
    [[nodiscard]] TapPoint wantedPoint() const;
    void listenAt(TapPoint point);
    void tellSource();

    MonitorModel& model;
    SpectrumView spectrumView;
    WaveformView waveform;
    ToolRow toolRow;
    juce::Label source;
    juce::TextButton received { "Received" }, sent { "Sent" }, hold { "Hold peaks" };
    bool isShown = false;
    std::unique_ptr<LevelSpectrum> spectrum;
    std::unique_ptr<SampleWatch> watch;
};

} // namespace mw
