#include "CallsPanel.h"

#include "../look/Layout.h"

namespace mw
{

CallsPanel::CallsPanel(MonitorModel& modelToShow) : model(modelToShow) { model.addView(*this); }

CallsPanel::~CallsPanel() { model.removeView(*this); }

void CallsPanel::paint(juce::Graphics& g) { g.fillAll(Look::of(*this).surface); }

void CallsPanel::resized() {}

void CallsPanel::modelChanged() {}

} // namespace mw
