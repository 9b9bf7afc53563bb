#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

namespace mw
{

/** Digits sent and heard, the newest at the top: time, who, by what way, levels, duration. Message thread. */
class DigitList final : public juce::Component, private juce::ListBoxModel
{
public:
    explicit DigitList(MonitorModel& modelToShow);

    /** Takes what is new. */
    void refresh();

    /** A row as text, as a screen reader says it. */
    [[nodiscard]] juce::String rowText(int row) const;

    void resized() override { list.setBounds(getLocalBounds()); }
    void paint(juce::Graphics&) override;

private:
    static constexpr int rowHeight = 32;

    int getNumRows() override { return static_cast<int>(model.digits().entries().size()); }
    void paintListBoxItem(int row, juce::Graphics& g, int width, int height, bool selected) override;
    juce::String getNameForRow(int row) override { return rowText(row); }
    juce::String getTooltipForRow(int row) override;
    [[nodiscard]] const DigitEntry* entryAt(int row) const;
    [[nodiscard]] juce::String who(const DigitEntry& entry) const;
    [[nodiscard]] juce::String figuresOf(const DigitEntry& entry) const;

    MonitorModel& model;
    juce::ListBox list;
    uint64_t shown = 0;
};

/** "in-band", "telephone-event", "SIP INFO". */
[[nodiscard]] const char* nameOf(DigitEntry::Way way) noexcept;

} // namespace mw
