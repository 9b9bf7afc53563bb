#pragma once

#include "../model/MonitorModel.h"

#include <vector>

namespace mw
{

enum class StripSort { channel, level, loss, state };

/** Which strips are shown, and in what order. */
struct StripOrder
{
    juce::String filter;  ///< in name, URI, codec or state, in any case of letters; "#3" is the strip's number alone
    StripSort sort = StripSort::channel;

    /** Calls with a channel, sorted: by channel; the loudest first, in steps of 3 dB, so that speech does not shuffle them;
        the highest loss first; what waits for somebody first. Equal ones stay as they were. @param before the order until now */
    [[nodiscard]] std::vector<LegId> of(const MonitorModel& model, const std::vector<LegId>& before) const;

    [[nodiscard]] bool matches(const CallInfo& call) const;
};

} // namespace mw
