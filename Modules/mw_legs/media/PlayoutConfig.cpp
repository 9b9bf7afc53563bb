#include "PlayoutTypes.h"

namespace mw
{

namespace
{
Result<void> checkPlayoutValue(const char* name, int value, int least, int most, const char* unit)
{
    if (value >= least && value <= most)
        return {};
    return Error { ExitCode::wrongUse, std::string("use the ") + name + " " + std::to_string(value) + " " + unit,
                   "it is out of range",
                   "choose " + std::to_string(least) + " to " + std::to_string(most) + " " + unit };
}
} // namespace

Result<void> PlayoutConfig::check() const
{
    if (auto checked = checkPlayoutValue("jitter buffer depth", depthMs, 0, 1000, "ms"); ! checked)
        return checked;
    if (auto checked = checkPlayoutValue("least jitter buffer depth", minDepthMs, 0, 1000, "ms"); ! checked)
        return checked;
    if (auto checked = checkPlayoutValue("greatest jitter buffer depth", maxDepthMs, minDepthMs, 1000, "ms"); ! checked)
        return checked;
    if (auto checked = checkPlayoutValue("preload", preloadFrames, 1, 50, "packets"); ! checked)
        return checked;
    if (auto checked = checkPlayoutValue("priming", primingFrames, 1, 50, "packets"); ! checked)
        return checked;
    return checkPlayoutValue("backlog limit", maxBacklogMs, 20, 2000, "ms");
}

} // namespace mw
