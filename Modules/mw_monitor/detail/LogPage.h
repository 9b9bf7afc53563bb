#pragma once

#include "DetailPage.h"

#include "../look/Look.h"

#include <vector>

namespace mw
{

/** What happened, as a table: time of the run, leg, words. Newest first, or last and followed; filtered by text; copied as text.
    Message thread. */
class LogPage final : public DetailPage, private juce::TableListBoxModel
{
public:
    explicit LogPage(MonitorModel& modelToShow);
    ~LogPage() override;

    void refresh() override;
    [[nodiscard]] juce::Component* tools() override { return &toolRow; }
    [[nodiscard]] int toolsWidth() const override { return toolRow.wantedWidth(); }
    void resized() override;
    void paint(juce::Graphics&) override;
    void lookAndFeelChanged() override;
    bool keyPressed(const juce::KeyPress&) override;

    /** The rows that are shown, from the top: "00:12.4<tab>alice<tab>alice is established"; of the chosen ones only, where some are chosen. */
    [[nodiscard]] juce::StringArray rows() const;

private:
    enum Column { time = 1, leg, words };

    int getNumRows() override { return static_cast<int>(matching.size()); }
    void paintRowBackground(juce::Graphics&, int row, int width, int height, bool selected) override;
    void paintCell(juce::Graphics&, int row, int column, int width, int height, bool selected) override;
    juce::String getCellTooltip(int row, int column) override;

    [[nodiscard]] const LogEntry* entryOfRow(int row) const;
    [[nodiscard]] juce::String textOf(const LogEntry& entry, int column) const;
    void gather(bool anew);
    void copy();

    MonitorModel& model;
    juce::TableListBox table { "Log" };
    ToolRow toolRow;
    juce::TextEditor filter;
    juce::TextButton newestFirst { "Newest first" }, copyButton { "Copy" };
    std::vector<uint64_t> matching;  ///< numbers of the entries (MonitorModel::logNumber()), oldest first
    uint64_t seen = 0;               ///< number of the latest entry that was looked at
};

} // namespace mw
