#pragma once

#include "PlotPage.h"

#include <memory>

namespace mw
{

/** The plots of the window, ready made. All: message thread. @param view the stretch of time that they share */
[[nodiscard]] std::unique_ptr<PlotPage> makeLevelPage(MonitorModel& model, TimeView& view);
[[nodiscard]] std::unique_ptr<PlotPage> makeJitterAndLossPage(MonitorModel& model, TimeView& view);
[[nodiscard]] std::unique_ptr<PlotPage> makeDelayPage(MonitorModel& model, TimeView& view);
[[nodiscard]] std::unique_ptr<PlotPage> makeLoadPage(MonitorModel& model, TimeView& view);

/** Lateness of the latest tick, over time: stands beside the histogram. */
[[nodiscard]] PlotSpec latenessPlot(MonitorModel& model);

} // namespace mw
