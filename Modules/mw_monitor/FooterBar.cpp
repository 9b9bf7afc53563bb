#include "FooterBar.h"

#include "look/Layout.h"

namespace mw
{

FooterBar::FooterBar(MonitorModel& modelToShow) : model(modelToShow)
{
    for (auto* label : { &latest, &incidents })
    {
        label->setBorderSize({ 1, 5, 1, 5 });
        label->setInterceptsMouseClicks(false, false);
        addAndMakeVisible(label);
    }
    incidents.setJustificationType(juce::Justification::centredRight);
    latest.setTitle("What happened last");
    incidents.setTitle("Incidents of the run");
    for (auto* button : { &keys, &theme })
    {
        setButtonStyle(*button, ButtonStyle::quiet);
        addAndMakeVisible(button);
    }
    setOpaque(true);
    keys.setTitle("Keys");
    theme.setTitle("Theme");
    keys.setTooltip("All keys of the window (?)");
    theme.setTooltip("Dark or light (Ctrl+T)");
    model.addView(*this);
    modelChanged();
}

FooterBar::~FooterBar() { model.removeView(*this); }

void FooterBar::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.background);
    g.setColour(p.line);
    g.fillRect(getLocalBounds().removeFromTop(1));
}

void FooterBar::resized()
{
    auto area = getLocalBounds().reduced(layout::grid, 2);
    theme.setBounds(area.removeFromRight(96));
    keys.setBounds(area.removeFromRight(64));
    incidents.setBounds(area.removeFromRight(area.getWidth() / 2));
    latest.setBounds(area);
}

void FooterBar::lookAndFeelChanged()
{
    if (const auto* look = dynamic_cast<const Look*>(&getLookAndFeel()))
        theme.setButtonText(look->theme() == Theme::dark ? "Light theme" : "Dark theme");
    shownEntry = 0;
    modelChanged();
}

void FooterBar::modelChanged()
{
    const auto text = incidentText(model.snapshot());
    incidents.say(text.empty() ? juce::String("no incidents") : juceText(text), ! text.empty());
    if (model.logNumber() == shownEntry || model.log().empty())
        return;
    shownEntry = model.logNumber();
    const auto& entry = model.log().back();
    latest.say(juceText(entry.text), entry.weight == LogEntry::Weight::bad);
}

} // namespace mw
