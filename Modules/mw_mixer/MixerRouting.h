#pragma once

#include "MixerTypes.h"

#include <map>
#include <utility>
#include <vector>

namespace mw
{

/** What a strip counts as when the mode says who hears it. */
enum class StripGroup : uint8_t { sources, sinks, house };

/** Linear gain with which a leg hears another strip as the mode says: 0 or 1. @param hearing the leg's own role */
[[nodiscard]] constexpr double modeGain(MixMode mode, bool funnelReturn, LegRole hearing, StripGroup group) noexcept
{
    switch (mode)
    {
        case MixMode::conference: return 1.0;
        case MixMode::funnel:
            if (hearing == LegRole::sink)
                return group == StripGroup::sinks ? 0.0 : 1.0;
            return group == StripGroup::sinks && funnelReturn ? 1.0 : 0.0;
        case MixMode::matrix: break;
    }
    return 0.0;
}

/** Who hears whom, as the queued commands will leave it: a plain value of the control threads. */
struct MixerRouting
{
    MixMode mode = MixMode::conference;
    bool funnelReturn = false;
    std::vector<LegRole> roles;                   ///< by leg
    std::map<std::pair<int, int>, double> cells;  ///< (hearing leg, strip) → gain [dB], of the cells that were set

    /** Gain as the mode says [dB]: 0 or silenceDb. No leg hears itself. @param leg a leg @param from a strip */
    [[nodiscard]] double modeGainDb(int leg, int from) const noexcept;

    /** Gain in effect [dB]: of the cell where it was set, else as the mode says. */
    [[nodiscard]] double gainDb(int leg, int from) const noexcept;

    [[nodiscard]] bool isSet(int leg, int from) const noexcept { return cells.contains({ leg, from }); }

    bool operator==(const MixerRouting&) const = default;
};

} // namespace mw
