#include "DetailPanel.h"

#include "../look/Layout.h"

namespace mw
{

DetailPanel::DetailPanel(MonitorModel& modelToShow) : model(modelToShow) { model.addView(*this); }

DetailPanel::~DetailPanel() { model.removeView(*this); }

void DetailPanel::paint(juce::Graphics& g) { g.fillAll(Look::of(*this).surface); }

void DetailPanel::resized() {}

void DetailPanel::modelChanged() {}

} // namespace mw
