#pragma once

#include "DetailPage.h"
#include "TimeView.h"

#include "../look/Look.h"

#include <memory>
#include <vector>

namespace mw
{

/** The tabs at the bottom: plots, who hears whom, spectrum, SIP, log. Only the page in front works. Message thread. */
class DetailPanel final : public juce::Component, private MonitorModel::View
{
public:
    explicit DetailPanel(MonitorModel& modelToShow);
    ~DetailPanel() override;

    /** Brings a tab to the front, by its name: "Log". @returns false when there is none of that name */
    bool show(const juce::String& name);

    [[nodiscard]] juce::String shownTab() const { return tabs.getCurrentTabName(); }
    [[nodiscard]] juce::StringArray tabNames() const { return tabs.getTabNames(); }

    /** The stretch of time that all plots share. */
    [[nodiscard]] TimeView& time() noexcept { return timeView; }

    void paint(juce::Graphics&) override;
    void resized() override;
    void visibilityChanged() override { bringToFront(); }

private:
    /** The row of tabs. */
    class Tabs final : public juce::TabbedButtonBar
    {
    public:
        explicit Tabs(DetailPanel& panelToTell) : TabbedButtonBar(TabsAtTop), panel(panelToTell) {}
        void currentTabChanged(int, const juce::String&) override { panel.bringToFront(); }

    private:
        DetailPanel& panel;
    };

    void add(const juce::String& name, const juce::String& tooltip, std::unique_ptr<DetailPage> page);
    void bringToFront();
    void modelChanged() override;
    [[nodiscard]] int widthOfTabs();

    MonitorModel& model;
    TimeView timeView;
    std::vector<std::unique_ptr<DetailPage>> pages;
    DetailPage* front = nullptr;
    uint64_t stepShown = 0, logShown = 0;  ///< of the model, in the plots
    Tabs tabs { *this };
    juce::ComboBox narrowTabs;  ///< in their place where they have no room
};

} // namespace mw
