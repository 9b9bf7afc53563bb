#include "StripParts.h"

#include <limits>

namespace mw
{

StripParts::StripParts(MonitorModel& modelToShow, juce::Component& parent, Output output)
    : head(modelToShow), gain(modelToShow), mute(modelToShow, SwitchButton::Kind::mute), solo(modelToShow, SwitchButton::Kind::solo),
      model(modelToShow), hasOutput(output)
{
    for (auto* part : std::initializer_list<juce::Component*> { &head, &inMeter, &marks, &gain.fader, &gain.field, &mute, &solo })
        parent.addAndMakeVisible(part);
    if (hasOutput == Output::yes)
        parent.addAndMakeVisible(outMeter);
}

void StripParts::attach(int index, const juce::String& of)
{
    const auto& parameters = model.engine().mixer().parameters();
    if (! parameters.isStrip(index))
        return;
    const auto& strip = parameters.strips[static_cast<size_t>(index)];
    head.setSubject(of);
    inMeter.setTitle("Meter in of " + of);
    outMeter.setTitle("Meter out of " + of);
    gain.attach(*strip.gain, of);
    mute.attach(*strip.mute, of);
    solo.attach(*strip.solo, of);
}

void StripParts::layOut(juce::Rectangle<int> area, bool compact)
{
    constexpr auto half = layout::half;
    auto buttons = area.removeFromBottom(layout::rowHeight);
    mute.setBounds(buttons.removeFromLeft((buttons.getWidth() - half) / 2));
    solo.setBounds(buttons.withTrimmedLeft(half));
    area.removeFromBottom(half);
    gain.field.setBounds(area.removeFromBottom(layout::rowHeight));
    gain.showUnit(! compact);
    area.removeFromBottom(layout::grid);
    head.setBounds(area.removeFromTop(StripMetrics::line));
    area.removeFromTop(half);
    gain.fader.setBounds(area.removeFromRight(24).expanded(0, half));
    inMeter.setBounds(area.removeFromLeft(compact ? 8 : 12));
    if (hasOutput == Output::yes)
    {
        area.removeFromLeft(2);
        outMeter.setBounds(area.removeFromLeft(4));
    }
    area.removeFromLeft(2);
    marks.setVisible(! compact);
    // The mark of the bottom needs a row below it.
    marks.setBounds(area);
}

void StripParts::show(const StripRow* row, bool refresh)
{
    const auto scale = LevelScale::of(model);
    static const MeterReading silence;
    const auto& in = row != nullptr ? row->in : silence;
    const auto& out = row != nullptr ? row->out : silence;
    marks.show(scale);
    inMeter.show(in, scale, model);
    if (hasOutput == Output::yes)
        outMeter.show(out, scale, model);
    head.show(row != nullptr ? model.shownLevel(static_cast<double>(in.rms)) : std::numeric_limits<double>::quiet_NaN(),
              in.clipLatched || out.clipLatched, refresh);
}

} // namespace mw
