#include "DtmfPanel.h"

#include "../look/Layout.h"

namespace mw
{

DtmfPanel::DtmfPanel(MonitorModel& modelToShow) : model(modelToShow) { model.addView(*this); }

DtmfPanel::~DtmfPanel() { model.removeView(*this); }

void DtmfPanel::paint(juce::Graphics& g) { g.fillAll(Look::of(*this).surface); }

void DtmfPanel::resized() {}

void DtmfPanel::modelChanged() {}

} // namespace mw
