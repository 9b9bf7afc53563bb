#include "DetailPanel.h"

#include "LatenessHistogram.h"
#include "LogPage.h"
#include "MatrixPage.h"
#include "PlotPages.h"
#include "SpectrumPage.h"

#include "../calls/SipLadder.h"
#include "../look/Layout.h"

#include <algorithm>
#include <utility>

namespace mw
{

namespace
{
constexpr int tabHeight = 32, narrowTabsWidth = 152;

/** Histogram of all ticks, and the latest ones over time. */
class LatenessPage final : public PlotPage
{
public:
    LatenessPage(MonitorModel& modelToShow, TimeView& viewToShare) : PlotPage(modelToShow, viewToShare), histogram(modelToShow)
    {
        setTitle("Tick lateness page");
        addAside(histogram, 0.5);
        addPlot(latenessPlot(modelToShow));
    }

    void refresh() override
    {
        histogram.refresh();
        PlotPage::refresh();
    }

private:
    LatenessHistogram histogram;
};

class SipPage final : public DetailPage
{
public:
    explicit SipPage(MonitorModel& model) : ladder(model) { addAndMakeVisible(ladder); }
    void refresh() override {}  // the ladder is a view of its own
    void resized() override { ladder.setBounds(getLocalBounds()); }

private:
    SipLadder ladder;
};
} // namespace

DetailPanel::DetailPanel(MonitorModel& modelToShow) : model(modelToShow)
{
    setTitle("Details");
    setOpaque(true);
    tabs.setTitle("Tabs of the details");
    addAndMakeVisible(tabs);
    add("Level", "Levels of all legs and of the mix over time", makeLevelPage(model, timeView));
    add("Jitter & loss", "Jitter (RFC 3550) and lost packets of all legs over time", makeJitterAndLossPage(model, timeView));
    add("Delay", "Depth of the jitter buffers over time", makeDelayPage(model, timeView));
    add("Tick lateness", "How late the media thread's ticks began", std::make_unique<LatenessPage>(model, timeView));
    add("Load", "Share of each block that the media thread's work took", makeLoadPage(model, timeView));
    add("Who hears whom", "Gain of every pair, and the mode of the mixer", std::make_unique<MatrixPage>(model));
    add("Spectrum", "Spectrum and waveform of the selected leg, or of the mix", std::make_unique<SpectrumPage>(model));
    add("SIP", "Messages of the selected call as a ladder", std::make_unique<SipPage>(model));
    add("Log", "What happened in this run", std::make_unique<LogPage>(model));
    for (int i = 0; i < tabs.getNumTabs(); ++i)
    {
        tabs.getTabButton(i)->setTitle(tabs.getTabNames()[i] + " tab");
        tabs.getTabButton(i)->setWantsKeyboardFocus(true);
    }
    narrowTabs.setTitle("Page of the details");
    narrowTabs.setTooltip("What the lower part of the window shows");
    narrowTabs.addItemList(tabs.getTabNames(), 1);
    narrowTabs.onChange = [this] { tabs.setCurrentTabIndex(narrowTabs.getSelectedItemIndex()); };
    addChildComponent(narrowTabs);
    model.addView(*this);
    bringToFront();
}

DetailPanel::~DetailPanel()
{
    model.removeView(*this);
    if (front != nullptr)
        front->setShown(false);
}

void DetailPanel::add(const juce::String& name, const juce::String& tooltip, std::unique_ptr<DetailPage> page)
{
    addChildComponent(*page);
    if (auto* tools = page->tools())
        addChildComponent(tools);
    pages.push_back(std::move(page));
    tabs.addTab(name, juce::Colours::transparentBlack, -1);
    tabs.getTabButton(tabs.getNumTabs() - 1)->setTooltip(tooltip);
}

bool DetailPanel::show(const juce::String& name)
{
    const auto index = tabs.getTabNames().indexOf(name);
    if (index < 0)
        return false;
    tabs.setCurrentTabIndex(index);
    return true;
}

void DetailPanel::bringToFront()
{
    const auto index = tabs.getCurrentTabIndex();
    narrowTabs.setSelectedItemIndex(index, juce::dontSendNotification);
    auto* wanted = isVisible() && index >= 0 && index < static_cast<int>(pages.size())
            ? pages[static_cast<size_t>(index)].get() : nullptr;
    if (wanted == front)
        return;
    if (front != nullptr)
    {
        front->setShown(false);
        front->setVisible(false);
        if (auto* tools = front->tools())
            tools->setVisible(false);
    }
    front = wanted;
    if (front == nullptr)
        return;
    front->setShown(true);
    front->refresh();
    front->setVisible(true);
    if (auto* tools = front->tools())
        tools->setVisible(true);
    resized();
}

void DetailPanel::modelChanged()
{
    // With nobody in a call the plots move once a second: nothing that somebody waits for happens in them.
    const auto& calls = model.snapshot().calls;
    const auto isOver = [](const CallInfo& call) { return call.state == CallState::closed; };
    const auto isQuiet = std::all_of(calls.begin(), calls.end(), isOver);
    if (! isQuiet || model.steps() >= stepShown + historyHz || std::exchange(logShown, model.logNumber()) != model.logNumber())
    {
        stepShown = model.steps();
        timeView.setNow(model.lastStepNs(), model.startNs());
    }
    if (front != nullptr)
        front->refresh();
}

void DetailPanel::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    g.setColour(p.line);
    g.fillRect(0, tabHeight - 1, getWidth(), 1);
}

void DetailPanel::resized()
{
    auto area = getLocalBounds();
    auto row = area.removeFromTop(tabHeight);
    if (front != nullptr)
    {
        front->setBounds(area);
        if (auto* tools = front->tools())
            tools->setBounds(row.removeFromRight(front->toolsWidth() + layout::grid).withTrimmedRight(layout::grid).reduced(0,
                    2));
    }
    const auto fit = widthOfTabs() <= row.getWidth();
    tabs.setVisible(fit);
    narrowTabs.setVisible(! fit);
    tabs.setBounds(row);
    narrowTabs.setBounds(row.withTrimmedLeft(layout::grid).withWidth(std::min(narrowTabsWidth, row.getWidth() - layout::grid)).reduced(0, 2));
}

int DetailPanel::widthOfTabs()
{
    int width = 0;
    for (int i = 0; i < tabs.getNumTabs(); ++i)
        width += tabs.getTabButton(i)->getBestTabLength(tabHeight);
    return width;
}

} // namespace mw
