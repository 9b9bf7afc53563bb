#pragma once

#include "PlotScale.h"
#include "TimeView.h"

#include "../look/Look.h"

#include <functional>
#include <optional>
#include <vector>

namespace mw
{

/** One line of a plot over time. */
struct PlotLine
{
    juce::String name;               ///< as the legend has it
    const Series* values = nullptr;  ///< null: nothing measured; it goes on while the line is shown, and so does lastStep
    const uint64_t* lastStep = nullptr;  ///< MonitorModel::steps() of its latest value
    LegId leg = 0;                   ///< a click on the legend selects it; 0: of the run
    juce::Colour colour;
    float width = 1.0f;              ///< [px]
    bool dashed = false;
    float offset = 0.0f;             ///< added to every value, where the unit is not the history's
};

/** What a plot shows. */
struct PlotSpec
{
    juce::String title;                 ///< accessible title, and what is measured: "Jitter"
    juce::String tooltip;
    std::function<juce::String()> unit; ///< "ms"
    int decimals = 1;                   ///< of values in legend and hover
    double low = 0.0, high = 1.0;       ///< of the axis
    bool grows = false;                 ///< the axis reaches beyond `high` when values do
    std::function<std::vector<PlotLine>(const Palette&)> lines;  ///< in the order of the legend; drawn from the last to the first
};

/** Lines over the time that a TimeView shows, with legend, marks of events, and what each line reads under the pointer. Wheel:
    zoom; drag: zoom to a stretch; drag with shift or the middle button: pan; double click: reset; a click on an event marks it
    in all plots. Message thread. */
class TimePlot final : public juce::Component, public juce::SettableTooltipClient
{
public:
    /** With more lines than these the picture follows the run once a second, not with each step: hundreds of them take as long to draw as
        all else in the window. */
    static constexpr size_t manyLines = 64;

    TimePlot(MonitorModel& modelToShow, TimeView& viewToShare, PlotSpec specToShow);

    /** Repaints what is new. */
    void refresh();

    [[nodiscard]] const PlotSpec& description() const noexcept { return spec; }
    [[nodiscard]] const std::vector<PlotLine>& lines() const noexcept { return shownLines; }

    /** What a line reads at a step of the histories; NaN where nothing was measured. */
    [[nodiscard]] static float valueAt(const PlotLine& line, uint64_t step) noexcept;

    /** The step nearest to a time; may lie beyond what was measured. @param timeNs engine clock [ns] */
    [[nodiscard]] int64_t stepAt(int64_t timeNs) const noexcept;
    [[nodiscard]] int64_t timeOfStep(int64_t step) const noexcept;

    /** Where the axes lie [px]. */
    [[nodiscard]] juce::Rectangle<int> plotArea() const;
    [[nodiscard]] float xOf(int64_t timeNs) const;
    [[nodiscard]] float yOf(double value) const;
    [[nodiscard]] int64_t timeAt(float x) const;

    /** Lines of the box under the pointer: the time, then name and value with unit of every line that was measured then. */
    [[nodiscard]] juce::StringArray readingsAt(int64_t timeNs) const;

    /** The page's menu: on the right mouse button. */
    std::function<void()> onMenu;

    void paint(juce::Graphics&) override;
    void resized() override { dirty = true; }
    void lookAndFeelChanged() override;
    void focusGained(FocusChangeType) override { repaint(); }
    void focusLost(FocusChangeType) override { repaint(); }
    void mouseMove(const juce::MouseEvent&) override;
    void mouseExit(const juce::MouseEvent&) override;
    void mouseDown(const juce::MouseEvent&) override;
    void mouseDrag(const juce::MouseEvent&) override;
    void mouseUp(const juce::MouseEvent&) override;
    void mouseDoubleClick(const juce::MouseEvent&) override;
    void mouseWheelMove(const juce::MouseEvent&, const juce::MouseWheelDetails&) override;
    bool keyPressed(const juce::KeyPress&) override;

private:
    /** What the picture was made of. */
    struct Seen
    {
        uint64_t steered = 0, log = 0, calls = 0;
        LegId selected = 0;
        bool dbfs = false;
        bool operator==(const Seen&) const = default;
    };

    struct ShownEvent
    {
        const LogEntry* entry;
        uint64_t number;
        float x;
    };

    [[nodiscard]] juce::Rectangle<int> legendArea() const;
    [[nodiscard]] PlotMapping valueMapping() const;
    [[nodiscard]] juce::String valueText(float value) const;
    [[nodiscard]] std::vector<ShownEvent> events() const;
    [[nodiscard]] std::optional<ShownEvent> eventNear(juce::Point<float> position) const;
    [[nodiscard]] const PlotLine* legendLineAt(juce::Point<int> position) const;
    void gatherLines();
    void growAxis();
    void drawLines(float scale);
    void paintGrid(juce::Graphics& g);
    void paintEvents(juce::Graphics& g);
    void paintLegend(juce::Graphics& g);
    void paintHover(juce::Graphics& g);
    void setHover(std::optional<juce::Point<int>> position);

    MonitorModel& model;
    TimeView& view;
    const PlotSpec spec;
    Seen seen;
    uint64_t viewSeen = 0;    ///< TimeView::number() that lines were gathered for
    uint64_t stepDrawn = 0;   ///< MonitorModel::steps() at that time
    std::vector<PlotLine> shownLines;
    double axisHigh;
    bool hasValues = false;  ///< in the stretch that is shown
    bool everMeasured = false;
    juce::Image lineImage;
    float imageScale = 0.0f;
    uint64_t imageView = 0;  ///< TimeView::number() that it shows
    bool dirty = true;       ///< the image of the lines is old

    std::optional<juce::Point<int>> hover;
    std::optional<int> bandFrom, bandTo;  ///< of a drag [px]
    std::optional<int> panFrom;           ///< [px]
};

} // namespace mw
