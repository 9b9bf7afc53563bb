#pragma once

#include "DemoVerdict.h"

#include <mw_lab/mw_lab.h>

#include <string>
#include <vector>

namespace mw::demo
{

/** What one source of the demo's conference measured of what it heard. */
struct DemoEar
{
    std::string name;   ///< of its pilot
    FigureSet figures;
};

/** Reads the sources' reports. @returns an error (environment) that names the file that is missing or not understood */
[[nodiscard]] Result<std::vector<DemoEar>> readEars(const DemoFiles& files);

/** Three claims: all hear each other at the level that was sent, nobody hears itself, everybody is heard as late as two jitter buffers are
    deep. What was not measured does not hold. */
[[nodiscard]] std::vector<DemoClaim> judgeHearing(const std::vector<DemoEar>& ears);

/** Who hears whom as a table, a line an end, with a line break behind each: level and delay of each other one, own return, delays. */
[[nodiscard]] std::string hearingTable(const std::vector<DemoEar>& ears);

/** Puts the matrix into the sink's page, before its calls; once. @returns an error (environment) that names the page */
[[nodiscard]] Result<void> showHearing(const std::vector<DemoEar>& ears, const juce::File& page);

/** What the page says of one end and another that it hears: "alice hears bob, 221.3 ms late"; empty when it does not. */
[[nodiscard]] std::string hearingHint(const DemoEar& ear, const std::string& other);

} // namespace mw::demo
