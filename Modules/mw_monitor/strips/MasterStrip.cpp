#include "MasterStrip.h"

#include "../look/Figures.h"

namespace mw
{

namespace
{
/** A count in four places: "123", "12.3 k", "1.2 M". */
juce::String countText(uint64_t count)
{
    const auto number = static_cast<double>(count);
    return count < 10'000 ? juce::String(count) : count < 1'000'000 ? figures::of(number * 1e-3, 1) + " k" : figures::of(number * 1e-6, 1) + " M";
}
} // namespace

MasterStrip::MasterStrip(MonitorModel& modelToShow) : model(modelToShow), head(modelToShow), in(modelToShow), out(modelToShow)
{
    setOpaque(true);
    setTitle("Master");
    const auto& parameters = model.engine().mixer().parameters();
    in.attach(*parameters.masterIn, "all that comes in");
    out.attach(*parameters.output, "all outputs");
    for (auto* gain : { &in, &out })
    {
        gain->showUnit(false);
        addAndMakeVisible(gain->fader);
        addAndMakeVisible(gain->field);
    }
    head.setSubject("the mix");
    meter.setTitle("Meter of the mix");
    for (auto* part : std::initializer_list<juce::Component*> { &head, &meter, &marks })
        addAndMakeVisible(part);
    using Style = StripLines<rowCount>::Style;
    lines.set(nameRow, "MASTER", Style::strong);
    lines.set(inRow, "in dB", Style::quiet);
    lines.set(outRow, "out dB", Style::quiet);
    setFocusContainerType(FocusContainerType::focusContainer);
}

void MasterStrip::update(bool refresh)
{
    using Style = StripLines<rowCount>::Style;
    const auto& mixer = model.snapshot().mixer;
    const auto scale = LevelScale::of(model);
    marks.show(scale);
    meter.show(mixer.master, scale, model);
    head.show(model.shownLevel(static_cast<double>(mixer.master.rms)), mixer.master.clipLatched, refresh);
    if (! refresh)
        return;
    lines.set(stateRow, juce::String(mixer.activeLegs) + (mixer.activeLegs == 1 ? " leg" : " legs"), Style::quiet);
    lines.set(mixLimitRow, countText(mixer.masterLimitedSamples), mixer.masterLimitedSamples > 0 ? Style::wrong : Style::plain);
    lines.set(legsLimitRow, countText(mixer.legsLimitedSamples), mixer.legsLimitedSamples > 0 ? Style::wrong : Style::plain);
}

void MasterStrip::resized()
{
    const auto metrics = StripMetrics::of(getHeight());
    constexpr auto half = layout::half;
    auto area = getLocalBounds().reduced(layout::grid, layout::grid);
    lines.place(stateRow, area.removeFromTop(StripMetrics::line));
    lines.place(nameRow, area.removeFromTop(StripMetrics::nameLine));
    area.setTop(metrics.header + half);
    auto extra = area.removeFromBottom(metrics.extra);
    for (const auto& [row, label] : { std::pair { mixLimitRow, "mix limited" }, std::pair { legsLimitRow, "legs limited" } })
    {
        const auto fits = extra.getHeight() >= StripMetrics::line;
        lines.place(row, fits ? extra.removeFromTop(StripMetrics::line) : juce::Rectangle<int>(), label);
    }
    area.removeFromBottom(layout::grid);
    auto names = area.removeFromBottom(layout::rowHeight);
    area.removeFromBottom(half);
    auto fields = area.removeFromBottom(layout::rowHeight);
    area.removeFromBottom(layout::grid);
    const auto column = (names.getWidth() - half) / 2;
    lines.place(inRow, names.removeFromLeft(column), {}, juce::Justification::centred);
    lines.place(outRow, names.removeFromRight(column), {}, juce::Justification::centred);
    in.field.setBounds(fields.removeFromLeft(column));
    out.field.setBounds(fields.removeFromRight(column));
    head.setBounds(area.removeFromTop(StripMetrics::line));
    area.removeFromTop(half);
    meter.setBounds(area.removeFromLeft(12));
    area.removeFromLeft(2);
    out.fader.setBounds(area.removeFromRight(26).expanded(0, half));
    in.fader.setBounds(area.removeFromRight(26).expanded(0, half));
    marks.setBounds(area);
    update(true);
}

void MasterStrip::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    lines.paint(g, p);
}

} // namespace mw
