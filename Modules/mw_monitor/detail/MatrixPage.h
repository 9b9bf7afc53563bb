#pragma once

#include "DetailPage.h"
#include "MatrixGrid.h"

namespace mw
{

/** Who hears whom, and the mode that says so where no cell is set. Message thread. */
class MatrixPage final : public DetailPage
{
public:
    explicit MatrixPage(MonitorModel& modelToShow);

    void refresh() override;
    [[nodiscard]] juce::Component* tools() override { return &toolRow; }
    [[nodiscard]] int toolsWidth() const override { return toolRow.wantedWidth(); }
    void resized() override;

private:
    void change(MixMode mode, bool funnelReturn);

    MonitorModel& model;
    MatrixGrid grid;
    ToolRow toolRow;
    juce::TextButton conference { "Conference" }, funnel { "Funnel" }, matrix { "Matrix" };
    juce::ToggleButton comesBack { "Return" };
    uint64_t shownRouting = ~uint64_t { 0 };
};

} // namespace mw
