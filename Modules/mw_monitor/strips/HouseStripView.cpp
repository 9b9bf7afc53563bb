#include "HouseStripView.h"

namespace mw
{

namespace
{
const char* nameOfHouse(HouseStrip strip)
{
    return strip == HouseStrip::dtmf ? "DTMF" : strip == HouseStrip::tone ? "TONE" : "PLAYER";
}

std::unique_ptr<HouseControls> controlsOf(MonitorModel& model, HouseStrip strip)
{
    return strip == HouseStrip::dtmf ? makeDigitControls(model) : strip == HouseStrip::tone ? makeToneControls(model) : makePlayerControls(model);
}
} // namespace

HouseStripView::HouseStripView(MonitorModel& modelToShow, HouseStrip stripToShow)
    : model(modelToShow), strip(stripToShow), parts(modelToShow, *this, StripParts::Output::no), controls(controlsOf(modelToShow, stripToShow))
{
    setOpaque(true);
    const juce::String name = nameOfHouse(strip);
    setTitle("Strip " + name);
    addAndMakeVisible(*controls);
    parts.attach(model.engine().mixer().indexOf(strip), "strip " + name);
    lines.set(nameRow, name, StripLines<rowCount>::Style::strong);
    setFocusContainerType(FocusContainerType::focusContainer);
}

void HouseStripView::setCompact(bool narrow)
{
    if (std::exchange(compact, narrow) != narrow)
        resized();
}

void HouseStripView::update(bool refresh)
{
    parts.show(model.snapshot().strip(model.engine().mixer().indexOf(strip)), refresh);
    const auto next = controls->look();
    if (next.word == state.word && next.shape == state.shape)
        return;
    state = next;
    lines.set(stateRow, state.word, StripLines<rowCount>::Style::quiet);
    repaint(0, 0, getWidth(), layout::grid + StripMetrics::line);
}

void HouseStripView::resized()
{
    const auto metrics = StripMetrics::of(getHeight());
    auto area = getLocalBounds().withTrimmedRight(1).reduced(compact ? layout::half : layout::grid, layout::grid);
    lines.place(stateRow, area.removeFromTop(StripMetrics::line).withTrimmedLeft(14));
    lines.place(nameRow, area.removeFromTop(StripMetrics::nameLine));
    area.setTop(metrics.header + layout::half);
    controls->setBounds(area.removeFromBottom(metrics.extra));
    parts.layOut(area.withTrimmedBottom(layout::grid), compact);
    update(true);
}

void HouseStripView::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    g.setColour(p.line);
    g.fillRect(getWidth() - 1, 0, 1, getHeight());
    const auto left = compact ? layout::half : layout::grid;
    drawState(g, juce::Rectangle<int>(left, layout::grid + 3, 10, 10).toFloat(), state.shape, p.*state.colour);
    lines.paint(g, p);
}

} // namespace mw
