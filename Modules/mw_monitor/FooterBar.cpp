#include "FooterBar.h"

#include "detail/Shapes.h"
#include "look/Layout.h"

#include <algorithm>

namespace mw
{

FooterBar::FooterBar(MonitorModel& modelToShow) : model(modelToShow)
{
    for (auto* label : { &latest, &incidents })
    {
        label->setFont(layout::smallFont());
        label->setMinimumHorizontalScale(1.0f);
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
    theme.setBounds(area.removeFromRight(56));
    keys.setBounds(area.removeFromRight(64));
    incidents.setBounds(area.removeFromRight(area.getWidth() / 2));
    latest.setBounds(area);
}

void FooterBar::lookAndFeelChanged()
{
    if (const auto* look = dynamic_cast<const Look*>(&getLookAndFeel()))
        theme.setButtonText(look->theme() == Theme::dark ? "light" : "dark");
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

void FooterBar::Line::say(const juce::String& text, bool isBad)
{
    const auto& p = Look::of(*this);
    bad = isBad;
    setColour(textColourId, bad ? p.bad : p.quiet);
    setBorderSize(juce::BorderSize<int>(1, bad && getJustificationType().testFlags(juce::Justification::left) ? 20 : 5, 1, 5));
    setText(text, juce::dontSendNotification);
}

void FooterBar::Line::paint(juce::Graphics& g)
{
    Label::paint(g);
    if (! bad)
        return;
    const auto textWidth = std::min(getFont().getStringWidthFloat(getText()), static_cast<float>(getWidth() - 26));
    const auto x = getJustificationType().testFlags(juce::Justification::left) ? 10.0f : static_cast<float>(getWidth()) - textWidth - 16.0f;
    g.setColour(findColour(textColourId));
    drawShape(g, Shape::warning, { x, static_cast<float>(getHeight()) * 0.5f }, 9.0f);
}

} // namespace mw
