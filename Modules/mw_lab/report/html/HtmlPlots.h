#pragma once

#include "../SinkReport.h"

#include <string>
#include <vector>

namespace mw
{

/** The plots of a call as inline SVG: level over time with silences, gaps and digits; spectrogram with digits; every table that has a
    column "time" in seconds, a plot a unit (delays, jitter). @param number of the call, which makes ids unique in the page */
[[nodiscard]] std::string htmlPlots(const SinkCall& call, Law law, size_t number);

/** What one end of a call heard of the others. */
struct HearingRow
{
    std::string name;      ///< "call 1"; or of the pilot that this end sends
    FigureSet figures;     ///< of which `hears.*` are shown
};

/** Who hears whom: a row an end, a column a pilot that any of them was asked about, by the figures `hears.*`. Where an end has the name of
    a pilot, that cell is what comes back of its own; all others have a column "self". Empty without such figures. */
[[nodiscard]] std::string htmlMatrix(const std::vector<HearingRow>& rows);

/** The same of calls. */
[[nodiscard]] std::string htmlMatrix(const std::vector<SinkCall>& calls);

} // namespace mw
