#include "HeaderBar.h"

#include "look/Figures.h"
#include "look/Layout.h"

#include <utility>

namespace mw
{

namespace
{
constexpr int leastAddressWidth = 112;  // less of an address tells nobody where to call
constexpr int timingWidth = 224;
}

HeaderBar::HeaderBar(MonitorModel& modelToShow) : model(modelToShow)
{
    title.setFont(layout::strongFont());
    for (auto* label : { &title, &address, &timing, &clock })
    {
        label->setInterceptsMouseClicks(label == &address, false);
        label->setMinimumHorizontalScale(1.0f);
        addAndMakeVisible(label);
    }
    for (auto* label : { &address, &timing, &clock })
        label->setFont(layout::bodyFont());
    timing.setJustificationType(juce::Justification::centredRight);
    clock.setJustificationType(juce::Justification::centredRight);
    title.setTitle("Mode of the mixer");
    address.setTitle("Address that peers call");
    timing.setTitle("Lateness of the latest tick and load of the media thread");
    clock.setTitle("Running time");
    setTitle("State of the run");
    setOpaque(true);
    model.addView(*this);
    say();
}

HeaderBar::~HeaderBar() { model.removeView(*this); }

void HeaderBar::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.background);
    g.setColour(p.line);
    g.fillRect(getLocalBounds().removeFromBottom(1));
}

void HeaderBar::setTools(juce::Component& toolsToShow, int width)
{
    tools = &toolsToShow;
    toolsWidth = width;
    addAndMakeVisible(tools);
    resized();
}

void HeaderBar::resized()
{
    auto area = getLocalBounds().reduced(layout::grid, 0);
    clock.setBounds(area.removeFromRight(80));
    const auto titleWidth = isNarrow() ? 184 : 288;
    timing.setVisible(area.getWidth() >= timingWidth + toolsWidth + titleWidth);
    if (timing.isVisible())
        timing.setBounds(area.removeFromRight(timingWidth));
    if (tools != nullptr)
        tools->setBounds(area.removeFromRight(toolsWidth).reduced(0, 1));
    title.setBounds(area.removeFromLeft(titleWidth));
    address.setBounds(area);
    address.setVisible(area.getWidth() >= leastAddressWidth);
    say();
}

void HeaderBar::modelChanged()
{
    // Figures that change thirty times a second cannot be read.
    if (std::exchange(stepSeen, model.steps()) != model.steps())
        say();
}

void HeaderBar::say()
{
    const auto& now = model.snapshot();
    const auto mode = now.mixer.mode == MixMode::conference ? "conference" : now.mixer.mode == MixMode::funnel ? "funnel" : "matrix";
    const auto& config = model.engine().config();
    const auto dot = juce::String::fromUTF8(" · ");
    title.setText((isNarrow() ? juce::String() : "Milliwatt" + juce::String::fromUTF8(" — ")) + mode + dot + juce::String(config.sampleRateHz / 1000) + " kHz" + dot
                      + juce::String(config.blockMs) + " ms",
                  juce::dontSendNotification);
    address.setText(now.localUri.empty() ? juce::String("not listening") : (isNarrow() ? juce::String() : juce::String("listening on ")) + juceText(now.localUri),
                    juce::dontSendNotification);
    timing.setText("tick " + figures::of(static_cast<double>(now.ticks.lastLatenessNs) * 1e-6, 2) + " ms late" + dot + "load "
                       + figures::of(100.0 * now.ticks.load, 1) + " %",
                   juce::dontSendNotification);
    clock.setText(figures::clock(now.runningNs), juce::dontSendNotification);
}

} // namespace mw
