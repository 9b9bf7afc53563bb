#include "MixerRouting.h"

namespace mw
{

double MixerRouting::modeGainDb(int leg, int from) const noexcept
{
    const auto legCount = static_cast<int>(roles.size());
    if (leg == from || leg < 0 || leg >= legCount || from < 0)
        return silenceDb;
    const auto group = from >= legCount ? StripGroup::house
                     : roles[static_cast<size_t>(from)] == LegRole::sink ? StripGroup::sinks : StripGroup::sources;
    return modeGain(mode, funnelReturn, roles[static_cast<size_t>(leg)], group) > 0.0 ? 0.0 : silenceDb;
}

double MixerRouting::gainDb(int leg, int from) const noexcept
{
    const auto set = cells.find({ leg, from });
    return set != cells.end() ? set->second : modeGainDb(leg, from);
}

} // namespace mw
