#include "StripsPanel.h"

#include "../look/Layout.h"

namespace mw
{

StripsPanel::StripsPanel(MonitorModel& modelToShow) : model(modelToShow) { model.addView(*this); }

StripsPanel::~StripsPanel() { model.removeView(*this); }

void StripsPanel::paint(juce::Graphics& g) { g.fillAll(Look::of(*this).surface); }

void StripsPanel::resized() {}

void StripsPanel::modelChanged() {}

} // namespace mw
