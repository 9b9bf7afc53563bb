#pragma once

#include "DetailPage.h"
#include "TimePlot.h"

#include <memory>

namespace mw
{

/** Plots side by side over the one stretch of time, with pause, reset, copy as CSV and save as PNG. Message thread. */
class PlotPage : public DetailPage
{
public:
    PlotPage(MonitorModel& modelToShow, TimeView& viewToShare);
    ~PlotPage() override;

    /** Adds a plot at the right of the others. */
    void addPlot(PlotSpec spec);

    /** Adds another component at the left of the plots. @param share of the width, 0…1 */
    void addAside(juce::Component& component, double share);

    /** What is shown, at every step: a header line with units, then one line a step, ended by a newline. Levels of silence are
        "-inf", what was not measured is empty. */
    [[nodiscard]] juce::String csv() const;

    /** Saves what is seen at twice its size. @returns an error with its cause */
    [[nodiscard]] Result<void> savePicture(const juce::File& file);

    void refresh() override;
    [[nodiscard]] juce::Component* tools() override { return &toolRow; }
    [[nodiscard]] int toolsWidth() const override { return toolRow.wantedWidth(); }
    void paint(juce::Graphics&) override;
    void resized() override;
    bool keyPressed(const juce::KeyPress&) override;

private:
    void copy();
    void askAndSave();
    void showMenu();

    MonitorModel& model;
    TimeView& view;
    std::vector<std::unique_ptr<TimePlot>> plots;
    juce::Component* aside = nullptr;
    double asideShare = 0.0;
    ToolRow toolRow;
    juce::TextButton pause { "Pause" }, reset { "Reset" }, csvButton { "Copy CSV" }, png { "Save PNG" };
    std::unique_ptr<juce::FileChooser> chooser;
};

} // namespace mw
