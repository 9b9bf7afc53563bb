#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

#include <array>
#include <optional>

namespace mw
{

/** Lateness of all ticks of the run as a histogram with TickStats' own bins, both axes logarithmic; bars of late ticks (more than
    half a block) stand right of a line and are hatched. Below it: ticks, late ones, the greatest lateness. Message thread. */
class LatenessHistogram final : public juce::Component
{
public:
    static constexpr size_t binCount = std::tuple_size_v<decltype(TickStats::latenessHistogram)>;

    explicit LatenessHistogram(MonitorModel& modelToShow);

    void refresh();

    /** Ticks in a bin, as drawn. @param bin below binCount */
    [[nodiscard]] uint64_t countShown(size_t bin) const noexcept { return shown.latenessHistogram[bin]; }

    /** Where a bin's bar is drawn; empty for none [px]. */
    [[nodiscard]] juce::Rectangle<float> barOf(size_t bin) const;

    /** "20 µs … 40 µs: 12 ticks". */
    [[nodiscard]] juce::String readingOf(size_t bin) const;

    void paint(juce::Graphics&) override;
    void mouseMove(const juce::MouseEvent&) override;
    void mouseExit(const juce::MouseEvent&) override;

private:
    [[nodiscard]] juce::Rectangle<int> plotArea() const;
    [[nodiscard]] float xOf(double latenessUs) const;
    [[nodiscard]] double lateFromUs() const;
    [[nodiscard]] double decades() const;
    void paintAxes(juce::Graphics& g);
    void paintFigures(juce::Graphics& g);

    MonitorModel& model;
    TickStats shown;
    std::optional<size_t> hovered;
};

} // namespace mw
