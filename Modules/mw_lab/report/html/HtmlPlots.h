#pragma once

#include "../SinkReport.h"

#include <string>
#include <vector>

namespace mw
{

/** The plots of a call as inline SVG: level over time with silences, gaps and digits; spectrogram with digits; every table that has a
    column "time" in seconds, a plot a unit (delays, jitter). @param number of the call, which makes ids unique in the page */
[[nodiscard]] std::string htmlPlots(const SinkCall& call, Law law, size_t number);

/** Who hears whom: a row a call, a column a pilot that any of them was asked about, by the figures `hears.*`. Empty without such. */
[[nodiscard]] std::string htmlMatrix(const std::vector<SinkCall>& calls);

} // namespace mw
