#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"
#include "CallText.h"
#include "DialBox.h"
#include "IncomingCard.h"

#include <memory>
#include <vector>

namespace mw
{

/** Dial box, calls that ring, run or ended. Message thread. */
class CallsPanel final : public juce::Component, private MonitorModel::View, private juce::ListBoxModel
{
public:
    explicit CallsPanel(MonitorModel& modelToShow);
    ~CallsPanel() override;

    [[nodiscard]] DialBox& dialBox() noexcept { return dial; }

    /** d: to the dial box; a: answers the selected call that rings, or the one that rings longest; x, b: hangs up the selected
        call; h: puts it on hold, or takes it back. @returns whether it was one of these */
    bool takeKey(const juce::KeyPress& key);

    /** A row of the list as text, as a screen reader says it: "alice, in call · PCMU/8000, 3:12". */
    [[nodiscard]] juce::String rowText(int row) const;
    [[nodiscard]] int rows() const noexcept { return static_cast<int>(shown.size()); }

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    static constexpr int rowHeight = 40;
    static constexpr size_t mostCards = 3;

    struct Row
    {
        LegId leg = 0;
        CallMark::Shape shape = CallMark::Shape::empty;
        bool isOver = false;
        juce::String name, detail, time;
        bool operator==(const Row&) const = default;
    };

    // juce::ListBoxModel
    int getNumRows() override { return rows(); }
    void paintListBoxItem(int row, juce::Graphics& g, int width, int height, bool selected) override;
    void selectedRowsChanged(int lastRow) override;
    void listBoxItemClicked(int row, const juce::MouseEvent& event) override;
    void listBoxItemDoubleClicked(int row, const juce::MouseEvent&) override;
    juce::String getNameForRow(int row) override { return rowText(row); }
    juce::String getTooltipForRow(int row) override;

    void modelChanged() override;
    void lookAndFeelChanged() override;
    void showCards();
    void showRows();
    void showSelection();
    void showMenu(LegId leg);
    void answer(LegId leg);
    void toggleHold(LegId leg);
    void dialAgain(LegId leg);
    void primaryAction();
    [[nodiscard]] const CallInfo* chosen() const;

    MonitorModel& model;
    DialBox dial;
    juce::ToggleButton automatic { "Answer automatically" };
    std::vector<std::unique_ptr<IncomingCard>> cards;
    std::vector<Row> shown;
    juce::ListBox list;
    juce::TextButton holdButton, hangUpButton, againButton;
    juce::Label count;
    int64_t shownSecond = -1;
    uint64_t shownShape = 0;
    bool isSelecting = false;
};

} // namespace mw
