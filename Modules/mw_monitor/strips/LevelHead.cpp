#include "LevelHead.h"

#include "../look/Figures.h"
#include "../look/Layout.h"

namespace mw
{

LevelHead::LevelHead(MonitorModel& modelToSteer) : Button({}), model(modelToSteer)
{
    onClick = [this] {
        MixerCommand command;
        command.kind = MixerCommand::Kind::resetMeters;
        model.send(command);
    };
}

void LevelHead::setSubject(const juce::String& next)
{
    subject = next;
    setTitle("Clip lamp of " + subject);
}

juce::String LevelHead::getTooltip()
{
    return "RMS level of " + subject + ", 300 ms [" + model.levelUnit() + "].\nThe lamp stays lit after a clipped sample. Click, or R: clear lamps and peak holds";
}

void LevelHead::show(double level, bool clipped, bool refresh)
{
    const auto next = refresh || figure.isEmpty() ? figures::of(level, 1) : figure;
    if (next == figure && clipped == lit)
        return;
    figure = next;
    lit = clipped;
    setDescription(lit ? "clipped" : "not clipped");
    repaint();
}

void LevelHead::paintButton(juce::Graphics& g, bool over, bool)
{
    const auto& p = Look::of(*this);
    auto area = getLocalBounds().toFloat();
    const auto lamp = area.removeFromLeft(12.0f).withSizeKeepingCentre(10.0f, 10.0f);
    if (lit)
    {
        juce::Path triangle;
        triangle.addTriangle(lamp.getBottomLeft(), lamp.getBottomRight(), { lamp.getCentreX(), lamp.getY() });
        g.setColour(p.bad);
        g.fillPath(triangle);
    }
    else
    {
        g.setColour(over ? p.accent : p.off.withAlpha(0.7f));
        g.drawEllipse(lamp.reduced(1.5f), 1.0f);
    }
    g.setColour(lit ? p.bad : p.text);
    g.setFont(layout::smallFont());
    g.drawText(figure, area, juce::Justification::centredRight, false);
    Look::drawFocus(g, *this, getLocalBounds().toFloat());
}

} // namespace mw
